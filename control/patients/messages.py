"""Bodies of the calls about patients."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from control.http.wire import Email, Name, PatientLanguage, Phone, WireModel


class LinkState(StrEnum):
    """Whether the patient's link opens anything."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class NewPatient(WireModel):
    """Body of `POST /api/patients`."""

    name: Name
    email: Email | None = None
    phone: Phone | None = None
    language: PatientLanguage = "en"


class PatientChange(WireModel):
    """Body of `PATCH /api/patients/{id}`; what is left out stays, null removes."""

    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    language: PatientLanguage | None = None


class Patient(WireModel):
    """A patient as the therapist sees them."""

    id: str
    name: str
    email: str | None
    phone: str | None
    language: PatientLanguage
    created_at: datetime
    last_session_at: datetime | None
    link_state: LinkState


class PatientPage(WireModel):
    """Part of a list of patients, by name."""

    items: list[Patient]
    next: str | None
    """The `cursor` of the next page; None where this is the last."""
