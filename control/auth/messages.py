"""Bodies of the calls about logging in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from control.auth.model import PASSWORD_MAX, PASSWORD_MIN, Gender
from control.http.wire import Email, Language, Name, WireModel

NewPassword = Annotated[str, StringConstraints(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
PresentPassword = Annotated[str, StringConstraints(max_length=PASSWORD_MAX)]


class Registration(WireModel):
    """Body of `POST /api/register`."""

    email: Email
    password: NewPassword
    name: Name
    language: Language = "en"
    invitation: Annotated[str, StringConstraints(max_length=64)] | None = None
    """The token of a one-time link, after `#` of `/register#…`."""


class RegistrationMode(WireModel):
    """Who may make an account: everybody, the invited, nobody."""

    registration: Literal["open", "invite", "closed"]
    mail: bool
    """Links are sent: to a new password, and to confirm an address. Otherwise the operator makes
    those for a new password, and addresses are taken as they are typed."""


class Registered(WireModel):
    """To somebody without invitation: the same, whether or not the e-mail had an account."""

    next: Literal["log_in", "confirm"]
    """Where this server sends mail, the address is confirmed by a link first."""


class Confirmation(WireModel):
    """Body of `POST /api/register/confirm`."""

    token: Annotated[str, StringConstraints(max_length=64)]
    """What stands after `#` of `/confirm#…`."""
    password: PresentPassword
    """The one that was registered with."""


class Credentials(WireModel):
    """Body of `POST /api/login`."""

    email: Annotated[str, StringConstraints(max_length=254)]
    password: PresentPassword


class Me(WireModel):
    """The therapist who is logged in."""

    id: str
    name: str
    """As patients read it, with its title."""
    gender: Gender | None
    """For the article of the name in Italian, French and Spanish; null: as the title tells."""
    email: str
    language: Language
    picture: str | None
    """The version of the picture; null for none."""
    is_canary: bool
    """Visits of this account are synthetic; the operator alone makes such an account."""


class MeChange(WireModel):
    """Body of `PATCH /api/me`; what is left out stays."""

    name: Name | None = None
    gender: Gender | None = None
    """null takes back what was said."""
    language: Language | None = None


class PasswordChange(WireModel):
    """Body of `POST /api/me/password`."""

    present: PresentPassword
    new: NewPassword


class NewEmail(WireModel):
    """Body of `POST /api/me/email`."""

    email: Email
    password: PresentPassword


class EmailConfirmation(WireModel):
    """Body of `POST /api/email/confirm`."""

    token: Annotated[str, StringConstraints(max_length=64)]
    """What stands after `#` of `/new-email#…`."""
    password: PresentPassword | None = None
    """Needed in a browser that is not logged in to this account."""


class EmailState(WireModel):
    """An account's address, and which other one waits to be confirmed."""

    email: str
    new: str | None
    expires_at: datetime | None


class ResetAsking(WireModel):
    """Body of `POST /api/forgot`."""

    email: Annotated[str, StringConstraints(max_length=254)]


class PasswordReset(WireModel):
    """Body of `POST /api/reset`."""

    token: Annotated[str, StringConstraints(max_length=64)]
    """What stands after `#` of `/reset#…`."""
    password: NewPassword


class Erasure(WireModel):
    """Body of `POST /api/me/erase`."""

    password: PresentPassword


class OperatorForm(WireModel):
    """A new operator, or one whose password changes; from the command line alone."""

    email: Email
    password: NewPassword
    language: Language = "en"


class OperatorMe(WireModel):
    """The operator who is logged in."""

    email: str
    language: Language


class LoginEntry(WireModel):
    """One browser that is logged in."""

    id: str
    browser: str
    """As "Firefox, Linux"; empty where it is not known."""
    created_at: datetime
    last_used_at: datetime
    is_this: bool
    """The one that asks."""


class LoginList(WireModel):
    """Where the therapist is logged in, the newest first."""

    items: list[LoginEntry]


CLOSE_LOGGED_OUT = 4001


class LoggedOut(WireModel):
    """To the therapist's page: this login is over."""

    type: Literal["logged_out"] = "logged_out"
