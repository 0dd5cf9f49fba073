"""One device in a patient's visit. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from control.presence.model import GRACE

VISIT_COOKIE = "__Host-visit"
VISIT_LIFETIME = timedelta(hours=24)
RETENTION = timedelta(days=1)
"""How long a visit is kept after its end, and one that nobody ever came by."""


def patient_group(patient_id: str) -> str:
    """Name the group of the patient's open page."""
    return f"patient:{patient_id}"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One device that a patient's link has let into the waiting room."""

    id: str
    patient_id: str
    token_hash: bytes
    created_at: datetime
    last_seen_at: datetime
    session_id: str | None = None
    left_at: datetime | None = None

    def is_recent(self, now: datetime) -> bool:
        return now - self.last_seen_at < GRACE

    def is_too_old(self, now: datetime) -> bool:
        return now - self.created_at >= VISIT_LIFETIME
