"""Rules of logging in. PURE."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
PASSWORD_MIN = 12
PASSWORD_MAX = 256


@dataclass(frozen=True, slots=True)
class Therapist:
    """One who logs in."""

    id: str
    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Login:
    """One browser that is logged in."""

    id: str
    therapist_id: str
    created_at: datetime
    last_used_at: datetime

    def is_valid(self, now: datetime, *, page_open: bool, in_session: bool) -> bool:
        """Tell whether this login still counts.

        An open page keeps it from idling out; only a running session carries it beyond the
        longest time, since a call must not be cut by a clock.
        """
        if in_session:
            return True
        if now >= self.created_at + LONGEST:
            return False
        return page_open or now < self.last_used_at + IDLE


def normalise_email(email: str) -> str:
    """Return the form in which two spellings of one address are equal."""
    return email.strip().casefold()


def new_secret() -> str:
    """Return a cookie value: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a cookie; a fast hash is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()
