"""A patient as the therapist keeps them. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CANARY_LIFETIME = timedelta(minutes=15)
"""Of a synthetic patient, whose visit takes seconds."""


@dataclass(frozen=True, slots=True)
class Called:
    """Who somebody is, for lists of other nouns."""

    name: str
    is_guest: bool


@dataclass(frozen=True, slots=True)
class Person:
    """One patient of one therapist."""

    id: str
    therapist_id: str
    name: str
    email: str | None
    phone: str | None
    language: str
    created_at: datetime
    is_guest: bool = False
    """Met in a first consultation, and not a patient yet: in no list of patients."""
    archived_at: datetime | None = None
    """Since when the patient stands in no list that does not ask for the archived."""
