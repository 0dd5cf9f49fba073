"""The fingerprint of a certificate, as SDP writes it and the handshake proves it."""

from __future__ import annotations

from typing import NamedTuple

HASHES = ("sha-256", "sha-384", "sha-512")
"""Those that can be checked; SHA-1 and MD5 are refused."""


class Fingerprint(NamedTuple):
    """Of a certificate, as SDP writes it (RFC 8122, section 5)."""

    algorithm: str
    """Lower case, such as sha-256."""
    value: str
    """Upper-case hexadecimal pairs with colons between."""
