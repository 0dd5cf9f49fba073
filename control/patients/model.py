"""A patient as the therapist keeps them. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
