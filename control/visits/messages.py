"""The visit as the patient's page reads it, and what that page says."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import StringConstraints

from control.auth.model import Gender
from control.chat.messages import ChatState
from control.http.wire import GivenName, PatientLanguage, WireModel
from control.presence.messages import Devices
from control.settings.messages import VisitSetting

CLOSE_MOVED = 4002
CLOSE_REVOKED = 4003

Token = Annotated[str, StringConstraints(max_length=256)]


class LinkLook(WireModel):
    """Body of `POST /api/visit/preview`."""

    token: Token


class LinkPreview(WireModel):
    """Whom the link is for; nothing has happened yet."""

    name: str
    """Empty for a guest who has given none yet."""
    is_guest: bool
    """A first consultation: the person is asked for a name before Continue."""
    therapist_name: str
    therapist_gender: Gender | None
    """For the article of the name, null where only the title may tell it."""
    language: PatientLanguage


class VisitRequest(WireModel):
    """Body of `POST /api/visit`, sent when a person presses Continue."""

    token: Token
    take_over: bool = False
    name: GivenName | None = None
    """What a guest wants to be called; needed when the link is claimed, passed over for patients.
    """


class LinkTestOffer(WireModel):
    """Body of `POST /api/visit/test/offer`: a test from the link, which claims nothing."""

    token: Token
    sdp: str


class LinkTestAnswer(WireModel):
    """The media node's answer."""

    sdp: str


class VisitState(StrEnum):
    """What the patient is told; open and held are both a wait."""

    WAITING = "waiting"
    IN_CONTACT = "in_contact"
    ENDED = "ended"


class Visit(WireModel):
    """Everything the patient's page shows."""

    state: VisitState
    joined: bool
    """A person has pressed Continue on this device, and the session has not ended."""
    sent_back: bool
    """The therapist has sent the patient back to the waiting room."""
    therapist_in_room: bool
    """The therapist is in the virtual room now."""
    name: str
    is_guest: bool
    therapist_name: str
    therapist_gender: Gender | None
    """For the article of the name, null where only the title may tell it."""
    therapist_picture: str | None
    """The version of `/api/visit/picture`; null for no picture."""
    language: PatientLanguage
    setting: VisitSetting
    sound_first: bool
    """In contact no picture travels, as the therapist chose."""
    chat: ChatState
    therapist_devices: Devices | None
    """In contact, what the therapist's page sends, as it says."""


class VisitMessage(WireModel):
    """To the patient: the visit as it stands."""

    type: Literal["visit"] = "visit"
    visit: Visit


class Hint(WireModel):
    """To the patient, once: the therapist sends what may help the patient's line."""

    type: Literal["hint"] = "hint"


class Moved(WireModel):
    """To the patient: another tab or device goes on with this visit."""

    type: Literal["moved"] = "moved"


class Revoked(WireModel):
    """To the patient: the link was revoked."""

    type: Literal["revoked"] = "revoked"


class DevicesMessage(WireModel):
    """From the patient's page: what the browser allowed."""

    type: Literal["devices"] = "devices"
    devices: Devices
