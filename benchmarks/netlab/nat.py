"""A NAT at the client's end that can forget its mappings: ports alone, of UDP over IPv4 alone.

Until the first `rebind` every port is mapped to itself. After each, the client's next packet from
a port gets a new one outside (endpoint-independent, RFC 4787, 4.1), and what comes to an old one
is dropped: as when a router was restarted, or had forgotten who is behind it. Nobody is told.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum

_UDP = 17
_CHECKSUM_AT = 6  # in the UDP header, RFC 768
_FIRST_PORT, _LAST_PORT = 20_000, 32_000  # below Linux's own ephemeral ports


class Port(Enum):
    """Which port of a UDP header, by its offset there."""

    SOURCE = 0
    DESTINATION = 2


@dataclass(slots=True)
class Nat:
    """Takes whole IP packets; those it has nothing to do with pass as they are."""

    _outside: dict[int, int] | None = None
    _inside: dict[int, int] | None = None
    _next_port: int = _FIRST_PORT

    def rebind(self) -> None:
        """Forget every mapping; no outside port is used twice in a row of 12,000."""
        self._outside, self._inside = {}, {}

    def outbound(self, packet: bytes) -> bytes:
        """Return a packet of the client as it is seen outside."""
        at = _udp_header_at(packet)
        if self._outside is None or self._inside is None or at is None:
            return packet
        (port,) = struct.unpack_from("!H", packet, at + Port.SOURCE.value)
        outside = self._outside.get(port)
        if outside is None:
            outside = self._outside[port] = self._draw_port()
            self._inside[outside] = port
        return _with_port(packet, at, Port.SOURCE, outside)

    def inbound(self, packet: bytes) -> bytes | None:
        """Return a packet for the client as it is seen inside; None when it has no mapping."""
        at = _udp_header_at(packet)
        if self._inside is None or at is None:
            return packet
        (port,) = struct.unpack_from("!H", packet, at + Port.DESTINATION.value)
        inside = self._inside.get(port)
        return None if inside is None else _with_port(packet, at, Port.DESTINATION, inside)

    def _draw_port(self) -> int:
        port, self._next_port = self._next_port, self._next_port + 1
        if self._next_port > _LAST_PORT:
            self._next_port = _FIRST_PORT
        return port


def _udp_header_at(packet: bytes) -> int | None:
    """Return where the UDP header begins (RFC 791, 3.1); None in anything else, or a fragment."""
    if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != _UDP:
        return None
    at = (packet[0] & 0x0F) * 4
    offset = int.from_bytes(packet[6:8], "big") & 0x1FFF
    return None if offset or len(packet) < at + 8 else at


def _with_port(packet: bytes, at: int, which: Port, port: int) -> bytes:
    changed = bytearray(packet)
    where = at + which.value
    (before,) = struct.unpack_from("!H", packet, where)
    (checksum,) = struct.unpack_from("!H", packet, at + _CHECKSUM_AT)
    struct.pack_into("!H", changed, where, port)
    if checksum:  # 0 says there is none, RFC 768
        fixed = _updated(checksum, before, port)
        struct.pack_into("!H", changed, at + _CHECKSUM_AT, fixed or 0xFFFF)
    return bytes(changed)


def _updated(checksum: int, before: int, after: int) -> int:
    """Return a checksum once one word changed (RFC 1624, equation 3)."""
    total = (~checksum & 0xFFFF) + (~before & 0xFFFF) + after
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
