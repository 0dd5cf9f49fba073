"""Time-limited TURN credentials, as coturn's `use-auth-secret` reads them. PURE.

The user name is `expiry:holder`, the password base64(HMAC-SHA1(secret, user name)): "A REST API
For Access To TURN Services", draft-uberti-behave-turn-rest-00, section 2.2.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

TEST_LIFETIME = timedelta(minutes=5)  # a test from a link lasts two; clocks differ a little


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one browser shows a TURN server."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """TURN servers that share a secret with us."""

    urls: tuple[str, ...]
    secret: str = field(repr=False)
    lifetime: timedelta
    """Longer than a visit: an allocation outlives its credentials, a new one needs valid ones."""

    def for_tests(self) -> Turn:
        """Return the same servers, with credentials that hold no longer than a test needs."""
        return replace(self, lifetime=TEST_LIFETIME)

    def issue(self, holder: str, now: datetime) -> Credentials:
        """Make credentials that hold for `lifetime`.

        Args:
            holder: An opaque id, by which the server counts allocations; never a name.
            now: UTC; the server's clock must agree to within much less than `lifetime`.
        """
        username = f"{int((now + self.lifetime).timestamp())}:{holder}"
        digest = hmac.digest(self.secret.encode(), username.encode(), "sha1")
        return Credentials(username, base64.b64encode(digest).decode())
