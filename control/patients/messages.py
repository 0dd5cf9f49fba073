"""Bodies of the calls about patients."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from control.http.wire import Email, Name, PatientLanguage, Phone, WireModel
from control.lines.messages import LastCheck


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
    archived_at: datetime | None
    last_session_at: datetime | None
    link_state: LinkState
    last_check: LastCheck | None
    """Of this patient's line, before a session or from the link, within 90 days."""


class RowState(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    EXISTS = "exists"
    """A patient with this e-mail or this name is there already."""
    TWICE = "twice"
    """An earlier row of the sheet has this e-mail or this name."""
    WRONG = "wrong"


class ImportRow(WireModel):
    """One row of a sheet of patients, as it was read."""

    line: int
    name: str
    email: str
    phone: str
    language: str
    state: RowState
    wrong: str | None
    """What is wrong: name, email, phone or language."""


class Import(WireModel):
    """A sheet of patients as it was read, and how many were added."""

    rows: list[ImportRow]
    sure: bool
    """Whether the encoding is known; else Windows-1252 was assumed."""
    added: int


class PatientPage(WireModel):
    """Part of a list of patients, by name."""

    items: list[Patient]
    next: str | None
    """The `cursor` of the next page; None where this is the last."""
