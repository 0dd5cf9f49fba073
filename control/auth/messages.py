"""Bodies of the calls about logging in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from control.auth.model import PASSWORD_MAX, PASSWORD_MIN
from control.http.wire import Email, Language, Name, WireModel


class Registration(WireModel):
    """Body of `POST /api/register`."""

    email: Email
    password: Annotated[str, StringConstraints(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
    name: Name
    language: Language = "en"
    invitation: Annotated[str, StringConstraints(max_length=64)] | None = None
    """The token of a one-time link, after `#` of `/register#…`."""


class RegistrationMode(WireModel):
    """Who may make an account: everybody, the invited, nobody."""

    registration: Literal["open", "invite", "closed"]


class Registered(WireModel):
    """To somebody without invitation: the same, whether or not the e-mail had an account."""

    next: Literal["log_in"] = "log_in"


class Credentials(WireModel):
    """Body of `POST /api/login`."""

    email: Annotated[str, StringConstraints(max_length=254)]
    password: Annotated[str, StringConstraints(max_length=PASSWORD_MAX)]


class Me(WireModel):
    """The therapist who is logged in."""

    id: str
    name: str
    email: str
    language: Language


class MeChange(WireModel):
    """Body of `PATCH /api/me`; what is left out stays."""

    name: Name | None = None
    language: Language | None = None


CLOSE_LOGGED_OUT = 4001


class LoggedOut(WireModel):
    """To the therapist's page: this login is over."""

    type: Literal["logged_out"] = "logged_out"
