"""One browser's line in virtual time, as the probe sees it: netlab's own links, either way."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from benchmarks.netlab.conditions import Conditions, Schedule, steady
from benchmarks.netlab.link import Fate, Link
from sfu.probe.baseline import UpSums
from sfu.relay.seam import FeedbackBatch, Intake

HEADERS_BYTES = 28
PADDING_BYTES = 290
"""A packet of 255 bytes of padding with its header, extensions and the tag of SRTP."""
TICK_S, SOUND_S, SOUND_BYTES = 0.005, 0.02, 110
CLOCK_S = 5_000.0
"""By how much the browser's clock is ahead."""


class Sent(NamedTuple):
    """A packet on the line."""

    number: int
    sent_at: float
    size_bytes: int
    cluster: int


class Down:
    """The way to a browser that tells what came, with padding from the node."""

    def __init__(
        self,
        line: Schedule | Conditions,
        seed: int = 1,
        *,
        back_s: float = 0.02,
        feedback_every_s: float = 0.06,
        feedback_loss: float = 0.0,
        drift: float = 0.0,
    ) -> None:
        schedule = steady(line) if isinstance(line, Conditions) else line
        self._link: Link[Sent] = Link(schedule, seed=seed)
        self._random = Random(seed + 1000)
        self._back_s, self._every_s = back_s, feedback_every_s
        self._feedback_loss, self._drift = feedback_loss, drift
        self._sent: list[Sent] = []
        self._came: dict[int, float] = {}
        self._told: set[int] = set()
        self._next = 0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._batches: list[FeedbackBatch] = []
        self._report_at = feedback_every_s
        self.now = 0.0
        self.fates: dict[int, Fate] = {}
        self.sent_bytes = 0

    def send(self, size_bytes: int, cluster: int = 0) -> None:
        """Send one packet of so many bytes of RTP."""
        packet = Sent(len(self._sent), self.now, size_bytes, cluster)
        self._sent.append(packet)
        self.sent_bytes += size_bytes + HEADERS_BYTES
        self._link.send(packet, size_bytes + HEADERS_BYTES, self.now)

    def pad(self, cluster: int, rate_bps: float, duration_s: float) -> None:
        """Send padding as the packet core does."""
        start, before = self.now, self.sent_bytes

        def tick() -> None:
            if self.now >= start + duration_s - 1e-9:
                return
            wanted = rate_bps / 8 * (self.now - start + TICK_S)
            sent = (self.sent_bytes - before) * PADDING_BYTES / (PADDING_BYTES + HEADERS_BYTES)
            for _ in range(min(max(0, round((wanted - sent) / PADDING_BYTES)), 24)):
                self.send(PADDING_BYTES, cluster)
            self.at(self.now + TICK_S, tick)

        tick()

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Do something at a time."""
        heapq.heappush(self._due, (when, next(self._order), action))

    def advance(self, until: float) -> list[FeedbackBatch]:
        """Let time pass; return what feedback reached us."""
        while True:
            upcoming = min(self._report_at, self._due[0][0] if self._due else until + 1)
            if upcoming > until:
                break
            self.now = upcoming
            if self._due and self._due[0][0] <= upcoming:
                heapq.heappop(self._due)[2]()
            else:
                self._report_at += self._every_s
                self._report()
        self.now = until
        batches, self._batches = self._batches, []
        return batches

    def _report(self) -> None:
        for outcome in self._link.poll(self.now):
            number = outcome.packet.number
            if outcome.copy:
                continue
            self.fates[number] = outcome.fate
            if outcome.fate is Fate.DELIVERED:
                clock = CLOCK_S + outcome.at * (1 + self._drift)
                self._came[number] = 0.00025 * round(clock / 0.00025)
        fresh = sorted(set(self._came) - self._told)
        if not fresh:
            return
        first, last = min(self._next, fresh[0]), max(self._next, fresh[-1] + 1)
        self._next = last
        told = [
            packet
            for packet in self._sent[first:last]
            if packet.number not in self._told  # one that arrived is told once
        ]
        self._told.update(fresh)
        if self._random.random() < self._feedback_loss:
            return
        batch = FeedbackBatch(
            at=self.now + self._back_s,
            sent_at=tuple(packet.sent_at for packet in told),
            size_bytes=tuple(packet.size_bytes for packet in told),
            arrived_at=tuple(self._came.get(packet.number) for packet in told),
            cluster=tuple(packet.cluster for packet in told),
        )
        self.at(self.now + self._back_s, lambda: self._batches.append(batch))

    def lost(self) -> int:
        """Count what the line really lost so far."""
        return sum(fate is not Fate.DELIVERED for fate in self.fates.values())


class Up:
    """The way from a browser whose sound flows, with pictures of noise when asked for."""

    def __init__(self, line: Schedule | Conditions, seed: int = 1, *, drift: float = 0.0) -> None:
        schedule = steady(line) if isinstance(line, Conditions) else line
        self._link: Link[tuple[int, bool, float, int]] = Link(schedule, seed=seed)
        self._drift = drift
        self._sound_at = 0.0
        self.now = 0.0
        self.sent = self.expected = self.received = self.size_bytes = 0
        self._variation_s, self._variations = 0.0, 0
        self._last: float | None = None
        self._delays: list[float] = []
        self._later: list[tuple[float, int]] = []
        self.recent: list[float] = []
        self._least: float | None = None

    def advance(self, until: float) -> None:
        """Let time pass, with sound each 20 ms."""
        while self._sound_at <= until or (self._later and self._later[0][0] <= until):
            if self._later and self._later[0][0] <= self._sound_at:
                at, size_bytes = heapq.heappop(self._later)
                self.send(size_bytes, at)
            else:
                self.send(SOUND_BYTES, self._sound_at, sound=True)
                self._sound_at += SOUND_S
        self.now = until
        for outcome in self._link.poll(until):
            if outcome.fate is not Fate.DELIVERED or outcome.copy:
                continue
            number, sound, sent_at, size_bytes = outcome.packet
            self.expected = max(self.expected, number + 1)
            self.received += 1
            self.size_bytes += size_bytes
            if sound:
                self._hear(outcome.at - sent_at * (1 + self._drift) + 77.0)

    def later(self, size_bytes: int, at: float) -> None:
        """Send one packet of RTP at a time to come."""
        heapq.heappush(self._later, (at, size_bytes))

    def send(self, size_bytes: int, at: float, *, sound: bool = False) -> None:
        """Send one packet of RTP."""
        packet = (self.sent, sound, at, size_bytes)
        self.sent += 1
        self._link.send(packet, size_bytes + HEADERS_BYTES, at)

    def _hear(self, delay: float) -> None:
        if self._last is not None:
            self._variation_s += abs(delay - self._last)
            self._variations += 1
        self._last = delay
        self._delays.append(delay)
        self.recent.append(delay)
        self._least = delay if self._least is None else min(delay, self._least)

    def take(self) -> tuple[UpSums, list[float]]:
        """Return what a baseline takes."""
        delays, self._delays = self._delays, []
        lost = self.expected - self.received
        return UpSums(self.expected, lost, self._variation_s, self._variations), delays

    def intake(self) -> Intake:
        """Return what an uplink's ramp takes."""
        least, self._least = self._least, None
        return Intake(self.size_bytes, self.expected, self.received, least)


class Picture:
    """A page that sends pictures of noise, with a congestion control as rough as it is short.

    It grows until all sound of a tenth of a second waited 30 ms, then sends 0.85 of what arrived,
    as draft-ietf-rmcat-gcc-02 has it.
    """

    FPS = 30
    EVERY_S = 0.1

    def __init__(self, up: Up, most_bps: float, start_s: float = 0.3) -> None:
        self._up = up
        self._most_bps = most_bps
        self._rate_bps = 300_000.0
        self._frame_at = up.now + start_s
        self._judge_at = self._frame_at + self.EVERY_S
        self._before = up.size_bytes
        self._least = 1e9
        self._hold_until = 0.0
        self.sent_bytes = 0

    def advance(self, until: float) -> None:
        """Let time pass, in steps that the frames divide."""
        while self._frame_at <= until:
            self._up.advance(self._frame_at)
            size = self._rate_bps / 8 / self.FPS
            count = max(1, round(size / 1100))
            for number in range(count):
                at = self._frame_at + number / count / self.FPS * 0.8
                self._up.later(int(size / count), at)
                self.sent_bytes += int(size / count) + HEADERS_BYTES
            if self._frame_at >= self._judge_at:
                self._judge()
            self._frame_at += 1 / self.FPS
        self._up.advance(until)

    def _judge(self) -> None:
        self._judge_at += self.EVERY_S
        came_bps = 8 * (self._up.size_bytes - self._before) / self.EVERY_S
        self._before = self._up.size_bytes
        recent = self._up.recent
        if not recent:
            return
        self._least = min(self._least, *recent)
        if min(recent) - self._least > 0.03:
            self._rate_bps = 0.85 * came_bps
            self._hold_until = self._frame_at + 0.3
        elif self._frame_at > self._hold_until:
            self._rate_bps = min(1.3 * self._rate_bps, self._most_bps)
        recent.clear()
