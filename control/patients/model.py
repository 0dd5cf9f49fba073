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

    def matches(self, search: str) -> bool:
        """Tell whether every word of `search` occurs in the name, e-mail or phone."""
        text = " ".join(part for part in (self.name, self.email, self.phone) if part).casefold()
        return all(word in text for word in search.casefold().split())
