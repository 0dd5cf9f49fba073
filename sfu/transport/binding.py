"""Binding requests of our own, in ICE's names, and whether an answer to one is the peer's."""

from __future__ import annotations

import secrets
import struct

from aioice import stun

from sfu.base.credentials import IceCredentials

MAX_RESPONSE_BYTES = 1500
_PRIORITY = (110 << 24) | (65535 << 8) | 255  # peer reflexive, RFC 8445, 5.1.2.1
_BINDING_RESPONSE = b"\x01\x01"


def is_response(data: bytes) -> bool:
    """Tell whether a STUN datagram answers a Binding request (RFC 8489, 5)."""
    return data[:2] == _BINDING_RESPONSE


def transaction_of(data: bytes) -> bytes:
    """Return the transaction id of a STUN datagram (RFC 8489, 5)."""
    return data[8:20]


class Binding:
    """Makes requests to one peer, as the controlled side, and knows its answers."""

    __slots__ = ("_pwd", "_tie_breaker", "_username")

    def __init__(self, ours: IceCredentials, theirs: IceCredentials) -> None:
        self._username = f"{theirs.ufrag}:{ours.ufrag}"
        self._pwd = theirs.pwd.encode()
        self._tie_breaker = secrets.randbits(64)

    def request(self) -> bytes:
        """Return a request with a transaction id of its own."""
        request = stun.Message(
            stun.Method.BINDING,
            stun.Class.REQUEST,
            attributes={
                "USERNAME": self._username,
                "PRIORITY": _PRIORITY,
                "ICE-CONTROLLED": self._tie_breaker,
            },
        )
        request.add_message_integrity(self._pwd)
        return bytes(request)

    def is_signed(self, data: bytes) -> bool:
        """Whether the peer wrote this answer (MESSAGE-INTEGRITY, RFC 8489, 14.5)."""
        if len(data) > MAX_RESPONSE_BYTES:
            return False
        try:
            return stun.parse_message(data).check_message_integrity(self._pwd)
        except (ValueError, struct.error):
            return False
