"""Refuse SCTP packets that aiortc cannot be given.

Its `decode_params` steps on by a parameter's own length and never ends on one of 0, so a single
packet of an authenticated page would stop the node for good (found by our fuzz test). And it
answers each chunk of a packet on its own: 290 empty HEARTBEATs in 1,172 bytes brought 290
datagrams, 400 times a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

COMMON_HEADER_BYTES = 12  # RFC 9260, section 3.1
SHORTEST_BYTES = 4  # chunk and parameter headers alike: sections 3.2 and 3.2.1
MAX_ANSWERED = 4
"""Chunks of one packet that bring an answer each; honest ends bundle one with data."""
_CHUNK = Struct("!BBH")
_PARAMETER = Struct("!HH")
_PARAMETERS_AT = {1: 16, 2: 16, 4: 0, 5: 0, 6: 0, 9: 0, 130: 0}
"""Where parameters begin in a chunk's body, by chunk type (RFC 9260, 3.3; RFC 6525, 3.1)."""
_ANSWERED = (1, 4, 7, 8, 10, 130)
"""INIT, HEARTBEAT, SHUTDOWN and its acknowledgement, COOKIE ECHO, RE-CONFIG."""


def is_bearable(packet: bytes) -> bool:
    """Tell whether aiortc survives the packet and answers it with few of its own.

    Chunks of wrong length end the walk: aiortc refuses the packet for them by itself.
    """
    answered = 0
    for kind, start, end in _chunks(packet):
        answered += kind in _ANSWERED
        parameters = _PARAMETERS_AT.get(kind)
        if parameters is not None and not _are_sound(packet, start + parameters, end):
            return False
    return answered <= MAX_ANSWERED


def _chunks(packet: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield type, start and end of each chunk's body."""
    at = COMMON_HEADER_BYTES
    while at + SHORTEST_BYTES <= len(packet):
        kind, _, length = _CHUNK.unpack_from(packet, at)
        if length < SHORTEST_BYTES or at + length > len(packet):
            return
        yield kind, at + SHORTEST_BYTES, at + length
        at += length + -length % 4


def _are_sound(packet: bytes, at: int, end: int) -> bool:
    """Tell whether every parameter is at least as long as its own header."""
    while at + SHORTEST_BYTES <= end:
        _, length = _PARAMETER.unpack_from(packet, at)
        if length < SHORTEST_BYTES:
            return False
        at += length + -length % 4
    return True
