"""Gaps in the sound of one publisher, looked for once a second in what its packets left behind.

A frame is missed when it never came, or came later than any browser's buffer waits. A pause is no
gap: it leaves out no number, and the frame after it comes as quickly as those before.
"""

from __future__ import annotations

from collections.abc import Sequence

FRAME_S = 0.02
"""Of sound in a packet, as browsers send it."""
LATE_S = 0.2
"""Later than the quickest by more is too late to be heard (`benchmarks.load` says the same)."""
MOST_S = 30.0
"""No packet waits so long: another stream, or its clock began anew."""


def longest_missing(log: Sequence[int], first: int, end: int) -> tuple[int, int]:
    """Find the longest run of packets that never came, after one that did and before another.

    Args:
        log: Each number that came, at the place that its lowest bits name; a power of two long.
        first: Counts as come.
        end: The last number to look at.

    Returns:
        How many are in it, and the last number that came: where to go on the next time.
    """
    last, longest, mask = first, 1, len(log) - 1
    for number in range(first + 1, end + 1):
        if log[number & mask] == number:
            if number - last > longest:
                longest = number - last
            last = number
    return longest - 1, last


def longest_late(delays_s: Sequence[float]) -> int:
    """Return how many frames are in the longest run of late ones that a timely one follows.

    What stays late is no gap: a stream that paused without its clock, or a route that is longer.

    Args:
        delays_s: Of each frame, plus a constant.
    """
    if not delays_s:
        return 0
    quickest = min(delays_s)
    if not LATE_S < max(delays_s) - quickest < MOST_S:
        return 0
    run = longest = 0
    for delay_s in delays_s:
        if delay_s - quickest > LATE_S:
            run += 1
        else:
            longest, run = max(longest, run), 0
    return longest
