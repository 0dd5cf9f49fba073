"""What control and pages say over the WebSocket: whole, small states."""

from __future__ import annotations

from typing import Literal

from control.http.wire import WireModel
from control.sessions.messages import Devices, Session
from control.visits.messages import Visit

CLOSE_RATE = 1008  # RFC 6455, 7.4.1: policy violation
CLOSE_LOGGED_OUT = 4001
CLOSE_MOVED = 4002
CLOSE_REVOKED = 4003


class SessionsMessage(WireModel):
    """To the therapist: all sessions not ended."""

    type: Literal["sessions"] = "sessions"
    sessions: list[Session]


class SessionMessage(WireModel):
    """To the therapist, once: a session has ended."""

    type: Literal["session"] = "session"
    session: Session


class LoggedOut(WireModel):
    """To the therapist: this login is over."""

    type: Literal["logged_out"] = "logged_out"


class VisitMessage(WireModel):
    """To the patient: the visit as it stands."""

    type: Literal["visit"] = "visit"
    visit: Visit


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


ToTherapist = SessionsMessage | SessionMessage | LoggedOut
ToPatient = VisitMessage | Moved | Revoked
FromPatient = DevicesMessage
