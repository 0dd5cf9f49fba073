"""The capacity of a downlink, found by padding that grows until the line is full.

A ladder of steps, each half as fast again as the one before; when feedback says that a step filled
the line, a last one at 1.25 times what it carried holds it full, and its rate is measured over that
time. A last one that finds no queue was led there by jitter, and the ladder goes on.

Departures from PROBES.md:
- Steps take 0.3 s, above 1.1 Mbit/s 0.2 s, so that a check takes no longer than ten seconds.
- No pause before the last step: in a pause a token bucket fills, and hides the line it stands
  before. The queue drains after it.
- At the ceiling the rate is held, for the same reason.

Rates are those of IP packets, as a provider sells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf

import numpy as np

from sfu.bandwidth.downlink.probing import PATIENCE_S, Probe
from sfu.probe.figures import percentile_95
from sfu.probe.filling import Step, judge_step, noise_s, standing_rate, stood
from sfu.probe.told import Packets, Told
from sfu.relay.seam import FeedbackBatch

FIRST_BPS, GROWTH = 200_000, 1.5
"""As PROBES.md has them."""
CEILING_BPS, LIGHT_CEILING_BPS = 5_000_000, 1_500_000
"""No call needs more than the half of the first."""
SLOW_STEP_S, FAST_STEP_S, FAST_BPS = 0.3, 0.2, 1_100_000
"""A step's time, and from which rate on the shorter one holds packets enough."""
LADDER_S, LENGTH_S = 2.4, 3.0
"""For the ladder, and with the last step."""
LAST_S, FAST_LAST_S, LEAST_LAST_S, LAST_GROWTH = 0.8, 0.4, 0.3, 1.25
HOLD_S = 0.6
"""At the ceiling: 60 kB of credit are spent where the line carries 4.2 Mbit/s or less."""
DRAIN_S = 0.35
"""After the last packet, until the line is as it was (PROBES.md)."""
SURE_S, LONG_S = 0.15, 0.3
"""A queue that stood so long gives a rate; and so long, it was no jitter: where a last step finds
none, a bucket was filled again while feedback was awaited."""
PAYLOAD = 290 / 318
"""A packet of padding in RTP's bytes, in which probes are asked for, and in IP's."""
TICK_S = 0.006
"""The packet core's last padding leaves so long before the end of a step."""
MOST_SHARE = 1.1
"""Of the ceiling: more than was sent cannot arrive, whatever a browser tells."""
SPARE_SHARE = 0.8
"""Of a capacity: a step below it met no queue of its own."""
MAX_USUAL_LOSS = 0.15
"""What is lost at random used the line as well; more is no line of its own."""


class Stage(Enum):
    """How far a ramp is."""

    LADDER = 0
    LAST = 1
    DRAIN = 2
    DONE = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """One probe that was asked for."""

    cluster: int
    rate_bps: float
    starts_at: float
    ends_at: float


class DownRamp:
    """Find what the line to one browser carries.

    Call `next_probe` whenever `next_timeout` is due and after `receive_feedback`; send what it
    returns. Nothing else may flow to this browser meanwhile.

    Args:
        now: Monotonic time, in seconds.
        length_s: Until the last packet leaves, about: feedback that is late makes it longer.
        ceiling_bps: The highest rate that is tried.
        most_bytes: Never send more, in all.
        first_cluster: The ids of the probes start here.
        rtt_s: The idle round trip.
        usual_loss: What the line loses when it is not full.
    """

    def __init__(
        self,
        now: float,
        *,
        length_s: float = LENGTH_S,
        ceiling_bps: int = CEILING_BPS,
        most_bytes: float = inf,
        first_cluster: int = 1,
        rtt_s: float = 0.1,
        usual_loss: float = 0.0,
    ) -> None:
        self._ladder_until = now + length_s * LADDER_S / LENGTH_S
        self._until = now + length_s
        self._ceiling = float(ceiling_bps)
        self._bytes_left = most_bytes
        self._cluster = first_cluster
        self._rtt_s = rtt_s
        self._usual_loss = usual_loss
        self._stage = Stage.LADDER
        self._told = Told()
        self._sent: list[Sent] = []
        self._judged = 0
        self._is_lossy = False
        self._passed: Step | None = None
        self._filled: Step | None = None
        self._due_at = now
        self.capacity_bps: int | None = None
        """What the line carries, of IP packets; None as long as nothing is known."""
        self.is_bound = True
        """The line was never full: it carries `capacity_bps` at least."""
        self.rise_s = 0.0
        """95th percentile of the delay over the least while the line was fullest, in seconds."""

    @property
    def is_done(self) -> bool:
        """Whether all is sent, told, and drained."""
        return self._stage is Stage.DONE

    def is_drained(self, now: float) -> bool:
        """Whether all is sent and told, and the queue had time to drain."""
        return self.is_done or (self._stage is Stage.DRAIN and now >= self._due_at)

    def usual_packets(self) -> tuple[int, int]:
        """Return how many packets were told of in steps that did not fill the line, and the lost.

        They tell what the line loses anyway.
        """
        most_bps = inf if self.is_bound else SPARE_SHARE * (self.capacity_bps or 0)
        steps = [self._of(sent) for sent in self._sent if sent.rate_bps <= most_bps]
        return sum(len(step.sent_at) for step in steps), sum(step.lost for step in steps)

    @property
    def clusters(self) -> range:
        """The ids of the probes so far."""
        return range(self._cluster - len(self._sent), self._cluster)

    def next_timeout(self) -> float | None:
        """Return when `next_probe` is next wanted; None when all is done."""
        return None if self._stage is Stage.DONE else self._due_at

    def next_probe(self, now: float) -> Probe | None:
        """Return what to send now, if anything."""
        if self._sent and now < self._sent[-1].ends_at:
            return None
        if self._stage is Stage.DRAIN and now >= self._due_at:
            self._stage = Stage.DONE
        if self._stage in (Stage.DRAIN, Stage.DONE):
            return None
        asked = self._next_rate(now)
        probe = self._send(*asked, now) if asked is not None else None
        if probe is None:
            self._wait(now)
        return probe

    def _wait(self, now: float) -> None:
        """Wait for feedback about what was sent last; then judge by what there is."""
        self._due_at = self._sent[-1].ends_at + self._rtt_s + PATIENCE_S if self._sent else now
        if now >= self._due_at:
            self._judge_told(now, inf)
            if self._stage in (Stage.LADDER, Stage.LAST):
                self._finish(now)

    def _next_rate(self, now: float) -> tuple[float, float] | None:
        """Return the next step's rate and time, None when there is none or feedback is missing."""
        if self._stage is Stage.LAST:
            if self._filled is None:
                return None  # sent, and not yet told
            rate = min(LAST_GROWTH * self._found(), self._ceiling)
            self._filled = None  # asked for
            most_s = FAST_LAST_S if rate >= FAST_BPS else LAST_S
            return rate, min(max(self._until - now, LEAST_LAST_S), most_s)
        if now >= self._ladder_until:
            return None
        before = self._sent[-1].rate_bps if self._sent else FIRST_BPS / GROWTH
        if before >= self._ceiling:
            held = len(self._sent) > 1 and self._sent[-2].rate_bps >= self._ceiling
            return None if held else (self._ceiling, HOLD_S)
        rate = min(GROWTH * before, self._ceiling)
        return rate, FAST_STEP_S if rate >= FAST_BPS else SLOW_STEP_S

    def _send(self, rate_bps: float, duration_s: float, now: float) -> Probe | None:
        affordable_s = 8 * self._bytes_left / rate_bps
        if affordable_s < min(duration_s, FAST_STEP_S):
            self._bytes_left = 0.0
            self._ladder_until = now
            return None
        duration_s = min(duration_s, affordable_s)
        self._bytes_left -= rate_bps * duration_s / 8
        self._sent.append(Sent(self._cluster, rate_bps, now, now + duration_s))
        self._cluster += 1
        self._due_at = self._sent[-1].ends_at
        return Probe(self._sent[-1].cluster, int(PAYLOAD * rate_bps), duration_s)

    # what feedback says

    def receive_feedback(self, batch: FeedbackBatch, now: float) -> None:
        """Take what the browser told; then call `next_probe`."""
        self._told.take(batch)
        self._judge_told(now, self._told.newest_sent_at)

    def _judge_told(self, now: float, told_until: float) -> None:
        while self._judged < len(self._sent) and self._stage in (Stage.LADDER, Stage.LAST):
            if told_until < self._sent[self._judged].ends_at - TICK_S:
                break
            sent = self._sent[self._judged]
            self._judged += 1
            self._judge(sent, now)

    def _judge(self, sent: Sent, now: float) -> None:
        packets = self._of(sent)
        step = (
            judge_step(packets, self._usual_s(), self._usual_loss) if len(packets.sent_at) else None
        )
        if step is None:
            return
        is_last = self._stage is Stage.LAST and self._judged == len(self._sent)
        if self._stage is Stage.LAST and not is_last:
            return  # it was under way when one before it filled the line
        is_held = is_last or sent.ends_at - sent.starts_at >= HOLD_S
        if self._is_full(step, packets, is_held, is_last):
            self.is_bound = False
            self._filled = step
            self._stage = Stage.LAST
            if is_held:
                self._finish(now)
        elif not self._is_lossy:
            self._passed = step
            self.is_bound = True
            self._stage = Stage.LADDER

    def _is_full(self, step: Step, packets: Packets, is_held: bool, is_last: bool) -> bool:
        least_s, noise_s = self._least_s(), self._noise_s()
        queue = stood(packets, least_s, noise_s)
        was_lossy, self._is_lossy = self._is_lossy, step.is_full and not queue
        if step.is_full:
            return queue or was_lossy or is_held  # one burst of loss is no full line
        if is_held and step.is_slower and queue:
            return True
        before = standing_rate(self._told.packets(), least_s, noise_s) if is_last else None
        return before is not None and before.span_s >= LONG_S

    def _found(self) -> float:
        """Return what the line carried while it was full.

        The best of steps that lasted: what is lost at random makes a rate less, and nothing more.
        """
        packets, least_s, noise_s = self._told.packets(), self._least_s(), self._noise_s()
        every = [packets, *(self._of(sent) for sent in self._sent)]
        rates = [standing_rate(each, least_s, noise_s) for each in every]
        found = [rate for rate in rates if rate is not None and rate.span_s >= SURE_S]
        long = [rate.bps for rate in found if rate.span_s >= LONG_S]
        if found:
            best = max(long) if long else found[0].bps
            return best / (1 - min(self._usual_loss, MAX_USUAL_LOSS))
        step = self._filled or self._passed
        return step.received_bps if step else FIRST_BPS

    def _finish(self, now: float) -> None:
        self._stage = Stage.DRAIN
        self._due_at = (self._sent[-1].ends_at if self._sent else now) + DRAIN_S
        if not len(self._told.packets().arrived.sent_at):
            return
        if not self.is_bound:
            self.capacity_bps = round(min(self._found(), MOST_SHARE * self._ceiling))
        elif self._passed is not None:
            self.capacity_bps = round(self._passed.sent_bps)
        fullest = self._of(self._sent[self._judged - 1]).arrived.delay_s
        if len(fullest):
            self.rise_s = percentile_95(fullest) - self._least_s()

    def _of(self, sent: Sent) -> Packets:
        packets = self._told.packets(sent.starts_at)
        return packets.where(packets.cluster == sent.cluster)

    def _least_s(self) -> float:
        return float(self._told.packets().arrived.delay_s.min())

    def _usual_s(self) -> float:
        first = self._of(self._sent[0]).arrived.delay_s
        return float(np.median(first)) if len(first) else self._least_s()

    def _noise_s(self) -> float:
        return noise_s(self._of(self._sent[0]))
