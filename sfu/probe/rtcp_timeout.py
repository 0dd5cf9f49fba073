"""RTCP timeout (RFC 8083, 4.1): packets leave for a browser, and it tells of none of them.

A line that is dead downwards alone brings no feedback to count losses by, while its uplink goes on.
What leaves meanwhile counts as lost once that lasts for longer than a lossy uplink explains: until
feedback comes again, and tells. A browser is never judged by feedback that it owes to nobody: of
packets that did not leave, or that carry no transport-wide number.
"""

from __future__ import annotations

from collections import deque
from math import inf, log
from statistics import median
from typing import NamedTuple

LEAST_S = 2.0
"""And a round trip: shorter gaps are of a handover or a moment's queue."""
FEEDBACK_S = 0.25
"""Between two transport-cc feedbacks of libwebrtc at most, while numbered packets come."""
REPORT_S = 7.5
"""Between two receiver reports of libwebrtc on sound alone at most."""
GAPS = 16
"""Between feedbacks, whose median tells of a browser that speaks less often."""
CHANCE = 1e-6
"""That a living line is called dead: that all feedback due was lost on the way up."""
LEAST_DOWN = 20
"""Packets that left and nobody told of."""


class Flow(NamedTuple):
    """What went both ways since ever, in packets."""

    numbered: int
    """To the browser, with the number that transport-cc feedback is about."""
    forwarded: int
    """To it, in all."""
    came: int
    """From it, the first time they were sent."""
    expected: int
    """Sent by it."""


class RtcpTimeout:
    """Follow one browser. Tell it of feedback and reports, and `look` about once a second."""

    __slots__ = (
        "_answered_at",
        "_fed_at",
        "_gaps",
        "_looks",
        "_numbered_since",
        "_reports",
        "_since",
        "_window_s",
        "is_out",
    )

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._answered_at = -inf
        self._fed_at: float | None = None
        self._reports = False
        self._gaps: deque[float] = deque(maxlen=GAPS)
        self._looks: deque[tuple[float, Flow]] = deque()
        self._since: tuple[float, Flow] | None = None
        self._numbered_since = inf
        self.is_out = False
        """Whether, at the last look, nothing of late had reached it."""

    def note_feedback(self, at: float) -> None:
        """Note transport-cc feedback that says that packets arrived."""
        if self._fed_at is not None and self._numbered_since <= self._fed_at and not self.is_out:
            self._gaps.append(at - self._fed_at)
        self._fed_at = at
        self._answered_at = max(self._answered_at, at)

    def note_reached(self, at: float | None) -> None:
        """Note when RTCP of ours had reached it, by its reports; None: none said so yet."""
        if at is not None:
            self._reports = True
            self._answered_at = max(self._answered_at, at)

    def look(self, flow: Flow, rtt_s: float | None, now: float) -> None:
        """Judge anew.

        Args:
            flow: The sums.
            rtt_s: The last round trip that is known.
            now: Monotonic time, in seconds.
        """
        before_at, before = self._looks[-1] if self._looks else (now, flow)
        self._looks.append((now, flow))
        while len(self._looks) > 2 and self._looks[1][0] < now - self._window_s:
            self._looks.popleft()
        if flow.numbered == before.numbered:
            self._numbered_since = now
        elif self._numbered_since == inf:
            self._numbered_since = before_at
        if self._since is None:
            self._since = now, flow
        elif self._answered_at > self._since[0]:
            at = min(self._answered_at, now)
            self._since = at, self._at(at)
        self.is_out = self._judge(flow, rtt_s or 0.0, now)

    def _judge(self, flow: Flow, rtt_s: float, now: float) -> bool:
        assert self._since is not None
        at, then = self._since
        expected, came = flow.expected - then.expected, flow.came - then.came
        if came <= 0 or flow.forwarded - then.forwarded < LEAST_DOWN:
            return False
        lost = (max(expected - came, 0) + 1) / (expected + 2)  # Laplace: never none, never all
        patience = log(CHANCE) / log(lost)
        numbered_s = now - max(at, self._numbered_since)
        every_s = max(FEEDBACK_S, median(self._gaps)) if self._gaps else FEEDBACK_S
        limit_s = max(LEAST_S, patience * every_s) + rtt_s
        if self._fed_at is not None and numbered_s >= limit_s:
            return True
        return self._reports and now - at >= rtt_s + patience * REPORT_S

    def unanswered(self, since: float) -> int:
        """Return how many packets left from a time on and count as lost."""
        if not self.is_out or self._since is None:
            return 0
        at, then = self._since
        start = then if at >= since else self._at(since)
        return self._looks[-1][1].forwarded - start.forwarded

    def _at(self, when: float) -> Flow:
        """Return the sums at a time, as if they had grown evenly between two looks."""
        before_at, before = self._looks[0]
        for at, flow in self._looks:
            if at >= when:
                part = (when - before_at) / (at - before_at) if at > before_at else 1.0
                part = min(max(part, 0.0), 1.0)
                pairs = zip(before, flow, strict=True)
                return Flow(*(round(old + part * (new - old)) for old, new in pairs))
            before_at, before = at, flow
        return before
