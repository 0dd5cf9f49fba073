"""The line from one browser to us: packet core and estimator joined.

While a gate is open, `look` is to be called often, and looks when that is due. While a queue stands
in the line the publisher is asked for no missing pictures: they would fill it again (Chromium 156
sent its line of 400 kbit/s twice as much for a second, three quarters of it resends).
"""

from __future__ import annotations

from sfu.bandwidth.allocation import SOUND_BPS
from sfu.bandwidth.uplink.estimator import LOOK_S, UplinkEstimator
from sfu.probe.congestion import Carried
from sfu.relay.seam import PacketCore

UNKNOWN_RTT_S = 0.1
FOUND_AFTER_S = 2 * LOOK_S
"""From the first packet that waits to a look at which all sound did."""


class Uplink:
    """One publisher's line, from its handshake to its end."""

    __slots__ = ("_core", "_estimator", "_look_at", "_number", "_repairs")

    def __init__(self, core: PacketCore, number: int, now: float) -> None:
        self._core = core
        self._number = number
        self._estimator = UplinkEstimator(now)
        self._look_at = now
        self._repairs = True

    @property
    def picture_bps(self) -> int:
        """Return what it leaves for pictures, as far as a limit is known."""
        return self._estimator.target_bps - SOUND_BPS

    def carried(self, jitter_s: float, variation_s: float, now: float) -> Carried:
        """Return what the line carries by what was seen of it in a call, and when it was full.

        Args:
            jitter_s: Mean |D| of its sound, which is no queue.
            variation_s: 95th percentile of its delay over the least.
            now: Monotonic time, in seconds.
        """
        capacity = self._estimator.capacity
        capacity.noise_s = jitter_s
        self._core.time_packets(self._number, capacity.wants_trains(variation_s, now))
        full = capacity.full
        if full is not None:
            full = (full[0] - FOUND_AFTER_S, full[1])
        return Carried(capacity.bps(now), False, full)

    def rest(self) -> None:
        """Nothing flows from now on, until the next `update`: what it carries is not known."""
        self._estimator.capacity.forget()

    def update(self, now: float) -> None:
        """See what came, when that is due."""
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        rtt_s = self._core.activity(self._number).rtt_s or UNKNOWN_RTT_S
        self._estimator.update(self._core.take_intake(self._number), rtt_s, now)
        if self._repairs == self._estimator.is_full:
            self._repairs = not self._repairs
            self._core.repair(self._number, self._repairs, now)
