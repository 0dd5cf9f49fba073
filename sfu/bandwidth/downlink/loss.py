"""What lost packets say: a radio loses some whatever is sent, a full line loses more than usual."""

from __future__ import annotations

from math import inf

HIGH_RATIO = 0.1
"""From here on less is sent (draft-ietf-rmcat-gcc-02, 6)."""
USUAL_RISE_S, USUAL_FALL_S, UNUSUAL_RATIO = 10.0, 1.0, 0.03
"""How slowly loss comes to be taken as the line's own, and what is more than that."""
PROBE_RATIO, PROBE_AFTER_S = 0.02, 1.0
"""Where more is lost no line is probed (PROBES.md), nor within so long after: of a few seconds of
a lossy line one loses little."""
FORGIVEN_S = 0.6
"""Until the ratio of a second has forgotten what a queue lost."""
WAIT_S = 0.4
"""Between two cuts, besides the round trip: for the first to have its effect."""


class Loss:
    """Follow the loss ratio of the last second."""

    __slots__ = ("_cut_at", "_low_for_s", "ratio", "usual")

    def __init__(self, now: float) -> None:
        self.ratio = 0.0
        self.usual = 0.0
        """What the line loses anyway, as far as ten seconds tell."""
        self._cut_at = now
        self._low_for_s = inf

    def follow(self, ratio: float, elapsed_s: float) -> None:
        """Take the present ratio, `elapsed_s` after the one before."""
        self.ratio = ratio
        pace_s = USUAL_RISE_S if ratio > self.usual else USUAL_FALL_S
        self.usual += (ratio - self.usual) * elapsed_s / pace_s
        self._low_for_s = self._low_for_s + elapsed_s if ratio <= PROBE_RATIO else 0.0

    @property
    def allows_probe(self) -> bool:
        """Whether little is lost, and was of late."""
        return self._low_for_s >= PROBE_AFTER_S

    @property
    def is_unusual(self) -> bool:
        """Whether more is lost than this line loses anyway."""
        return self.ratio > self.usual + UNUSUAL_RATIO

    def forgive(self, now: float) -> None:
        """Blame a queue for what was lost so far: it is being drained already."""
        self._cut_at = now + FORGIVEN_S

    def cut(self, rtt_s: float, now: float) -> float:
        """Return by what factor to send less now; 1 when there is no need."""
        if self.ratio <= HIGH_RATIO or not self.is_unusual:
            return 1.0
        if now - self._cut_at <= rtt_s + WAIT_S:
            return 1.0
        self._cut_at = now
        return 1 - 0.5 * self.ratio
