"""The credentials of a connection's checks, as the answer announces and ICE compares them."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

_ICE_CHARS = string.ascii_letters + string.digits  # RFC 8839, section 5.4, without + and /


@dataclass(frozen=True, slots=True)
class IceCredentials:
    """One pair of ours, as the answer announces it, or of the peer's, as its offer does."""

    ufrag: str
    pwd: str

    @classmethod
    def generate(cls) -> IceCredentials:
        """Draw a pair: 71 bits to be found by and 190 bits of secret (RFC 8445, 5.3: 24, 128)."""
        return cls(_draw(12), _draw(32))


def _draw(length: int) -> str:
    return "".join(secrets.choice(_ICE_CHARS) for _ in range(length))
