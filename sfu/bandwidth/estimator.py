"""The estimate of one downlink: what may be sent to one browser, in all."""

from __future__ import annotations

from sfu.bandwidth.probing import DURATION_S, GROWTH, Cluster, Probe, Schedule
from sfu.bandwidth.window import Seen, Window
from sfu.rtp.feedback import FeedbackBatch

START_BPS, MIN_BPS, MAX_BPS = 300_000, 30_000, 20_000_000
OVERUSE_S, DRAINED_S = 0.018, 0.010
MAX_OVERUSE_S, NOISE_STEP, CALM_S = 0.06, 1.3, 20.0
DRAIN_TIME_S = 0.7
"""How soon a queue shall be gone: the longer it is, the less is sent meanwhile."""
LEAST_DRAIN, MOST_DRAIN = 0.85, 0.5
KEPT = 0.93
"""Of a line's measured capacity."""
MAX_EXCESS = 1.15
REACTION_S = 0.4
"""From a decision to its effect in the feedback, besides the round trip: the publisher's encoder
follows within 100–300 ms, feedback comes every 50–100 ms."""
PLATEAU_S = 2.5
PLATEAU_GROWTH, SLOW_GROWTH, FAST_GROWTH = 0.005, 0.04, 0.25
"""Growth per second: just below a known capacity, later, and before one is known."""
USED = 0.75
"""Of the target; who sends less learns nothing about the line by doing so."""
APP_LIMIT = 1.5
BEYOND = 1.1
"""Over what is wanted: no growth and no probe goes further."""
NEWS = 1.05
"""What arrives above a capacity by this, without a queue, says that the line has grown."""
HIGH_LOSS, PROBE_LOSS = 0.1, 0.02
MIN_LOSS_COUNT = 20
PICTURE_BPS = 150_000
"""Who wants less listens only; there is no picture to probe for."""
SILENCE_S, SILENCE_CUT = 0.6, 0.7


class DownlinkEstimator:
    """Estimate by delay, loss and probes. Feed feedback and time; read `target_bps`.

    After each `receive_feedback` and `handle_timeout` ask `next_probe` and `next_timeout`.
    """

    __slots__ = (
        "_capacity",
        "_cluster",
        "_clusters",
        "_cut_at",
        "_demand",
        "_draining",
        "_grown_at",
        "_heard_at",
        "_loss_cut_at",
        "_overuse_s",
        "_rtt_s",
        "_schedule",
        "_silent",
        "_standing_then",
        "_target",
        "_updated_at",
        "_window",
    )

    def __init__(self, now: float, start_bps: int = START_BPS) -> None:
        self._window = Window()
        self._schedule = Schedule(now)
        self._target = float(min(max(start_bps, MIN_BPS), MAX_BPS))
        self._demand = float(MAX_BPS)
        self._capacity: float | None = None
        self._overuse_s = OVERUSE_S
        self._draining = False
        self._standing_then = 0.0
        self._rtt_s = 0.1
        self._updated_at = self._cut_at = self._grown_at = self._loss_cut_at = now
        self._heard_at: float | None = None
        self._silent: tuple[float, float] | None = None
        self._cluster: Cluster | None = None
        self._clusters = 0

    @property
    def target_bps(self) -> int:
        """What may be sent to this receiver in all: sound, picture, resends, padding."""
        return int(self._target)

    def note_demand(self, wanted_bps: int, now: float) -> None:
        """Say what could be used: no growth and no probing far above it."""
        self._demand = float(max(wanted_bps, MIN_BPS))

    def receive_feedback(self, batch: FeedbackBatch, rtt_s: float | None) -> None:
        """Take one feedback's news; `rtt_s` is the receiver's latest round trip, if known."""
        now = batch.at
        if rtt_s is not None:
            self._rtt_s = rtt_s
        fresh = self._window.take(batch)
        if not fresh:
            return
        self._end_silence(now, fresh[0].sent_at)
        self._judge_cluster(fresh, now)
        self._follow_delay(now)
        self._follow_loss(now)
        self._updated_at = now

    # delay

    def _follow_delay(self, now: float) -> None:
        standing = self._window.standing_s()
        self._overuse_s += (OVERUSE_S - self._overuse_s) * min(
            1.0, (now - self._updated_at) / CALM_S
        )
        if standing > self._overuse_s:
            if not self._draining or now - self._cut_at > self._rtt_s + REACTION_S:
                self._back_off(standing, now)
        elif self._draining and standing < DRAINED_S:
            self._settle(now)
        elif not self._draining and standing < DRAINED_S:
            self._grow(now)

    def _back_off(self, standing: float, now: float) -> None:
        """Drain a standing queue; one that does not shrink with what we send is not ours."""
        capacity = self._window.busy_rate_bps()
        if capacity is None:
            return
        sent = self._window.sent_bps()
        idle = sent < 0.9 * (self._capacity or sent)
        if self._draining and idle and standing > self._standing_then - DRAINED_S:
            self._window.rebase()
            self._settle(now)
            return
        if not self._draining and self._is_noise(capacity):
            self._overuse_s = min(NOISE_STEP * self._overuse_s, MAX_OVERUSE_S)
            return
        self._capacity = capacity
        share = min(max(1 - standing / DRAIN_TIME_S, MOST_DRAIN), LEAST_DRAIN)
        self._set(min(share * capacity / self._excess(), self._target))
        self._draining = True
        self._standing_then = standing
        self._cut_at = now
        self._schedule.congested(now)

    def _is_noise(self, capacity: float) -> bool:
        """Return whether a queue appeared below the known capacity and nothing was held up."""
        sent = self._window.sent_bps()
        return (
            self._capacity is not None and sent < 0.98 * self._capacity and capacity > 0.95 * sent
        )

    def _excess(self) -> float:
        """Return by what factor the publisher's encoders overshoot what they were allowed."""
        return min(max(self._window.sent_bps() / self._target, 1.0), MAX_EXCESS)

    def _settle(self, now: float) -> None:
        self._draining = False
        self._grown_at = now
        if self._capacity is not None:
            self._set(max(KEPT * self._capacity, self._target))

    def _grow(self, now: float) -> None:
        elapsed = min(now - self._updated_at, 0.5)
        if self._is_idle() or self._target >= BEYOND * self._demand:
            return
        if self._window.loss()[0] > HIGH_LOSS:
            return
        if self._capacity is not None and self._window.received_bps() > NEWS * self._capacity:
            self._capacity = None
            self._schedule.passed(now)
        self._set(self._target * (1 + self._growth(now) * elapsed))

    def _is_idle(self) -> bool:
        """Return whether much less is sent than may be: then media say nothing about the line."""
        return self._window.sent_bps() < USED * self._target

    def _growth(self, now: float) -> float:
        """Return the growth per second: slow around a known capacity, then faster."""
        if self._capacity is None:
            return FAST_GROWTH
        return PLATEAU_GROWTH if now < self._grown_at + PLATEAU_S else SLOW_GROWTH

    # loss

    def _follow_loss(self, now: float) -> None:
        ratio, count = self._window.loss()
        if ratio <= HIGH_LOSS or count < MIN_LOSS_COUNT:
            return
        if now - self._loss_cut_at < self._rtt_s + REACTION_S:
            return
        self._loss_cut_at = now
        self._schedule.congested(now)
        self._set(self._target * (1 - 0.5 * ratio))

    # silence

    def next_timeout(self) -> float | None:
        """Return when to call `handle_timeout`, in monotonic seconds."""
        times = []
        if self._heard_at is not None:
            times.append(self._heard_at + SILENCE_S + self._rtt_s)
            times.append(self._next_probe_at())
        if self._cluster is not None:
            times.append(self._cluster.gives_up_at)
        return min(times, default=None)

    def _next_probe_at(self) -> float:
        return self._schedule.due_at if self._wants_probe() else float("inf")

    def handle_timeout(self, now: float) -> None:
        """Let time pass: a receiver that falls silent gets less, a lost cluster is given up."""
        if self._cluster is not None and now >= self._cluster.gives_up_at:
            self._cluster = None
            self._schedule.failed(now)
        if self._heard_at is not None and now >= self._heard_at + SILENCE_S + self._rtt_s:
            if self._silent is None:
                self._silent = (self._heard_at, self._target)
            self._heard_at = now - self._rtt_s
            self._set(self._target * SILENCE_CUT)

    def _end_silence(self, now: float, oldest_sent_at: float) -> None:
        self._heard_at = now
        if self._silent is None:
            return
        since, target = self._silent
        self._silent = None
        if oldest_sent_at > since + SILENCE_S / 2:  # nothing had been sent
            self._set(target)
        self._capacity = None

    # probes

    def next_probe(self, now: float) -> Probe | None:
        """Return a cluster to send now, if one is due; one is under way at a time."""
        if not self._wants_probe() or now < self._schedule.due_at:
            return None
        self._clusters += 1
        rate = min(GROWTH * self._target, BEYOND * self._demand)
        probe = Probe(self._clusters, int(rate), DURATION_S)
        self._cluster = Cluster(probe, now, self._rtt_s)
        return probe

    def _wants_probe(self) -> bool:
        return (
            self._cluster is None
            and self._heard_at is not None
            and self._silent is None
            and not self._draining
            and self._demand >= PICTURE_BPS
            and self._target < self._demand
            and self._window.loss()[0] <= PROBE_LOSS
            and self._window.standing_s() < DRAINED_S
            and (self._capacity is None or self._is_idle())
        )

    def _judge_cluster(self, fresh: list[Seen], now: float) -> None:
        if self._cluster is None or not self._cluster.take(fresh):
            return
        verdict = self._cluster.verdict()
        self._cluster = None
        if verdict is None:
            self._schedule.failed(now)
        elif verdict.passed:
            self._schedule.passed(now)
            self._set(max(self._target, verdict.sent_bps))
            if self._capacity is not None and verdict.sent_bps > BEYOND * self._capacity:
                self._capacity = None
        else:
            self._schedule.failed(now)
            self._capacity = verdict.received_bps
            self._grown_at = now
            self._set(KEPT * verdict.received_bps)

    def _set(self, bps: float) -> None:
        self._target = min(max(bps, MIN_BPS), MAX_BPS)
