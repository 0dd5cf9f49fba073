"""A node that is told to end lets calls end first."""

from __future__ import annotations

import asyncio
from math import inf

import pytest

from sfu.io import draining
from sfu.io.draining import CALM_S, Calls, calls_ended
from sfu.io.worker import Worker
from sfu.messages import PeerState, Role, RoomCommand, RoomState
from tests.support.browser import VirtualBrowser
from tests.support.waiting import until


def room(*roles: Role, is_open: bool = True) -> RoomState:
    peers = [PeerState(id=role, participant=role, role=role, connected=True) for role in roles]
    return RoomState(id="r1", gate_open=is_open, show_clock_to_patient=True, peers=peers)


BOTH = room(Role.THERAPIST, Role.PATIENT)
ALONE = room(Role.THERAPIST)
WAITING = room(Role.THERAPIST, Role.PATIENT, is_open=False)


def lasts_s(*looks: RoomState) -> int | None:
    """Return when no call runs with a look each second, the last for ever; None: never."""
    calls = Calls()
    for now in range(len(looks) + 100):
        if not calls.run([looks[min(now, len(looks) - 1)]], float(now)):
            return now
    return None


@pytest.mark.parametrize("look", [WAITING, room()])
def test_node_without_a_call_is_not_waited_for(look: RoomState) -> None:
    assert lasts_s(look) == 0


def test_call_lasts_while_two_are_in_contact_and_as_long_as_a_reload() -> None:
    assert lasts_s(BOTH) is None
    assert lasts_s(BOTH, BOTH, ALONE) == 1 + CALM_S
    assert lasts_s(BOTH, BOTH, WAITING) == 1 + CALM_S
    assert lasts_s(BOTH, *[ALONE] * 9, BOTH, ALONE) == 10 + CALM_S


def test_someone_alone_at_first_may_be_in_the_others_reload() -> None:
    assert lasts_s(ALONE) == CALM_S
    assert lasts_s(ALONE, ALONE, BOTH) is None


class Clock:
    """The node's own time, of which each question takes a second."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.fixture
async def clock(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of a node with two in contact; no time of ours passes between looks."""
    clock = Clock()
    worker.run(worker.engine.ensure_room, "r1", RoomCommand(gate_open=True))
    for role in (Role.THERAPIST, Role.PATIENT):
        worker.join("r1", role, role, VirtualBrowser().offer)
    monkeypatch.setattr(draining, "LOOK_S", 0)
    monkeypatch.setattr(worker, "clock", clock)
    return clock


@pytest.mark.parametrize("limit_s", [0.0, 60.0])
async def test_call_is_waited_for_up_to_the_limit(
    worker: Worker, clock: Clock, limit_s: float
) -> None:
    began = clock.now
    async with asyncio.timeout(20):
        await calls_ended(worker, limit_s, asyncio.Event())
    assert limit_s <= clock.now - began <= limit_s + 5.0
    assert worker.draining is (limit_s > 0)


async def test_waiting_ends_at_once_when_told(worker: Worker, clock: Clock) -> None:
    at_once = asyncio.Event()
    waiting = asyncio.create_task(calls_ended(worker, inf, at_once))
    await until(lambda: worker.draining)
    at_once.set()
    async with asyncio.timeout(20):
        await waiting


async def test_draining_that_a_command_undid_begins_again(worker: Worker, clock: Clock) -> None:
    at_once = asyncio.Event()
    waiting = asyncio.create_task(calls_ended(worker, inf, at_once))
    for _ in range(2):
        await until(lambda: worker.draining)
        worker.draining = False
    at_once.set()
    await waiting
