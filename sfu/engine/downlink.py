"""The line from us to one browser: packet core and estimator joined.

While a gate is open, `look` is due every `LOOK_S`: it hands the browser's feedback to the
estimator and lets the core send what the estimator wants to probe with. What the line carries,
less the sound, is what the publisher at the other side may send as picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf

from sfu.bandwidth.allocation import RESUME_BPS, SOUND_BPS
from sfu.bandwidth.downlink.estimator import DownlinkEstimator
from sfu.base.media import MediaLine
from sfu.probe.congestion import Carried
from sfu.relay.seam import FeedbackBatch, PacketCore

LOOK_S = 0.05
"""Browsers send feedback every 50 to 250 ms."""
ASK_S = 1.0
"""How often the core is asked for the round trip, and for what flows."""
FRESH_S = 30.0
"""For so long after the last picture a capacity is believed: sound alone says nothing of more."""
FOUND_AFTER_S = 0.5
"""From the first packet that waits to what feedback tells of it, besides the round trip."""


class Downlink:
    """One receiver's line, from its handshake to its end."""

    __slots__ = (
        "_ask_at",
        "_core",
        "_estimator",
        "_number",
        "_on_feedback",
        "_rtt_s",
        "_wanted_at",
    )

    def __init__(
        self,
        core: PacketCore,
        number: int,
        now: float,
        on_feedback: Callable[[FeedbackBatch], None] = lambda _: None,
    ) -> None:
        """Begin with nothing known.

        Args:
            on_feedback: Is handed what the browser tells as well.
        """
        self._core = core
        self._on_feedback = on_feedback
        self._number = number
        self._estimator = DownlinkEstimator(now)
        self._rtt_s: float | None = None
        self._ask_at = now
        self._wanted_at = -inf

    @property
    def carries_bps(self) -> int:
        """Return what the line carries as far as is known: sound, picture and all else."""
        return self._estimator.target_bps

    @property
    def picture_bps(self) -> int:
        """Return what it leaves for pictures; 0 when there is no room for one."""
        return self._estimator.target_bps - SOUND_BPS

    def carried(self, now: float) -> Carried:
        """Return what the line carries by what was seen of it in a call, and when it was full."""
        full = self._estimator.full(now)
        if full is not None:
            full = (full[0] - FOUND_AFTER_S - (self._rtt_s or 0.0), full[1])
        if now - self._wanted_at > FRESH_S:
            return Carried(None, True, full)
        known = self._estimator.capacity_bps
        if known is not None:
            return Carried(known, False, full)
        return Carried(self._estimator.target_bps, True, full)

    def update(
        self, publisher: int | None, wanted_bps: int, now: float, *, paused: bool = False
    ) -> None:
        """Take the feedback that came, and probe when that is due.

        Args:
            publisher: The peer whose media goes here, by the core's number; None without one.
            wanted_bps: The most its pictures would use.
            now: Monotonic time, in seconds.
            paused: It sends none because it was told so.
        """
        if now >= self._ask_at:
            self._ask_at = now + ASK_S
            self._ask(publisher, wanted_bps, now, paused=paused)
        for batch in self._core.take_feedback(self._number):
            self._estimator.receive_feedback(batch, self._rtt_s)
            self._on_feedback(batch)
        self._estimator.handle_timeout(now)
        probe = self._estimator.next_probe(now)
        if probe is not None:
            self._core.probe(self._number, probe.cluster, probe.rate_bps, probe.duration_s, now)

    def rest(self, now: float) -> None:
        """Nothing flows from now on, until the next `look`."""
        self._estimator.note_demand(0, now)
        self._ask_at = now
        self._wanted_at = -inf

    def _ask(self, publisher: int | None, wanted_bps: int, now: float, *, paused: bool) -> None:
        self._rtt_s = self._core.activity(self._number).rtt_s
        paused = paused and self.picture_bps < RESUME_BPS  # by this line, and no other
        shows = publisher is not None and (paused or self._shows(publisher, now))
        self._wanted_at = now if shows else self._wanted_at
        self._estimator.note_demand(SOUND_BPS + (wanted_bps if shows else 0), now)

    def _shows(self, publisher: int, now: float) -> bool:
        """Whether any picture came from this publisher of late."""
        picture_at = self._core.activity(publisher).picture_at
        return picture_at is not None and now - picture_at < 2 * ASK_S


def tells_arrivals(lines: Iterable[MediaLine]) -> bool:
    """Whether this receiver sends the feedback that an estimate is made of."""
    return any(line.is_numbered for line in lines)
