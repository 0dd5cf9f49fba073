"""The capacity of an uplink, by pictures of noise that the page sends at its browser's own pace.

The browser's congestion control raises what it sends by our transport-cc feedback until the line is
full, and then a little less, so that a queue seldom stands for long. We see what arrives.
- A browser sends the packets of one picture at once; the narrowest point spaces them by the time
  that each takes there, as it does all that comes while a packet of sound waits. Where these times
  agree, and about as much came in all, they are the capacity. Jitter spaces packets unevenly; a
  wide line hardly; a browser that paces them makes no sound wait; a token bucket has spent its
  credit by the last second.
- While all sound waited, a queue stood, and what arrived meanwhile is the capacity.
- Where neither came, the best half second is what the line carries at least.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from sfu.bandwidth.downlink.window import HEADERS_BYTES
from sfu.bandwidth.uplink.spacing import Train, is_enough, spaced_bps
from sfu.relay.seam import Intake

PICTURE_BPS, DURATION_S = 2_500_000, 2.5
"""What a page is asked for: more than any call needs, and time for libwebrtc's own probes."""
STANDING_S = 0.02
"""Sound that waited longer met a queue; with jitter, what jitter adds."""
WINDOW_S, LEAST_S = 0.5, 0.3
"""A rate is sustained for so long; a queue that stands gives one in a shorter time."""
LOSSY_S, LOST_MORE, LEAST_LOST = 1.0, 0.10, 20
"""By how much more than usual is lost, over so long, by a full line that holds no queue: libwebrtc
grows until it is 10 %. Fewer packets may be one burst's."""
SATURATED, SPENT = 0.95, 0.7
"""Of the best rate: where more came without such loss, the loss was no full line's; where so much
more came before, that was the credit of a token bucket, which random loss does not take away."""
MAX_USUAL_LOSS = 0.05
"""What is lost at random used the line as well; more is not made up for."""
TRAINS_S = 1.2
"""Pictures of the last so long count: before, a browser's own probes are paced, and a bucket has
credit. Where they are too few, all since the check began."""
WAITED_S = 0.003
"""Some sound waited behind the pictures."""
JUMP_S = 2.0
"""Delays that differ by so much are of two clocks (`bandwidth.uplink.window` says the same)."""


class Look(NamedTuple):
    """Sums since ever, and the least delay of sound since the look before."""

    at: float
    wire_bytes: int
    expected: int
    received: int
    delay_s: float | None


class UpRamp:
    """Find what the line from one browser carries, while its page sends pictures of noise.

    Call `take` every 50 to 100 ms, until `is_done`.

    Args:
        now: When the page was asked; monotonic, in seconds.
        duration_s: For how long to look, the page's own start included.
        noise_s: How far jitter alone spreads the delay of sound.
        usual_loss: What the line loses when it is not full.
        trains: Of the camera's pictures so far, for a line so narrow that few more will come.
    """

    def __init__(
        self,
        now: float,
        duration_s: float = DURATION_S,
        *,
        noise_s: float = 0.0,
        usual_loss: float = 0.0,
        trains: Iterable[Train] = (),
    ) -> None:
        self._ends_at = now + duration_s
        self._threshold_s = max(STANDING_S, noise_s)
        self._usual_loss = usual_loss
        self._looks: list[Look] = []
        self._trains = list(trains)
        self.is_done = False

    def next_timeout(self) -> float | None:
        """Return when it ends; None when it has."""
        return None if self.is_done else self._ends_at

    def take(self, intake: Intake, now: float) -> None:
        """Take a look at what came; the last one ends the ramp."""
        if self.is_done:
            return
        wire_bytes = intake.size_bytes + HEADERS_BYTES * intake.received
        look = Look(now, wire_bytes, intake.expected, intake.received, intake.sound_delay_s)
        if self._looks and _is_another(self._looks[-1], look):
            self._looks.clear()
            self._trains.clear()
        self._looks.append(look)
        self._trains.extend(intake.trains)
        self.is_done = now >= self._ends_at

    @property
    def size_bytes(self) -> int:
        """What came meanwhile, in IP packets."""
        return self._looks[-1].wire_bytes - self._looks[0].wire_bytes if self._looks else 0

    def usual_packets(self) -> tuple[int, int]:
        """Return how many packets were sent while the line was never full, and the lost.

        0 of 0 where one second lost much more than usual: that may have been a full line as well.
        """
        if not self._looks or not self.is_bound or self._lossy() is not None:
            return 0, 0
        first, last = self._looks[0], self._looks[-1]
        expected = last.expected - first.expected
        return expected, min(max(expected - (last.received - first.received), 0), expected)

    @property
    def capacity_bps(self) -> int | None:
        """What the line carries, of IP packets; None when nothing came for long enough."""
        spaced = self._spaced_bps()
        if spaced is not None:
            return round(spaced)
        full = self._full_bps()
        if full is not None:
            return round(full / (1 - min(self._usual_loss, MAX_USUAL_LOSS)))
        best = self._best(0, len(self._looks))
        return None if best is None else round(best)

    @property
    def is_bound(self) -> bool:
        """Whether the line was never full: it carries `capacity_bps` at least."""
        return self._spaced_bps() is None and self._full_bps() is None

    @property
    def rise_s(self) -> float:
        """By how much sound waited at most, in seconds."""
        delays = [look.delay_s for look in self._looks if look.delay_s is not None]
        return max(delays) - min(delays) if delays else 0.0

    def _spaced_bps(self) -> float | None:
        """Return the rate at which packets of one picture came, where that is the line's own."""
        if not self._looks or self.rise_s < WAITED_S:
            return None
        since = self._looks[-1].at - TRAINS_S
        latest = [train for train in self._trains if train[0] >= since]
        used_bps = self._best(0, len(self._looks)) or 0.0
        return spaced_bps(latest if is_enough(latest) else self._trains, used_bps)

    def _full_bps(self) -> float | None:
        """Return the rate of arrival while a queue stood, or else the best while much was lost."""
        found = [self._run_bps(first, end) for first, end in self._standing()]
        rates = [rate for rate in found if rate is not None]
        return max(rates, default=None) if rates else self._lossy_bps()

    def _standing(self) -> list[tuple[int, int]]:
        """Return runs of looks between which all sound waited, as indices."""
        least_s = min(
            (look.delay_s for look in self._looks if look.delay_s is not None), default=inf
        )
        runs: list[tuple[int, int]] = []
        start: int | None = None
        for index, look in enumerate(self._looks):
            waited = look.delay_s is not None and look.delay_s - least_s > self._threshold_s
            if waited and start is None:
                start = index
            if not waited and start is not None:
                runs.append((start, index))
                start = None
        if start is not None:
            runs.append((start, len(self._looks)))
        return runs

    def _run_bps(self, first: int, end: int) -> float | None:
        """Return the rate over a whole run: its best part would favour chance."""
        span_s = self._looks[end - 1].at - self._looks[first].at
        return self._rate(first, end - 1) if span_s >= LEAST_S else None

    def _best(self, first: int, end: int) -> float | None:
        """Return the best rate of arrival over `WINDOW_S` among these looks."""
        best: float | None = None
        start = first
        for index in range(first, end):
            while (
                start + 1 < index and self._looks[index].at - self._looks[start + 1].at >= WINDOW_S
            ):
                start += 1
            if self._looks[index].at - self._looks[start].at >= WINDOW_S:
                best = max(best or 0.0, self._rate(start, index))
        return best

    def _lossy_bps(self) -> float | None:
        """Return the rate of arrival over the last second that lost much more than usual.

        None where more came without such loss, unless it was so much more and before: credit.
        """
        lossy, most = self._lossy(), self._best(0, len(self._looks))
        if lossy is None or most is None:
            return None
        rate, later = self._rate(*lossy), self._best(lossy[1], len(self._looks))
        is_spent = rate <= SPENT * most and (later or 0.0) <= rate / SATURATED
        return rate if is_spent or rate >= SATURATED * most else None

    def _lossy(self) -> tuple[int, int] | None:
        """Return the last second that lost much more than usual, as indices of looks."""
        found: tuple[int, int] | None = None
        start = 0
        for index, last in enumerate(self._looks):
            while start < index and last.at - self._looks[start + 1].at >= LOSSY_S:
                start += 1
            first = self._looks[start]
            if last.at - first.at < LOSSY_S:
                continue
            expected = last.expected - first.expected
            lost = expected - (last.received - first.received)
            if lost >= LEAST_LOST and lost > (self._usual_loss + LOST_MORE) * expected:
                found = start, index
        return found

    def _rate(self, start: int, index: int) -> float:
        first, last = self._looks[start], self._looks[index]
        return 8 * (last.wire_bytes - first.wire_bytes) / (last.at - first.at)


def _is_another(before: Look, after: Look) -> bool:
    """Whether sums or delays are of other streams than before."""
    if after.wire_bytes < before.wire_bytes or after.expected < before.expected:
        return True
    if before.delay_s is None or after.delay_s is None:
        return False
    return abs(after.delay_s - before.delay_s) > JUMP_S
