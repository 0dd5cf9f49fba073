"""One downlink of the SFU in virtual time: a publisher, the line, a browser, the estimator.

The line is netlab's own `Link`, so a bottleneck here is the one that real packets cross there.
Sizes on the line are those of IP packets; the estimator is told those of RTP, as in the SFU.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from math import exp
from random import Random
from typing import NamedTuple

from benchmarks.netlab.conditions import Conditions, Schedule
from benchmarks.netlab.link import Fate, Link
from sfu.bandwidth.allocation import allot, is_news
from sfu.bandwidth.downlink.estimator import DownlinkEstimator
from sfu.bandwidth.downlink.probing import Probe
from sfu.relay.seam import FeedbackBatch

HEADERS_BYTES = 28
SOUND_BYTES, SOUND_EVERY_S = 100, 0.02
PICTURE_BYTES, PADDING_BYTES, CROSS_BYTES = 1100, 240, 1000
PADDING_EVERY_S, LOOK_EVERY_S = 0.005, 0.05
PACING = 2.5
"""libwebrtc's pacer sends a frame at so many times the encoder's rate."""
KEYFRAME = 5.0
"""A key frame over a usual one, as real-time encoders bound it."""
SOUND_BPS = 8 * SOUND_BYTES / SOUND_EVERY_S
START_CAP_BPS = 150_000
"""What a waiting page sends at most; ACCEPT finds it at this."""
RESEND_SHARE = 0.25
"""Of the target, for resends: more would only fill the line that lost them."""
CLOCK_STEP_S = 0.00025


class Kind(Enum):
    """What a packet carries."""

    SOUND = 0
    PICTURE = 1
    RESEND = 2
    PADDING = 3
    CROSS = 4


class Packet(NamedTuple):
    """One packet on the line; `number` is transport-wide, -1 for what is not ours."""

    number: int
    kind: Kind
    sent_at: float
    size_bytes: int
    cluster: int


class Fated(NamedTuple):
    """What became of a packet."""

    packet: Packet
    fate: Fate
    at: float


@dataclass(frozen=True, slots=True)
class World:
    """What surrounds the estimator. Seconds, bits; `line` is the downlink itself."""

    line: Schedule
    back_s: float = 0.015
    """From the browser to us, and from us to the publisher."""
    feedback_every_s: float = 0.1
    feedback_loss: float = 0.0
    feedback_reorder: float = 0.0
    feedback_duplicate: float = 0.0
    drift: float = 0.0
    """How much faster the receiver's clock runs."""
    wanted_bps: int = 2_500_000
    """The publisher's ceiling for the picture."""
    fps: float = 30.0
    obeys: tuple[float, float] = (0.9, 1.1)
    """Between what shares of its cap the encoder wanders."""
    content_bps: float = 1e9
    """What the picture needs at its best quality; a still one needs little."""
    cross_bps: tuple[tuple[float, float], ...] = ()
    """Someone else's constant flow, from a time on."""
    picture: bool = True
    silences: tuple[tuple[float, float], ...] = ()
    """When the publisher sends nothing at all."""
    seed: int = 1


class Downlink:
    """Run a `World` and keep every packet's fate, every target and every message."""

    def __init__(self, world: World, start_bps: int = 300_000) -> None:
        self.world = world
        self.now = 0.0
        self.fates: list[Fated] = []
        self.targets: list[tuple[float, int]] = []
        self.caps: list[tuple[float, int]] = []
        self.probes: list[tuple[float, Probe]] = []
        self.estimator = DownlinkEstimator(0.0, start_bps)
        self.estimator.note_demand(int(world.wanted_bps * world.picture + SOUND_BPS), 0.0)
        self._random = Random(world.seed)
        self._link: Link[Packet] = Link(world.line, seed=world.seed)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._batches: list[FeedbackBatch] = []
        self._cluster = 0
        self._sent: list[Packet] = []
        self._arrived: dict[int, float] = {}
        self._unreported: list[int] = []
        self._next_report = 0
        self._encoder_bps = float(START_CAP_BPS)
        self._told: int | None = None
        self._overshoot = 1.0
        self._keyframe = True
        self._resend_bytes = 0.0
        self._resent_at = 0.0
        self._obeyed_at = 0.0
        self._told_news()
        for action in (self._send_sound, self._send_frame, self._report, self._look, self._wander):
            self._at(0.0, action)
        if world.cross_bps:
            self._at(world.cross_bps[0][0], self._send_cross)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            self.now, _, action = heapq.heappop(self._due)
            action()
        self.now = end
        self._collect()

    # what a test asks

    def delivered_bps(self, since: float, until: float, *kinds: Kind) -> float:
        """Return what arrived of ours in a time, in bit/s of IP packets, padding left out."""
        wanted = kinds or (Kind.SOUND, Kind.PICTURE, Kind.RESEND)
        total = sum(
            packet.size_bytes
            for packet, fate, at in self.fates
            if fate is Fate.DELIVERED and since <= at < until and packet.kind in wanted
        )
        return 8 * total / (until - since)

    def queue_ms(self, since: float, until: float) -> float:
        """Return the 95th percentile of the delay of sound and picture over the line's own."""
        return queue_ms([self], since, until)

    def waits_s(self, since: float, until: float) -> list[float]:
        """Return by how much sound and picture were delayed over the line's own delay."""
        delay_s = self._link.conditions.delay_s
        return [
            at - packet.sent_at - delay_s
            for packet, fate, at in self.fates
            if fate is Fate.DELIVERED
            and since <= packet.sent_at < until
            and packet.kind in (Kind.SOUND, Kind.PICTURE)
        ]

    def lost(self, kind: Kind, since: float, until: float) -> list[float]:
        """Return when packets were sent that never arrived."""
        return [
            packet.sent_at
            for packet, fate, _ in self.fates
            if fate is not Fate.DELIVERED
            and packet.kind is kind
            and since <= packet.sent_at < until
        ]

    def first_at(self, bps: float, since: float, window_s: float = 1.0) -> float | None:
        """Return how long after `since` a window's delivery first reached `bps`."""
        arrivals = sorted(
            (at, packet.size_bytes)
            for packet, fate, at in self.fates
            if fate is Fate.DELIVERED
            and at >= since
            and packet.kind in (Kind.SOUND, Kind.PICTURE, Kind.RESEND)
        )
        total, first = 0, 0
        for at, size in arrivals:
            total += size
            while arrivals[first][0] < at - window_s:
                total -= arrivals[first][1]
                first += 1
            if total * 8 >= bps * window_s and at - since >= 0:
                return at - since
        return None

    # the publisher

    def _silent(self) -> bool:
        return any(start <= self.now < end for start, end in self.world.silences)

    def _send_sound(self) -> None:
        if not self._silent():
            self._send(Kind.SOUND, SOUND_BYTES)
        self._at(self.now + SOUND_EVERY_S, self._send_sound)

    def _send_frame(self) -> None:
        self._at(self.now + 1 / self.world.fps, self._send_frame)
        rate = min(self._encoder_bps, self.world.content_bps)
        if rate <= 0 or not self.world.picture or self._silent():
            return
        noise = exp(self._random.gauss(0, 0.15)) * self._overshoot
        size = rate / 8 / self.world.fps * noise * (KEYFRAME if self._keyframe else 1.0)
        self._keyframe = False
        count = max(1, round(size / PICTURE_BYTES))
        for index in range(count):
            at = self.now + index * 8 * size / count / (PACING * rate)
            self._at(at, lambda: self._send(Kind.PICTURE, max(60, int(size / count))))

    def _wander(self) -> None:
        self._overshoot = self._random.uniform(*self.world.obeys)
        self._at(self.now + self._random.uniform(0.5, 1.5), self._wander)

    def _obey(self, cap_bps: int) -> None:
        if self._encoder_bps == 0 and cap_bps > 0:
            self._keyframe = True
        self._encoder_bps = float(min(cap_bps, self.world.wanted_bps))

    def _send_cross(self) -> None:
        rate = [bps for since, bps in self.world.cross_bps if since <= self.now][-1]
        if rate > 0:
            self._link.send(Packet(-1, Kind.CROSS, self.now, CROSS_BYTES, 0), CROSS_BYTES, self.now)
        self._at(self.now + 8 * CROSS_BYTES / max(rate, 100_000), self._send_cross)

    # the node

    def _send(self, kind: Kind, size: int) -> None:
        packet = Packet(len(self._sent), kind, self.now, size + HEADERS_BYTES, self._cluster)
        self._sent.append(packet)
        self._link.send(packet, packet.size_bytes, self.now)

    def _look(self) -> None:
        """Do what `sfu.engine.downlink` does, as often."""
        for batch in self._batches:
            self.estimator.receive_feedback(batch, self._rtt_s())
        self._batches.clear()
        self.estimator.handle_timeout(self.now)
        self._act()
        self._at(self.now + LOOK_EVERY_S, self._look)

    def _take(self, batch: FeedbackBatch) -> None:
        self._batches.append(replace(batch, at=self.now))

    def _rtt_s(self) -> float:
        return self._link.conditions.delay_s + self.world.back_s

    def _act(self) -> None:
        self.targets.append((self.now, self.estimator.target_bps))
        self._told_news()
        probe = self.estimator.next_probe(self.now)
        if probe is not None:
            self.probes.append((self.now, probe))
            self._pad(probe, self.now, sum(p.size_bytes - HEADERS_BYTES for p in self._sent))

    def _told_news(self) -> None:
        if not self.world.picture:
            return
        target = self.estimator.target_bps
        cap = allot(target - int(SOUND_BPS), self._told)
        if is_news(self._told, cap):
            self._told = cap
            self.caps.append((self.now, cap))
            delay = self.world.back_s + self._random.uniform(0.1, 0.3)
            self._obeyed_at = max(self._obeyed_at, self.now + delay)  # caps come in order
            self._at(self._obeyed_at, lambda: self._obey(cap))

    def _pad(self, probe: Probe, since: float, before: int) -> None:
        self._cluster = probe.cluster
        if self.now >= since + probe.duration_s:
            self._cluster = 0
            return
        sent = sum(p.size_bytes - HEADERS_BYTES for p in self._sent) - before
        owed = probe.rate_bps / 8 * (self.now + PADDING_EVERY_S - since) - sent
        for _ in range(int(owed // PADDING_BYTES)):
            self._send(Kind.PADDING, PADDING_BYTES)
        self._at(self.now + PADDING_EVERY_S, lambda: self._pad(probe, since, before))

    def _resend(self, size: int) -> None:
        budget_bps = RESEND_SHARE * self.estimator.target_bps
        earned = self._resend_bytes + budget_bps / 8 * (self.now - self._resent_at)
        self._resend_bytes = min(earned, budget_bps / 8)
        self._resent_at = self.now
        if self._resend_bytes >= size:
            self._resend_bytes -= size
            self._send(Kind.RESEND, size)

    # the browser

    def _collect(self) -> None:
        for outcome in self._link.poll(self.now):
            packet = outcome.packet
            if not outcome.copy:
                self.fates.append(Fated(packet, outcome.fate, outcome.at))
            if packet.number < 0:
                continue
            if outcome.fate is Fate.DELIVERED:
                clock = 5000 + outcome.at * (1 + self.world.drift)
                self._arrived.setdefault(packet.number, CLOCK_STEP_S * round(clock / CLOCK_STEP_S))
                self._unreported.append(packet.number)
            elif packet.kind is Kind.PICTURE:
                size = packet.size_bytes - HEADERS_BYTES
                self._at(self.now + self.world.back_s, partial(self._resend, size))

    def _report(self) -> None:
        self._at(self.now + self.world.feedback_every_s, self._report)
        self._collect()
        if not self._unreported:
            return
        first = min(self._next_report, min(self._unreported))
        self._next_report = max(self._next_report, max(self._unreported) + 1)
        told = self._sent[first : self._next_report]
        self._unreported.clear()
        batch = FeedbackBatch(
            at=self.now,
            sent_at=tuple(packet.sent_at for packet in told),
            size_bytes=tuple(packet.size_bytes - HEADERS_BYTES for packet in told),
            arrived_at=tuple(self._arrived.get(packet.number) for packet in told),
            cluster=tuple(packet.cluster for packet in told),
        )
        self._carry_back(batch)

    def _carry_back(self, batch: FeedbackBatch) -> None:
        draw = self._random.random
        if draw() < self.world.feedback_loss:
            return
        late = 1.5 * self.world.feedback_every_s * (draw() < self.world.feedback_reorder)
        for _ in range(1 + (draw() < self.world.feedback_duplicate)):
            self._at(self.now + self.world.back_s + late, lambda: self._take(batch))

    def _at(self, when: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._due, (when, next(self._order), action))


def queue_ms(calls: list[Downlink], since: float, until: float) -> float:
    """Return the 95th percentile of the queueing delay of several calls together."""
    waits = sorted(wait for call in calls for wait in call.waits_s(since, until))
    return 1000 * waits[int(0.95 * (len(waits) - 1))]


def line(rate_bps: float, queue_s: float, rtt_s: float, **more: float) -> Conditions:
    """Describe a line by its rate, its queue and the round trip without a queue."""
    return Conditions(delay_s=rtt_s / 2, rate_bps=rate_bps, queue_s=queue_s, **more)  # type: ignore[arg-type]
