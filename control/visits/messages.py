"""The visit as the patient's page reads it."""

from __future__ import annotations

from enum import StrEnum

from control.http.wire import Language, WireModel
from control.settings.messages import VisitSetting


class VisitRequest(WireModel):
    """Body of `POST /api/visit`."""

    token: str
    take_over: bool = False


class VisitState(StrEnum):
    """What the patient is told; open and held are both a wait."""

    WAITING = "waiting"
    IN_CONTACT = "in_contact"
    ENDED = "ended"


class Visit(WireModel):
    """Everything the patient's page shows."""

    state: VisitState
    name: str
    therapist_name: str
    language: Language
    setting: VisitSetting
