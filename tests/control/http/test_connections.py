"""Limits of a connection: what must arrive in time, and how many may be open."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web_fileresponse

from control.http import wire as http_wire
from control.http.limits import Limits, most_connections
from tests.control.http.raw import BODY_TO_COME, HEALTH, Wire, connected
from tests.control.stage import Stage, make_config
from tests.support.waiting import until

Staged = Callable[[Limits], Awaitable[Stage]]
SHORT_S = 0.2


@pytest.fixture
async def staged(tmp_path: Path) -> AsyncIterator[Staged]:
    """Start a control whose connections have these limits."""
    async with AsyncExitStack() as stack:

        async def start(limits: Limits) -> Stage:
            stage = Stage(make_config(tmp_path))
            stage.server.limits = limits
            return await stack.enter_async_context(stage)

        yield start


def cut(stage: Stage, reason: str) -> float:
    return stage.count("visavis_control_refused_total", reason=reason)


def answered(stage: Stage, method: str, route: str, status: int) -> float:
    labels = {"method": method, "route": route, "status": str(status)}
    return stage.count("visavis_control_requests_total", **labels)


@asynccontextmanager
async def many(stage: Stage, count: int, data: bytes = b"") -> AsyncIterator[list[Wire]]:
    """Open connections one after the other, each known to control, and send this on each."""
    async with AsyncExitStack() as stack:
        wires = []
        for _ in range(count):
            one = await stack.enter_async_context(connected(stage.server))
            one.send(data)
            wires.append(one)
        yield wires


@pytest.mark.parametrize("begun", [b"", b"G", HEALTH[:-2], b"POST /api/login HTTP/1.1\r\nHos"])
async def test_request_whose_head_does_not_come_is_closed(staged: Staged, begun: bytes) -> None:
    stage = await staged(Limits(head_s=SHORT_S))
    async with connected(stage.server) as wire:
        wire.send(begun)
        assert await wire.rest() == b""
    assert cut(stage, "slow_head") == 1


async def test_head_that_trickles_is_closed_at_the_same_time(staged: Staged) -> None:
    """Each byte is in time for the next; the limit is for all of them."""
    stage = await staged(Limits(head_s=SHORT_S))
    async with connected(stage.server) as wire:
        closed = asyncio.create_task(wire.rest())
        for byte in b"GET / HTTP/1.1\r\nX: " + b"x" * 1000:
            wire.send(bytes([byte]))
            done, _ = await asyncio.wait([closed], timeout=SHORT_S / 10)
            if done:
                break
        assert closed.done()
    assert cut(stage, "slow_head") == 1


async def test_second_request_of_a_connection_is_limited_too(staged: Staged) -> None:
    stage = await staged(Limits(head_s=SHORT_S))
    async with connected(stage.server) as wire:
        wire.send(HEALTH)
        await wire.head()
        wire.send(HEALTH[:20])
        assert await wire.rest() == b""
    assert cut(stage, "slow_head") == 1


async def test_idle_connection_is_kept_for_its_time_and_closed_then(staged: Staged) -> None:
    stage = await staged(Limits(head_s=SHORT_S, idle_s=SHORT_S * 4))
    loop = asyncio.get_running_loop()
    async with connected(stage.server) as wire:
        wire.send(HEALTH)
        await wire.head()
        answered_at = loop.time()
        assert await wire.rest() == b""
        assert loop.time() - answered_at > SHORT_S * 3
    assert cut(stage, "slow_head") == 0


async def test_body_that_does_not_come_is_answered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_wire, "BODY_S", SHORT_S)
    async with connected(stage.server) as wire:
        wire.send(BODY_TO_COME + b'{"email":')
        answer = await wire.rest()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"too_slow"' in answer


async def test_body_announced_too_large_is_refused_before_it_comes(stage: Stage) -> None:
    async with connected(stage.server) as wire:
        wire.send(BODY_TO_COME.replace(b"Length: 90", b"Length: 18446744073709551614"))
        assert (await wire.head()).startswith(b"HTTP/1.1 413 ")


async def test_body_cut_off_is_no_failure_of_ours(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(stage.server) as wire:
        wire.send(BODY_TO_COME + b"{")
        await wire.writer.drain()
    await until(lambda: answered(stage, "POST", "/api/login", 400))
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_answer_that_nobody_reads_is_dropped(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on uvloop, which the product runs on and which has no `sendfile`."""
    monkeypatch.setattr(web_fileresponse, "NOSENDFILE", True)
    stage = await staged(Limits(unread_s=SHORT_S))
    file = stage.control.outside.static_dir / "assets" / "large.js"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(64 * 1024 * 1024))
    async with connected(stage.server) as wire:
        wire.send(b"GET /assets/large.js HTTP/1.1\r\nHost: visavis.test\r\n\r\n")
        await wire.reader.readuntil(b"\r\n\r\n")
        wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await until(lambda: cut(stage, "unread_answer"))


@pytest.mark.parametrize("half", [HEALTH[:-2], BODY_TO_COME], ids=["head", "body"])
async def test_health_answers_behind_more_half_sent_requests_than_fit(
    staged: Staged, half: bytes
) -> None:
    stage = await staged(Limits(connections=20))
    async with many(stage, 60, half):
        async with connected(stage.server) as wire:
            wire.send(HEALTH)
            assert (await wire.head()).startswith(b"HTTP/1.1 200 ")
        assert cut(stage, "crowded_out") >= 41


async def test_newcomer_takes_the_place_of_the_oldest_half_sent(staged: Staged) -> None:
    stage = await staged(Limits(connections=3))
    async with connected(stage.server) as idle:
        idle.send(HEALTH)
        await idle.head()
        async with many(stage, 2) as (older, younger), connected(stage.server) as newcomer:
            newcomer.send(HEALTH)
            assert b" 200 " in await newcomer.head()
            assert await older.rest() == b""
            for wire in (younger, idle):
                wire.send(HEALTH)
                assert b" 200 " in await wire.head()


async def test_newcomer_takes_the_place_of_the_oldest_idle(staged: Staged) -> None:
    stage = await staged(Limits(connections=2))
    async with many(stage, 2) as (older, younger):
        for wire in (older, younger):
            wire.send(HEALTH)
            await wire.head()
        async with connected(stage.server) as newcomer:
            newcomer.send(HEALTH)
            assert b" 200 " in await newcomer.head()
            assert await older.rest() == b""
            younger.send(HEALTH)
            assert b" 200 " in await younger.head()


async def test_websockets_are_never_closed_for_others(staged: Staged) -> None:
    """Two sockets fill two places of three; all others share the third."""
    stage = await staged(Limits(connections=3))
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    waiting = await (await stage.visit(therapist)).arrive()
    async with many(stage, 30, HEALTH[:-2]) as wires:
        await wires[0].rest()
        await waiting.ws.send_json(
            {"type": "devices", "devices": {"microphone": "on", "camera": "on"}}
        )
        await home.session(lambda one: one["patient_devices"] is not None)


async def test_ended_connections_leave_their_place(staged: Staged) -> None:
    stage = await staged(Limits(connections=2))
    for _ in range(10):
        async with connected(stage.server) as wire:
            wire.send(HEALTH)
            await wire.head()
    assert cut(stage, "crowded_out") <= 1  # the last may close while the next opens


def test_connections_stay_below_the_file_limit() -> None:
    assert most_connections(1024) == 896
    assert most_connections(64) == 32
    assert most_connections(1_000_000) == 4096
    assert most_connections(resource.RLIM_INFINITY) == 4096
    assert Limits().connections < resource.getrlimit(resource.RLIMIT_NOFILE)[0]
