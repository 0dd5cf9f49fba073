"""The rate at which an uplink's narrowest point spaces packets, where their times agree."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

Train = tuple[float, float, int]
"""As `Intake.trains` has it."""
LEAST_TRAINS, LEAST_SPACED_S = 4, 0.08
"""So many, and so much time between their packets, make a rate."""
NEAR, NEAR_SHARE = 0.12, 0.7
"""They agree when so much of that time lies at rates so near the middle: 96 % and more on narrow
lines with Chromium, 51 % at most on all others, jitter of 15 ms among them."""
USED_SHARE = 0.5
"""Of the rate within pictures came in all: less was not tried. libwebrtc paces by 2.5."""


def spaced_bps(trains: Iterable[Train], used_bps: float) -> float | None:
    """Return the rate; None where there are too few, or they do not agree, or less was used.

    Args:
        trains: Packets between which the line was never idle.
        used_bps: What came in all.
    """
    trains = list(trains)
    if not is_enough(trains):
        return None
    rates = sorted((8 * size / span_s, span_s) for _, span_s, size in trains if span_s > 0)
    whole_s = sum(span_s for _, span_s in rates)
    passed = accumulate(span_s for _, span_s in rates)
    middle = next(bps for (bps, _), s in zip(rates, passed, strict=True) if s >= whole_s / 2)
    near_s = sum(span_s for bps, span_s in rates if abs(bps - middle) <= NEAR * middle)
    return middle if used_bps >= USED_SHARE * middle and near_s >= NEAR_SHARE * whole_s else None


def is_enough(trains: Iterable[Train]) -> bool:
    """Whether these make a rate, if they agree."""
    spans = [span_s for _, span_s, _ in trains if span_s > 0]
    return len(spans) >= LEAST_TRAINS and sum(spans) >= LEAST_SPACED_S
