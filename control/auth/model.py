"""Rules of logging in. PURE."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
INVITATION_LIFETIME = timedelta(days=7)
CONFIRM_WITHIN = timedelta(hours=24)  # an e-mail address, by the link that was sent to it
PASSWORD_MIN = 12
PASSWORD_MAX = 256

MOST_PICTURE_BYTES = 256 * 1024
MAGIC = (
    ("image/png", b"\x89PNG\r\n\x1a\n", b""),
    ("image/jpeg", b"\xff\xd8\xff", b""),
    ("image/webp", b"RIFF", b"WEBP"),
)
"""Kind of a picture, its first bytes, and what stands at byte 8."""

Gender = Literal["f", "m"]


@dataclass(frozen=True, slots=True)
class Therapist:
    """One who logs in."""

    id: str
    email: str
    name: str
    """As patients read it, with its title."""
    language: str
    gender: Gender | None = None
    """For the article of the name; None where only the title tells it."""
    picture: str | None = None
    """The version of the picture; None for no picture."""
    is_canary: bool = False
    """Of `visavis canary`: its visits are synthetic, are erased, and count in no statistics."""


@dataclass(frozen=True, slots=True)
class Login:
    """One browser that is logged in."""

    id: str
    therapist_id: str
    created_at: datetime
    last_used_at: datetime
    browser: str = ""
    """As "Firefox, Linux"; empty where nothing is known."""

    def is_valid(self, now: datetime, *, in_session: bool) -> bool:
        """Tell whether this login still counts; one that has idled out never does again.

        A running session carries it beyond the longest time, since a call must not be cut by a
        clock; its open page counts as use.
        """
        if now >= self.last_used_at + IDLE:
            return False
        return in_session or now < self.created_at + LONGEST


@dataclass(frozen=True, slots=True)
class Operator:
    """One who watches the server and knows nobody on it."""

    id: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class OperatorLogin:
    """One browser in which an operator is logged in."""

    id: str
    operator_id: str
    created_at: datetime
    last_used_at: datetime

    def is_valid(self, now: datetime) -> bool:
        return now < self.last_used_at + IDLE and now < self.created_at + LONGEST


LOGINS = "login:"
"""Prefix of a login's group of open pages."""


def login_group(login_id: str) -> str:
    return f"{LOGINS}{login_id}"


def therapist_group(therapist_id: str) -> str:
    """Name the group of all open pages of a therapist."""
    return f"therapist:{therapist_id}"


def normalise_email(email: str) -> str:
    """Return the form in which two spellings of one address are equal."""
    return email.strip().casefold()


@dataclass(frozen=True, slots=True)
class InvitedTherapist:
    """One who may make an account, once."""

    token_hash: bytes
    expires_at: datetime
    email: str | None = None
    """Normalised, where only this address may be used."""


@dataclass(frozen=True, slots=True)
class PendingTherapist:
    """One who has registered; an account is made when the address is confirmed."""

    person: Therapist
    password_hash: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is sent."""

    kind: str
    content: bytes


def picture_kind(content: bytes) -> str | None:
    """Return the media type that the bytes themselves tell; None for no picture of ours."""
    for kind, first, later in MAGIC:
        if content.startswith(first) and content[8:].startswith(later):
            return kind
    return None


def new_secret() -> str:
    """Return a cookie value: 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a cookie; a fast hash is enough for 256 random bits.

    A cookie may hold any bytes, which arrive as surrogates where they are no UTF-8.
    """
    return hashlib.sha256(secret.encode(errors="surrogateescape")).digest()
