"""The media of one pair through a real node: the statistics must tell what really was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from benchmarks.load.recording import cached, read
from benchmarks.load.worker import Failed, Pairs
from benchmarks.relay.processes import start_node

pytestmark = pytest.mark.idle

ROOM = "visit-1"
WITHIN_S = 10.0
CLOSED_S = 0.6


class Stand:
    """A node, a pair of people in its room, and the gate between them."""

    def __init__(self, control: ClientSession, pairs: Pairs) -> None:
        self._control, self.pairs = control, pairs

    async def join(self, role: str) -> None:
        offer = await self.pairs.offer(ROOM, role, video=True)
        params = {"participant": f"{ROOM}-{role}", "role": role}
        headers = {"Content-Type": "application/sdp"}
        path = f"/rooms/{ROOM}/peers"
        async with self._control.post(path, params=params, data=offer, headers=headers) as answer:
            assert answer.status == 201
            sdp = await answer.text()
        await self.pairs.connect(ROOM, role, sdp, WITHIN_S)

    async def gate(self, *, is_open: bool) -> float:
        """Open or close it; returns when that had happened."""
        async with self._control.put(f"/rooms/{ROOM}/gate", json={"open": is_open}) as answer:
            assert answer.status == 200
        return time.monotonic()


@asynccontextmanager
async def in_contact() -> AsyncIterator[tuple[Stand, float, float, float]]:
    """Yield a stand, when ACCEPT was asked and answered, and when both heard each other."""
    node = start_node()
    pairs = Pairs(read(cached()))
    try:
        headers = {"Authorization": f"Bearer {node.token}"}
        async with ClientSession(node.api, headers=headers) as control:
            stand = Stand(control, pairs)
            await control.put(f"/rooms/{ROOM}", json={"gate_open": False})
            for role in ("therapist", "patient"):
                await stand.join(role)
            accepted_at = time.monotonic()
            answered_at = await stand.gate(is_open=True)
            begin = await pairs.heard(ROOM, accepted_at, WITHIN_S)
            yield stand, accepted_at, answered_at, begin
    finally:
        await pairs.leave(ROOM)
        node.stop()


async def test_an_outage_is_a_gap_exactly_as_long_as_it_was() -> None:
    async with in_contact() as (stand, accepted_at, answered_at, begin):
        quiet = await stand.pairs.report(ROOM, accepted_at, answered_at, begin)
        closed_at = await stand.gate(is_open=False)
        await asyncio.sleep(CLOSED_S)  # how long it is closed is what is measured
        opened_at = await stand.gate(is_open=True)
        await stand.pairs.heard(ROOM, opened_at, WITHIN_S)
        found = await stand.pairs.report(ROOM, accepted_at, answered_at, begin)
    was_ms = (opened_at - closed_at) * 1000
    assert quiet["longest_gap_ms"] < 200 < was_ms
    assert found["longest_gap_ms"] == pytest.approx(was_ms, abs=150)
    assert found["gap_ratio"] == pytest.approx(was_ms / 1000 / found["seconds"], rel=0.3)
    assert found["clock_error_ms"] < 500
    assert 0 <= found["loss_ratio"] < 0.05
    assert found["leaked"] == 0


async def test_sound_before_accept_and_sound_of_somebody_else_is_counted() -> None:
    async with in_contact() as (stand, _, answered_at, begin):
        now = time.monotonic()
        early = await stand.pairs.report(ROOM, now, answered_at, begin)
        stand.pairs._both(ROOM)[0].mark = b"else"  # what it says goes on with its own
        with pytest.raises(Failed, match="does not hear"):
            await stand.pairs.heard(ROOM, time.monotonic(), 0.5)
        foreign = await stand.pairs.report(ROOM, begin, answered_at, begin)
    assert early["leaked"] > 0
    assert foreign["leaked"] > 0


async def test_nobody_is_heard_through_a_closed_gate() -> None:
    async with in_contact() as (stand, *_):
        closed_at = await stand.gate(is_open=False)
        with pytest.raises(Failed, match="does not hear"):
            await stand.pairs.heard(ROOM, closed_at + 0.1, 0.5)


async def test_a_reload_is_a_gap_and_then_both_hear_each_other_again() -> None:
    async with in_contact() as (stand, accepted_at, answered_at, begin):
        gone_at = await stand.pairs.drop(ROOM, "patient")
        await asyncio.sleep(0.3)  # a page takes as long to load
        await stand.join("patient")
        back_at = await stand.pairs.heard(ROOM, gone_at, WITHIN_S)
        found = await stand.pairs.report(ROOM, accepted_at, answered_at, begin)
    assert back_at - gone_at > 0.3
    assert found["longest_gap_ms"] == pytest.approx((back_at - gone_at) * 1000, abs=150)
