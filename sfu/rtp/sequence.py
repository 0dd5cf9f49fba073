"""Numbers that wrap: 16-bit sequence numbers and 32-bit RTP timestamps (RFC 3550, 5.1 and A.1)."""

from __future__ import annotations


def seq_delta(a: int, b: int) -> int:
    """Return the signed distance a − b of two 16-bit numbers, −32768 to 32767."""
    return ((a - b + 0x8000) & 0xFFFF) - 0x8000


def ts_delta(a: int, b: int) -> int:
    """Return the signed distance a − b of two 32-bit numbers."""
    return ((a - b + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def unwrap_seq(seq: int, near: int) -> int:
    """Return the unwrapped number closest to `near` whose low 16 bits are `seq`.

    May be negative when `near` is close to zero.
    """
    return near + seq_delta(seq, near & 0xFFFF)
