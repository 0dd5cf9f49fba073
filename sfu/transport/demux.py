"""Tell by its first byte what a datagram carries (RFC 7983, section 7)."""

from __future__ import annotations

from enum import IntEnum


class DatagramKind(IntEnum):
    """What a datagram carries; ZRTP and TURN channel data are never ours."""

    UNKNOWN = 0
    STUN = 1
    DTLS = 2
    MEDIA = 3  # RTP and RTCP; the packet core tells them apart by the second byte (RFC 5761)


def _kind(first_byte: int) -> DatagramKind:
    if first_byte <= 3:
        return DatagramKind.STUN
    if 20 <= first_byte <= 63:
        return DatagramKind.DTLS
    if 128 <= first_byte <= 191:
        return DatagramKind.MEDIA
    return DatagramKind.UNKNOWN


_KINDS = tuple(_kind(first_byte) for first_byte in range(256))


def demux(data: bytes) -> DatagramKind:
    """Name what `data` carries; an empty datagram is UNKNOWN."""
    return _KINDS[data[0]] if data else DatagramKind.UNKNOWN
