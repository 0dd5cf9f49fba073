"""The estimate of one downlink: what may be sent to one browser, in all."""

from __future__ import annotations

from sfu.bandwidth.downlink.loss import PROBE_RATIO, Loss
from sfu.bandwidth.downlink.probing import (
    MAX_INTERVAL_S,
    PAUSED_INTERVAL_S,
    Probe,
    Prober,
    Verdict,
)
from sfu.bandwidth.downlink.queue import KEPT, Queue
from sfu.bandwidth.downlink.window import Window
from sfu.relay.seam import FeedbackBatch

START_BPS, MIN_BPS, MAX_BPS = 300_000, 30_000, 20_000_000
PLATEAU_S = 5.0
"""How long to stay just below a capacity before trying for more where only trying tells."""
PLATEAU_GROWTH, BLIND_GROWTH, ROOM_GROWTH, FAST_GROWTH = 0.005, 0.03, 0.08, 0.25
"""Growth per second: near a capacity; there after the plateau, where jitter hides what bursts show
or loss forbids clusters; while the line seems to carry more than it did; while none is known."""
FULL_USE, USE_S = 0.88, 2.0
LEAST_REFILL, MOST_REFILL, REFILL_S, REFILL_BOUND = 0.01, 0.04, 2.0, 1.15
"""Of a known capacity: encoders that send less than they may are allowed more until it is used,
the sooner the more is left (Chromium's VP8 sends 83–92 % of its cap at 1.7 Mbit/s),
and not far beyond, nor fast: it may use all of it the next moment."""
FIRST_REFILL, FIRST_S = 0.07, 5.0
"""Instead, for so long after a capacity was found where none was known, until it is used: Chromium
had its encoder aim 17 % below its cap. At 10 % a second queues were longer in simulations."""
USED = 0.7
"""Of the target; who sends less learns nothing about the line by doing so."""
BEYOND = 1.1
"""Over what is wanted: no growth and no probe goes further."""
PICTURE_BPS = 150_000
"""Who wants less listens only: there is no picture to probe for (PROBES.md)."""
SILENCE_S, SILENCE_CUT = 0.6, 0.7
"""Without feedback for so long, and a round trip, a receiver gets less, again and again; never
too little for a picture, as nothing may have been sent that feedback could tell of."""
MAX_STEP_S = 0.5
"""Growth counts no longer time between two batches of feedback."""
START_PAYLOAD, PAYLOAD_WEIGHT = 0.95, 0.3
"""The share of media's bytes that is not UDP's and IP's: guessed, then followed."""


class DownlinkEstimator:
    """Estimate by delay, loss and probes. Feed feedback and time; read `target_bps`.

    Call `handle_timeout` many times a second, after what feedback came, and then `next_probe`.
    Times ascend. Inside, rates are those of whole IP packets; outside, of RTP packets.
    """

    __slots__ = (
        "_demand",
        "_heard_at",
        "_loss",
        "_payload",
        "_prober",
        "_queue",
        "_room",
        "_rtt_s",
        "_silent",
        "_target",
        "_unused_until",
        "_updated_at",
        "_used_bps",
        "_window",
    )

    def __init__(self, now: float, start_bps: int = START_BPS) -> None:
        self._window = Window()
        self._queue = Queue(now)
        self._loss = Loss(now)
        self._prober = Prober(now)
        self._payload = START_PAYLOAD
        self._demand = float(MAX_BPS)
        self._rtt_s = 0.1
        self._updated_at = now
        self._heard_at: float | None = None
        self._silent: tuple[float, float] | None = None
        self._room = True
        self._used_bps = 0.0
        self._unused_until = now
        self._set(start_bps / START_PAYLOAD)

    @property
    def target_bps(self) -> int:
        """What may be sent to this receiver in all: sound, picture, resends, padding."""
        return int(self._target * self._payload)

    @property
    def capacity_bps(self) -> int | None:
        """What the line carried when it was last full, of IP packets; None while that is not known.

        Signs that it carries more by now, and clusters that passed, make it unknown again.
        """
        capacity = self._queue.capacity_bps
        return None if capacity is None else int(capacity)

    def full(self, now: float) -> tuple[float, float] | None:
        """Return when a queue last stood, from and to, by when feedback told; None: never yet."""
        queue = self._queue
        if queue.full_since is None:
            return None
        return queue.full_since, now if queue.draining else max(queue.free_since, queue.full_since)

    def note_demand(self, wanted_bps: int, now: float) -> None:
        """Say what could be used: no growth and no probe goes far above it."""
        demand = wanted_bps / START_PAYLOAD
        if demand > BEYOND * self._demand:
            self._prober.hurry(now)
        self._demand = demand

    def receive_feedback(self, batch: FeedbackBatch, rtt_s: float | None) -> None:
        """Take one feedback's news; `rtt_s` is the receiver's latest round trip, if known."""
        now = batch.at
        if rtt_s is not None:
            self._rtt_s = rtt_s
        fresh = self._window.take(batch)
        if not fresh:
            return
        elapsed_s, self._updated_at = min(now - self._updated_at, MAX_STEP_S), now
        self._payload += PAYLOAD_WEIGHT * (self._window.payload_ratio() - self._payload)
        self._used_bps += (self._window.received_bps() - self._used_bps) * elapsed_s / USE_S
        self._end_silence(fresh[0].sent_at, now)
        verdict = self._prober.take(fresh, now)
        if verdict is not None:
            self._learn(verdict, now)
        self._follow_queue(now)
        self._follow_loss(elapsed_s, now)
        self._note_use(now)
        self._grow(elapsed_s, now)

    def _learn(self, verdict: Verdict, now: float) -> None:
        """Go where a cluster passed, or just below what the line gave it."""
        queue = self._queue
        if verdict.passed:
            queue.pass_at(verdict.sent_bps)
            self._set(max(self._target, verdict.sent_bps))
            return
        queue.fill(verdict.capacity_bps, now)
        if not queue.draining:
            self._set(KEPT * verdict.capacity_bps)

    def _follow_queue(self, now: float) -> None:
        was_draining = self._queue.draining
        self._set(self._queue.follow(self._window, self._target, self._rtt_s, now))
        if self._queue.draining:
            self._loss.forgive(now)
            if not was_draining:
                self._prober.rest(now)

    def _follow_loss(self, elapsed_s: float, now: float) -> None:
        self._loss.follow(self._window.loss_ratio(), elapsed_s)
        factor = self._loss.cut(self._rtt_s, now)
        if factor < 1:
            self._prober.rest(now)
            self._set(factor * self._target)

    def _note_use(self, now: float) -> None:
        capacity = self._queue.capacity_bps
        if capacity is None:
            self._unused_until = now + FIRST_S
        elif self._used_bps >= FULL_USE * capacity:
            self._unused_until = now

    def _grow(self, elapsed_s: float, now: float) -> None:
        self._room = self._queue.has_room(self._window, now)
        if self._room and self._queue.capacity_bps is not None:
            self._prober.hurry(now)
        if not self._queue.lets_grow(self._window) or self._loss.is_unusual:
            return
        if not self._is_idle() and self._target < BEYOND * self._demand:
            self._set(self._target * (1 + self._growth(now) * elapsed_s))

    def _growth(self, now: float) -> float:
        capacity = self._queue.capacity_bps
        if capacity is None or self._target < KEPT * capacity:
            return FAST_GROWTH
        if self._room:
            return ROOM_GROWTH
        unused = FULL_USE - self._used_bps / capacity
        if unused > 0 and self._target < REFILL_BOUND * capacity:
            most = FIRST_REFILL if now < self._unused_until else MOST_REFILL
            return min(LEAST_REFILL + unused / REFILL_S, most)
        if self._target <= PICTURE_BPS:
            return MOST_REFILL  # sound has no bursts that show room
        blind = self._queue.is_noisy or self._loss.usual > PROBE_RATIO
        if blind and now >= self._queue.free_since + PLATEAU_S:
            return BLIND_GROWTH
        return PLATEAU_GROWTH

    def _is_idle(self) -> bool:
        """Return whether much less is sent than may be: then media say nothing about the line."""
        return self._window.sent_bps() < USED * self._target

    # time

    def handle_timeout(self, now: float) -> None:
        """Let time pass: a receiver that falls silent gets less, a lost cluster is given up."""
        self._prober.handle_timeout(now)
        if self._heard_at is None or now < self._heard_at + SILENCE_S + self._rtt_s:
            return
        if self._silent is None:
            self._silent = (self._heard_at, self._target)
        self._heard_at = now - self._rtt_s
        self._set(max(SILENCE_CUT * self._target, min(self._target, PICTURE_BPS)))

    def _end_silence(self, oldest_sent_at: float, now: float) -> None:
        """Go on as before if nothing had been sent; else look anew what the line carries."""
        self._heard_at = now
        if self._silent is None:
            return
        since, target = self._silent
        self._silent = None
        if oldest_sent_at > since + SILENCE_S / 2:
            self._set(target)
        else:
            self._queue.capacity_bps = None
            self._prober.hurry(now)

    # probes

    def next_probe(self, now: float) -> Probe | None:
        """Return a cluster to send now, if one is due; one is under way at a time."""
        if not self._wants_probe() or now < self._prober.due_at:
            return None
        known = None if self._is_idle() else self._queue.capacity_bps
        rate = min(self._prober.rate_bps(self._target, known), BEYOND * self._demand)
        most_s = PAUSED_INTERVAL_S if self._target <= PICTURE_BPS else MAX_INTERVAL_S
        asked_bps = int(rate * self._payload)
        return self._prober.start(asked_bps, self._cost_s(), self._rtt_s, now, most_s)

    def _wants_probe(self) -> bool:
        return (
            not self._prober.is_busy
            and self._heard_at is not None
            and self._silent is None
            and self._demand >= PICTURE_BPS
            and self._target < self._demand
            and self._loss.allows_probe
            and self._queue.lets_grow(self._window)
            and (self._room or self._is_idle())
        )

    def _cost_s(self) -> float:
        """Return for how long media take to send a cluster's bytes."""
        sent = max(self._window.sent_bps(), MIN_BPS)
        return self._prober.padding_bits(self._target, sent) / sent

    def _set(self, bps: float) -> None:
        self._target = min(max(bps, MIN_BPS), MAX_BPS)
