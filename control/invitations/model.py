"""The patient's link. PURE.

SECURITY.md stores only the SHA-256 of a random token; yet the therapist must be able to copy the
link at any time. So the token is derived, not drawn: HMAC-SHA256 under a key kept outside the
database, over the invitation's id and its generation. The database alone gives no link, and
renewing is the next generation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

LIFETIME = timedelta(days=180)
ONE_TIME_LIFETIME = timedelta(days=14)
"""Of a link for a first consultation."""

LinkStateName = Literal["valid", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One patient's link, in its present generation."""

    id: str
    patient_id: str
    generation: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    is_one_time: bool = False
    """It belongs to the first device on which somebody presses Continue."""
    claimed_at: datetime | None = None
    held_by: bytes | None = None
    """The hash of the secret that this device keeps."""

    @property
    def hold_cookie(self) -> str:
        """The name of the cookie by which a device holds this link, each link its own."""
        return f"__Host-held-{self.id[:16]}"

    def is_held_by_other(self, secret: str | None) -> bool:
        """Tell whether another device than the one with this secret has claimed the link."""
        if not self.is_one_time or self.held_by is None:
            return False
        return secret is None or not hmac.compare_digest(self.held_by, hash_token(secret))

    def state(self, now: datetime) -> LinkStateName:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "valid"

    def token(self, link_key: bytes) -> str:
        """Return the secret of the link: 32 bytes, URL-safe base64 without padding."""
        message = f"{self.id}|{self.generation}".encode()
        digest = hmac.digest(link_key, message, "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def renewed(self, now: datetime, lifetime: timedelta) -> Invitation:
        """Return the next generation; every older link is void from here on."""
        return replace(
            self,
            generation=self.generation + 1,
            created_at=now,
            expires_at=now + lifetime,
            revoked_at=None,
            claimed_at=None,
            held_by=None,
        )

    def lasting(self, now: datetime, lifetime: timedelta) -> Invitation:
        """Return the next generation as a patient's link, for any device."""
        return replace(self.renewed(now, lifetime), is_one_time=False)


def hash_token(token: str) -> bytes:
    """Return what is stored of a link."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()
