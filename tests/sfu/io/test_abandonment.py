"""A node that `visavis serve` started, and that nobody uses any more."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from sfu.io.abandonment import abandoned
from sfu.io.worker import Worker
from sfu.messages import Role, RoomCommand
from tests.support.browser import VirtualBrowser

AFTER_S = 600.0
LOOKS = 400


class Clock:
    """Each look at the node takes five seconds of its own time, and none of ours."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 2.5  # asked twice in a look
        return self.now


async def ends(worker: Worker) -> bool:
    """Whether the node is given up within three times the limit."""
    task = asyncio.create_task(abandoned(worker, AFTER_S, look_s=0))
    for _ in range(LOOKS):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
        return True
    return False


@pytest.fixture
def clock(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker, "clock", clock)
    return clock


async def test_node_that_nobody_uses_is_abandoned(worker: Worker, clock: Clock) -> None:
    assert await ends(worker)


async def test_reader_of_events_keeps_the_node(worker: Worker, clock: Clock) -> None:
    reader = worker.events.open_reader(None, None)
    assert not await ends(worker)
    worker.events.close_reader(reader)
    assert await ends(worker)


async def test_peer_keeps_the_node_without_any_control(worker: Worker, clock: Clock) -> None:
    worker.run(worker.engine.ensure_room, "r1", RoomCommand(gate_open=True))
    peer, _ = worker.join("r1", "p", Role.PATIENT, VirtualBrowser().offer)
    assert not await ends(worker)
    worker.run(worker.engine.leave, "r1", peer)
    assert await ends(worker)


async def test_command_puts_the_end_off(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, commanded_at = Clock(), 1000.0 + AFTER_S * 0.9

    def read() -> float:
        now = clock()
        if now >= commanded_at and not worker.commanded_at:
            worker.commanded_at = now
        return now

    monkeypatch.setattr(worker, "clock", read)
    async with asyncio.timeout(20):
        await abandoned(worker, AFTER_S, look_s=0)
    assert worker.commanded_at
    assert clock.now >= worker.commanded_at + AFTER_S
