"""What a publisher may send of its picture, given what the far downlink carries."""

from __future__ import annotations

from dataclasses import dataclass

CEILING_BPS, FLOOR_BPS = 2_500_000, 50_000
"""Of one picture: more is not seen, less is not worth having."""
RESUME_BPS = 80_000
"""A paused picture comes back when this much is free, so that it does not flicker."""
RISE, FALL = 1.05, 0.95
"""A cap moves by as much before the publisher is told: each message costs an encoder's turn."""
SCREEN_SHARE = 0.6
"""A shared screen is there to be read; a face needs less."""


@dataclass(frozen=True, slots=True)
class Cap:
    """What the publisher may send, in bit/s; 0 pauses."""

    camera_bps: int
    screen_bps: int

    @property
    def total_bps(self) -> int:
        """Both pictures together."""
        return self.camera_bps + self.screen_bps


def allot(target_bps: int, first_bps: int, *, camera: bool, screen: bool, told: Cap | None) -> Cap:
    """Divide what the downlink carries: sound first, then the pictures that flow.

    Args:
        target_bps: Of the estimator, for everything.
        first_bps: What sound and resends take.
        told: What the publisher was told last.
    """
    free = target_bps - first_bps
    paused = told is not None and told.total_bps == 0
    if free < (RESUME_BPS if paused else FLOOR_BPS):
        return Cap(0, 0)
    if not camera and not screen:
        return Cap(0, 0)
    if not screen:
        return Cap(min(free, CEILING_BPS), 0)
    if not camera:
        return Cap(0, min(free, CEILING_BPS))
    return _split(free)


def _split(free: int) -> Cap:
    """Divide between camera and screen; what one cannot use is the other's."""
    if free < 2 * FLOOR_BPS:
        return Cap(0, free)
    face = min(max(int(free * (1 - SCREEN_SHARE)), FLOOR_BPS), CEILING_BPS)
    screen = min(free - face, CEILING_BPS)
    return Cap(min(free - screen, CEILING_BPS), screen)


def is_news(told: Cap | None, cap: Cap) -> bool:
    """Return whether the publisher should be told: the cap moved far enough, or to or from 0."""
    if told is None:
        return True
    return any(
        _moved(old, new)
        for old, new in ((told.camera_bps, cap.camera_bps), (told.screen_bps, cap.screen_bps))
    )


def _moved(old: int, new: int) -> bool:
    if old == 0 or new == 0:
        return old != new
    return new >= RISE * old or new <= FALL * old or (new != old and new >= CEILING_BPS)
