"""Feedback made by hand: what a receiver behind a plain line would tell."""

from __future__ import annotations

from collections.abc import Iterable

from sfu.relay.seam import FeedbackBatch

RECEIVER_CLOCK_S = 5_000.0


def feedback(
    sent_at: Iterable[float], size: int = 1000, delay_s: float = 0.02, cluster: int = 0
) -> FeedbackBatch:
    """Tell of packets that all took `delay_s`."""
    times = tuple(sent_at)
    return FeedbackBatch(
        at=times[-1] + 2 * delay_s,
        sent_at=times,
        size_bytes=(size,) * len(times),
        arrived_at=tuple(RECEIVER_CLOCK_S + at + delay_s for at in times),
        cluster=(cluster,) * len(times),
    )


def through(
    rate_bps: float, sent_at: Iterable[float], size: int = 1000, cluster: int = 0
) -> FeedbackBatch:
    """Tell of packets that passed a line of this rate, with 28 bytes of headers each."""
    times = tuple(sent_at)
    arrivals = []
    free_at = 0.0
    for at in times:
        free_at = max(free_at, at) + 8 * (size + 28) / rate_bps
        arrivals.append(RECEIVER_CLOCK_S + free_at)
    return FeedbackBatch(
        at=arrivals[-1] - RECEIVER_CLOCK_S + 0.02,
        sent_at=times,
        size_bytes=(size,) * len(times),
        arrived_at=tuple(arrivals),
        cluster=(cluster,) * len(times),
    )


def every(seconds: float, count: int, start: float = 100.0) -> list[float]:
    """Return evenly spaced times."""
    return [start + n * seconds for n in range(count)]
