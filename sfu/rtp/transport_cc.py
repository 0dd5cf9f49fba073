"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).

A feedback packet tells, for a run of transport-wide sequence numbers, which arrived and when:
a reference time in 64 ms, then deltas in 250 µs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct

from sfu.rtp import rtcp

_HEAD = Struct("!BBHIIHHI")
_CHUNK = Struct("!H")
_DELTA = Struct("!h")
DELTA_S = 0.00025
REFERENCE_S = 0.064
_MISSING, _SMALL, _LARGE = 0, 1, 2
MAX_COUNT = 4096
"""Packets that one feedback may speak of: 40 bytes could name 65,535, milliseconds of work."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a receiver saw of `count` packets from number `base_seq` on."""

    base_seq: int
    feedback_count: int
    """Number of this feedback packet, 0 to 255."""
    arrivals: tuple[float | None, ...]
    """Arrival of each on the receiver's own clock, in seconds; None where it was not seen."""


def write(
    ssrc: int, media_ssrc: int, feedback_count: int, base: int, last: int, seen: Mapping[int, float]
) -> bytes:
    """Write feedback for the unwrapped numbers `base` to `last`.

    Args:
        seen: Unwrapped number → arrival in seconds, not negative; at least one within. An
            arrival further than ±8.19 s from the one before it is said to be missing.
    """
    reference = int(min(at for number, at in seen.items() if base <= number <= last) / REFERENCE_S)
    at = reference * 256  # in units of 250 µs
    symbols: list[int] = []
    deltas = bytearray()
    for number in range(base, last + 1):
        arrival = seen.get(number)
        delta = 0 if arrival is None else round(arrival / DELTA_S) - at
        if arrival is None or not -32768 <= delta <= 32767:
            symbols.append(_MISSING)
            continue
        at += delta
        if 0 <= delta <= 255:
            symbols.append(_SMALL)
            deltas.append(delta)
        else:
            symbols.append(_LARGE)
            deltas += _DELTA.pack(delta)
    body = _pack_chunks(symbols) + bytes(deltas)
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes((padding,))
    return (
        _HEAD.pack(
            0x80 | (0x20 if padding else 0) | rtcp.FMT_TRANSPORT_CC,
            rtcp.RTPFB,
            4 + len(body) // 4,
            ssrc,
            media_ssrc,
            base & 0xFFFF,
            len(symbols),
            (reference & 0xFFFFFF) << 8 | feedback_count & 0xFF,
        )
        + body
    )


def _pack_chunks(symbols: list[int]) -> bytes:
    """Pack status symbols: runs of seven and more as run lengths, others seven to a vector."""
    out = bytearray()
    at, size = 0, len(symbols)
    while at < size:
        run = 1
        while at + run < size and symbols[at + run] == symbols[at] and run < 0x1FFF:
            run += 1
        if run >= 7 or at + run == size:
            out += _CHUNK.pack(symbols[at] << 13 | run)
            at += run
            continue
        chunk = 0xC000
        for place, symbol in enumerate(symbols[at : at + 7]):
            chunk |= symbol << (12 - 2 * place)
        out += _CHUNK.pack(chunk)
        at += 7
    return bytes(out)


def read(data: bytes, start: int, end: int) -> Feedback | None:
    """Read one feedback packet, None when it is malformed. Its padding is outside (start, end)."""
    if end - start < 20:
        return None
    _, _, _, _, _, base, count, tail = _HEAD.unpack_from(data, start)
    if count > MAX_COUNT:
        return None
    at = start + 20
    symbols: list[int] = []
    while len(symbols) < count:
        if at + 2 > end:
            return None
        symbols += _unpack_chunk(_CHUNK.unpack_from(data, at)[0])
        at += 2
    reference = tail >> 8
    if reference & 0x800000:
        reference -= 0x1000000
    units = reference * 256
    arrivals: list[float | None] = []
    for symbol in symbols[:count]:
        if symbol not in (_SMALL, _LARGE):
            arrivals.append(None)
            continue
        if at + symbol > end:
            return None
        units += data[at] if symbol == _SMALL else _DELTA.unpack_from(data, at)[0]
        at += symbol  # a small delta is one byte, a large one two
        arrivals.append(units * DELTA_S)
    return Feedback(base, tail & 0xFF, tuple(arrivals))


def _unpack_chunk(chunk: int) -> list[int]:
    if not chunk & 0x8000:
        return [chunk >> 13] * (chunk & 0x1FFF)
    if chunk & 0x4000:
        return [chunk >> shift & 3 for shift in range(12, -1, -2)]
    return [chunk >> shift & 1 for shift in range(13, -1, -1)]
