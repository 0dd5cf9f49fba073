"""Refuse SCTP packets that aiortc's parser cannot survive.

Its `decode_params` steps on by a parameter's own length and never ends on one of 0, so a single
packet of an authenticated page would stop the node for good. Found by our fuzz test.
"""

from __future__ import annotations

from struct import Struct

COMMON_HEADER_BYTES = 12  # RFC 9260, section 3.1
SHORTEST_BYTES = 4  # chunk and parameter headers alike: sections 3.2 and 3.2.1
_CHUNK = Struct("!BBH")
_PARAMETER = Struct("!HH")
_PARAMETERS_AT = {1: 16, 2: 16, 4: 0, 5: 0, 6: 0, 9: 0, 130: 0}
"""Where parameters begin in a chunk's body, by chunk type (RFC 9260, 3.3; RFC 6525, 3.1)."""


def has_sound_parameters(packet: bytes) -> bool:
    """Tell whether every parameter in the packet is at least as long as its own header.

    Chunks of wrong length end the walk: aiortc refuses the packet for them by itself.
    """
    at = COMMON_HEADER_BYTES
    while at + SHORTEST_BYTES <= len(packet):
        kind, _, length = _CHUNK.unpack_from(packet, at)
        if length < SHORTEST_BYTES or at + length > len(packet):
            return True
        start = _PARAMETERS_AT.get(kind)
        if start is not None and not _are_sound(packet, at + SHORTEST_BYTES + start, at + length):
            return False
        at += length + -length % 4
    return True


def _are_sound(packet: bytes, at: int, end: int) -> bool:
    while at + SHORTEST_BYTES <= end:
        _, length = _PARAMETER.unpack_from(packet, at)
        if length < SHORTEST_BYTES:
            return False
        at += length + -length % 4
    return True
