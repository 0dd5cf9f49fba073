"""What a publisher may send of its pictures, given what the far downlink leaves for them."""

from __future__ import annotations

CEILING_BPS, FLOOR_BPS = 2_500_000, 50_000
"""Of all pictures together: more is not seen, less is not worth having."""
SOUND_BPS = 64_000
"""Kept free for sound, headers and resends before a picture gets anything."""
RESUME_BPS = 80_000
"""A paused picture comes back when this much is free, so that it does not flicker."""
RISE, FALL = 1.05, 0.95
"""A cap moves by as much before the publisher is told: each message costs an encoder's turn."""


def allot(free_bps: int, told_bps: int | None) -> int:
    """Return the cap of a publisher's pictures together, in bit/s; 0 pauses them.

    The page divides it between camera and screen, since it knows first which are shown.

    Args:
        free_bps: What the far line carries beyond sound, which goes first, and resends.
        told_bps: What the publisher was told last, None before.
    """
    least = RESUME_BPS if told_bps == 0 else FLOOR_BPS
    return min(free_bps, CEILING_BPS) if free_bps >= least else 0


def is_news(told_bps: int | None, cap_bps: int) -> bool:
    """Return whether the publisher should be told: the cap moved far enough, or to or from 0."""
    if not told_bps or not cap_bps or cap_bps == CEILING_BPS:
        return told_bps != cap_bps
    return cap_bps >= RISE * told_bps or cap_bps <= FALL * told_bps
