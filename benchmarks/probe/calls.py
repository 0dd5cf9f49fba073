"""What is told of the lines in contact, and while the node is stopped on purpose."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.netlab.profiles import Profile, both_ways, limited
from benchmarks.probe.figures import CalmRun, StallRun, StepRun
from benchmarks.probe.lines import CLEAN, LINES
from benchmarks.probe.stand import Stand, close, sleep_until
from benchmarks.probe.told import NO_COMPLAINT, Sample, calm_run, stall_run, step_run
from benchmarks.probe.truth import lateness_ms_p99
from sfu.messages import Cause, CheckReport, CheckState, Level, LineQuality, PeerState, Role
from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import Patient

Enough = Callable[[Sequence[PeerState]], bool]

SAMPLE_S = 0.25
SETTLE_S = 60.0
"""In which a new call on a good line has to be told good."""
BAD_S, CLEAR_S = 20.0, 20.0
"""How long a line stays bad, and then is watched."""
HIGH_BPS, LOW_BPS, QUEUE_S = 2e6, 4e5, 0.3
STALL_EVERY_S = 1.0
STALL_AFTER_S = 1.0
"""From the beginning of a check to the first stop."""
WATCH_S = 12.0
"""After a stop: quality reaches back ten seconds."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a line is before and after, what it is meanwhile, and what that is called."""

    name: str
    good: Profile
    bad: Profile
    causes: frozenset[Cause]


CHANGES = (
    Change("8 % loss down", CLEAN, LINES["down-loss-8"].profile, frozenset({Cause.LOSS_DOWN})),
    Change(
        "2,000 to 400 kbit/s",
        both_ways("high", "2,000 kbps each way", limited(HIGH_BPS, QUEUE_S)),
        both_ways("low", "400 kbps each way", limited(LOW_BPS, QUEUE_S)),
        frozenset({Cause.CAPACITY_UP, Cause.CAPACITY_DOWN}),
    ),
)


@asynccontextmanager
async def in_contact(stand: Stand, name: str) -> AsyncIterator[Patient]:
    """Let the two meet on a clean line, and part afterwards."""
    patient = await stand.opened(await stand.new_link(name))
    try:
        await patient.go_on()
        await patient.expect_waiting()
        await stand.therapist.open_waiting_room_from_home(name)
        await stand.therapist.enter()
        await stand.therapist.accept()
        await asyncio.gather(stand.therapist.receives(), patient.receives())
        yield patient
    finally:
        stand.apply(CLEAN)
        await stand.therapist.end()
        await close(patient)


async def step(stand: Stand, change: Change, *, briefly: bool = False) -> StepRun:
    """Make the line of a call bad for a while, and watch what is told.

    Args:
        briefly: No longer than until it was told; whether it clears is not waited for.
    """
    stand.apply(change.good)
    await settled(stand)
    bad_at = stand.apply(change.bad)
    samples = await sample(stand, bad_at + BAD_S, _is_told if briefly else None)
    clean_at = stand.apply(change.good)
    if not briefly:
        samples += await sample(stand, clean_at + CLEAR_S, _are_good)
    late_ms = lateness_ms_p99(stand.records(), bad_at, time.monotonic())
    return step_run(change.name, samples, bad_at, clean_at, change.causes, late_ms)


async def calm(stand: Stand, profile: Profile, seconds: float) -> CalmRun:
    """Watch a call on a line that stays good."""
    since = stand.apply(profile)
    await settled(stand)
    samples = await sample(stand, time.monotonic() + seconds)
    late_ms = lateness_ms_p99(stand.records(), since, time.monotonic())
    return calm_run(profile.name, samples, late_ms)


async def settled(stand: Stand) -> None:
    """Wait until both lines of the call are told good."""

    async def both_good() -> bool:
        return _are_good([peer for peer in await stand.peers() if peer.connected])

    await eventually(both_good, "both lines to be told good", SETTLE_S, SAMPLE_S)


async def sample(stand: Stand, until: float, enough: Enough | None = None) -> list[Sample]:
    """Note what is told of each line, until a time, or until it is enough."""
    samples: list[Sample] = []
    while time.monotonic() < until:
        peers = [peer for peer in await stand.peers() if peer.connected]
        at = time.monotonic()
        samples += [Sample(at, it.role, it.quality) for it in peers if it.quality]
        if enough is not None and enough(peers):
            break
        await asyncio.sleep(SAMPLE_S)
    return samples


def _are_good(peers: Sequence[PeerState]) -> bool:
    levels = [peer.quality.level for peer in peers if peer.quality]
    return levels == [Level.GOOD] * 2


def _is_told(peers: Sequence[PeerState]) -> bool:
    patients = [peer.quality for peer in peers if peer.role is Role.PATIENT and peer.quality]
    return any(quality.level not in NO_COMPLAINT for quality in patients)


@dataclass(frozen=True, slots=True)
class Stall:
    """The node is stopped so many times for so long, a second from stop to stop."""

    name: str
    each_s: float
    times: int

    @property
    def lasts_s(self) -> float:
        return (self.times - 1) * STALL_EVERY_S + self.each_s

    async def run(self, stand: Stand) -> None:
        """Do it."""
        first_at = time.monotonic()
        for number in range(self.times):
            await sleep_until(first_at + number * STALL_EVERY_S)
            stand.pause_node()
            try:
                await asyncio.sleep(self.each_s)
            finally:
                stand.resume_node()


STALLS = (Stall("stopped for 2 s", 2.0, 1), Stall("busy 200 ms each second", 0.2, 8))


async def stall_in_check(stand: Stand, stall: Stall) -> StallRun:
    """Stop the node while it checks a clean line.

    A check that was running then has to name the node at its end. A page that heard nothing for
    two seconds may connect anew instead, and its next check is of another time.
    """
    known = {peer.id for peer in await stand.peers()}
    patient = await stand.opened(await stand.new_link("Alex"))
    try:
        await patient.go_on()
        participant = (await stand.newcomer(known)).participant

        async def has_check() -> bool:
            peer = await stand.peer_of(participant)
            return peer is not None and peer.check is not None

        await eventually(has_check, "a check", every_s=SAMPLE_S)
        await asyncio.sleep(STALL_AFTER_S)
        before = qualities(await stand.peer_of(participant))
        stalled_at, until = datetime.now(UTC), time.monotonic() + stall.lasts_s + WATCH_S
        stalling = asyncio.create_task(stall.run(stand))
        told, ends = await told_anew(stand, participant, before, until)
        await stalling
    finally:
        await close(patient)
    running = [it.quality.cause is Cause.SERVER for it in ends if it.started_at < stalled_at]
    named = all(running) and any(it.cause is Cause.SERVER for it in told)
    return stall_run(f"{stall.name}, check", told, named)


async def told_anew(
    stand: Stand, participant: str, before: Collection[LineQuality], until: float
) -> tuple[list[LineQuality], list[CheckReport]]:
    """Return what is told of someone's line until a time, and the checks that were done.

    What was told before stands until the node looks again, and says nothing of a stop.
    """
    told: list[LineQuality] = []
    ends: list[CheckReport] = []
    while time.monotonic() < until:
        peer = await stand.peer_of(participant)
        told += [it for it in qualities(peer) if it not in before]
        if peer and peer.check and peer.check.state is CheckState.DONE:
            ends.append(peer.check)
        await asyncio.sleep(SAMPLE_S)
    return told, ends


def qualities(peer: PeerState | None) -> list[LineQuality]:
    """Return what is told of a peer's line now: in general, and by its check."""
    return [it.quality for it in (peer, peer and peer.check) if it and it.quality]


async def stall_in_call(stand: Stand, stall: Stall) -> StallRun:
    """Stop the node in a call on a clean line: no line may be blamed, of either side."""
    await settled(stand)
    stalling = asyncio.create_task(stall.run(stand))
    samples = await sample(stand, time.monotonic() + stall.lasts_s + WATCH_S)
    await stalling
    told = [it.quality for it in samples]
    return stall_run(f"{stall.name}, call", told, any(it.cause is Cause.SERVER for it in told))
