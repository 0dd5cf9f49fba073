"""One direction of a line in virtual time: packets and times in, fates and deadlines out.

Nothing here reads a clock or opens a device. `emulator` drives two links with real packets;
unit tests and the simulations of estimators drive them with packets of any type:

    link: Link[int] = Link(steady(Conditions(delay_s=0.05, loss_ratio=0.02)), seed=1)
    link.send(7, size_bytes=1200, now=0.0)
    for outcome in link.poll(now=1.0): ...

Decisions are drawn when a packet arrives, always the same number for each, so what happens to
the n-th packet follows from the seed and n, and never from how punctually it arrived. Only a
full queue, an outage and the schedule depend on time.
"""

from __future__ import annotations

import heapq
from collections import deque
from enum import IntEnum
from random import Random
from statistics import NormalDist
from typing import Generic, NamedTuple, TypeVar

from benchmarks.netlab.bottleneck import Bottleneck
from benchmarks.netlab.conditions import Conditions, Schedule, Step, check_schedule

T = TypeVar("T")

_NORMAL = NormalDist()


class Fate(IntEnum):
    """What became of a packet."""

    IN_FLIGHT = 0
    DELIVERED = 1
    LOST = 2
    QUEUE_FULL = 3
    OUTAGE = 4
    BLOCKED = 5
    REFUSED = 6  # by the kernel of the receiving side; never by a `Link`
    UNMAPPED = 7  # by the NAT at the client's end; never by a `Link`


class Outcome(NamedTuple, Generic[T]):
    """One packet's end: `at` is when it is to be delivered, or when it was dropped."""

    at: float
    packet: T
    fate: Fate
    copy: bool  # a duplicate the link made, not counted as sent


class _Draws(NamedTuple):
    """Everything chance decides about one packet; the last three uniform in [0, 1)."""

    lost: bool
    jitter: float
    duplicate: float
    reorder: float


class Link(Generic[T]):
    """Carry packets one way. After `send`, and whenever `next_timeout()` is due, call `poll`."""

    def __init__(self, schedule: Schedule, *, seed: int, now: float = 0.0) -> None:
        self._random = Random(seed)
        self._in_burst = False
        self._bottleneck: Bottleneck[tuple[T, _Draws]] = Bottleneck(now)
        self._travelling: list[tuple[float, int, Outcome[T]]] = []
        self._dropped: list[Outcome[T]] = []
        self._count = 0
        self._last_delivery = now
        self._conditions = Conditions()
        self._steps: deque[Step] = deque()
        self.apply(schedule, now)

    @property
    def conditions(self) -> Conditions:
        """What holds at the last time given."""
        return self._conditions

    def apply(self, schedule: Schedule, now: float) -> None:
        """Begin another schedule; what is under way keeps its place."""
        check_schedule(schedule)
        self._advance(now)
        self._steps = deque(Step(now + step.at_s, step.conditions) for step in schedule)
        self._advance(now)

    def send(self, packet: T, size_bytes: int, now: float, *, is_udp: bool = False) -> None:
        """Put one packet on the line; `size_bytes` is that of the IP packet."""
        self._advance(now)
        draws = self._draw()
        if self._conditions.outage:
            self._drop(packet, Fate.OUTAGE, now)
        elif is_udp and self._conditions.udp_blocked:
            self._drop(packet, Fate.BLOCKED, now)
        elif not self._bottleneck.offer((packet, draws), size_bytes, now):
            self._drop(packet, Fate.QUEUE_FULL, now)
        else:
            self._advance(now)

    def poll(self, now: float) -> list[Outcome[T]]:
        """Return every packet whose fate is settled by `now`: drops, then deliveries by time."""
        self._advance(now)
        outcomes, self._dropped = self._dropped, []
        while self._travelling and self._travelling[0][0] <= now:
            outcomes.append(heapq.heappop(self._travelling)[2])
        return outcomes

    def next_timeout(self) -> float | None:
        """When to call `poll` next, in seconds; None while nothing is under way."""
        departure = self._bottleneck.next_departure()
        times = [] if departure is None else [departure]
        if self._travelling:
            times.append(self._travelling[0][0])
        if times and self._steps:
            times.append(self._steps[0].at_s)  # a new rate moves the next departure
        return min(times, default=None)

    def _advance(self, now: float) -> None:
        """Let changes and departures happen, each at its own time, up to `now`."""
        steps, bottleneck = self._steps, self._bottleneck
        while True:
            departure = bottleneck.next_departure()
            change = steps[0].at_s if steps else None
            if change is not None and change <= now and (departure is None or change <= departure):
                self._enter(steps.popleft())
            elif departure is not None and departure <= now:
                self._depart(departure)
            else:
                return

    def _enter(self, step: Step) -> None:
        self._conditions = new = step.conditions
        self._bottleneck.change(
            step.at_s, new.rate_bps, new.bucket_bytes, new.queue_bytes, new.queue_s
        )

    def _depart(self, at: float) -> None:
        packet, draws = self._bottleneck.depart(at)
        if self._conditions.outage:
            self._drop(packet, Fate.OUTAGE, at)
        elif draws.lost:
            self._drop(packet, Fate.LOST, at)
        else:
            self._travel(packet, draws, at)

    def _travel(self, packet: T, draws: _Draws, at: float) -> None:
        conditions = self._conditions
        delay_s = conditions.delay_s
        if conditions.jitter_s:
            delay_s = max(0.0, delay_s + self._jitter(draws.jitter))
        delivery = at + delay_s
        if draws.reorder < conditions.reorder_ratio:
            delivery += conditions.reorder_s  # and those behind it do not wait
        elif conditions.keep_order:
            delivery = self._last_delivery = max(delivery, self._last_delivery)
        self._schedule(Outcome(delivery, packet, Fate.DELIVERED, False))
        if draws.duplicate < conditions.duplicate_ratio:
            self._schedule(Outcome(delivery, packet, Fate.DELIVERED, True))

    def _schedule(self, outcome: Outcome[T]) -> None:
        heapq.heappush(self._travelling, (outcome.at, self._count, outcome))
        self._count += 1

    def _drop(self, packet: T, fate: Fate, at: float) -> None:
        self._dropped.append(Outcome(at, packet, fate, False))

    def _draw(self) -> _Draws:
        """Draw six numbers, whatever the conditions: later packets keep their own."""
        draw = self._random.random
        step, burst, single = draw(), draw(), draw()
        jitter, duplicate, reorder = draw(), draw(), draw()
        lost = self._lost_in_burst(step, burst) or single < self._conditions.loss_ratio
        return _Draws(lost, jitter, duplicate, reorder)

    def _lost_in_burst(self, step: float, burst: float) -> bool:
        chain = self._conditions.bursts
        if chain is None:
            return False
        if step < (chain.bad_to_good if self._in_burst else chain.good_to_bad):
            self._in_burst = not self._in_burst
        return burst < (chain.loss_bad if self._in_burst else chain.loss_good)

    def _jitter(self, uniform: float) -> float:
        conditions = self._conditions
        if conditions.jitter_gaussian:
            return conditions.jitter_s * _NORMAL.inv_cdf(max(uniform, 1e-12))
        return conditions.jitter_s * (2 * uniform - 1)
