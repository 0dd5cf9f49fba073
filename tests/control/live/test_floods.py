"""One socket that sends all it can: it is cut, and nobody else notices."""

from __future__ import annotations

import asyncio
import base64
import os
from contextlib import suppress

import pytest
from aiohttp import ClientConnectionResetError, web

from tests.control.http.frames import FLOODS, PONG, frame
from tests.control.http.raw import Wire, connected
from tests.control.stage import ORIGIN, Page, Stage

FLOOD_BYTES = 4 * 1024 * 1024


def handshake(page: Page, path: str, cookie: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: visavis.test\r\nOrigin: {ORIGIN}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
        f"Cookie: {cookie}={page.jar[cookie]}\r\n\r\n"
    ).encode()


async def flood(wire: Wire, first: bytes, again: bytes) -> None:
    """Send without end, up to a bound, until it is refused."""
    block = again * (65_536 // len(again) + 1)
    with suppress(ConnectionError):
        wire.send(first)
        for _ in range(FLOOD_BYTES // len(block)):
            wire.send(block)
            await wire.writer.drain()


def floods_counted(stage: Stage) -> float:
    return stage.count("visavis_control_refused_total", reason="flood")


@pytest.mark.parametrize("name", FLOODS)
async def test_flood_ends_its_own_socket_alone(stage: Stage, name: str) -> None:
    """All of it may have been read as messages first, which have a limit of their own."""
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    visiting = await stage.visit(therapist)
    async with connected(stage.server) as wire:
        wire.send(handshake(visiting.page, "/api/visit/live", "__Host-visit"))
        assert (await wire.head()).startswith(b"HTTP/1.1 101 ")
        await flood(wire, *FLOODS[name])
        await wire.rest()
    again = await visiting.arrive()
    await again.ws.send_json({"type": "devices", "devices": {"microphone": "on", "camera": "on"}})
    await home.session(lambda one: one["patient_devices"] is not None)


@pytest.mark.parametrize("name", ["pings", "pongs", "empty fragments"])
async def test_flood_below_the_message_is_counted(stage: Stage, name: str) -> None:
    visiting = await stage.visit(await stage.therapist())
    async with connected(stage.server) as wire:
        wire.send(handshake(visiting.page, "/api/visit/live", "__Host-visit"))
        await wire.head()
        await flood(wire, *FLOODS[name])
        await wire.rest()
    assert floods_counted(stage) == 1


async def test_flood_sent_with_the_handshake_is_cut_too(stage: Stage) -> None:
    """aiohttp keeps what comes before its answer, and parses it past `data_received`."""
    visiting = await stage.visit(await stage.therapist())
    async with connected(stage.server) as wire:
        wire.send(handshake(visiting.page, "/api/visit/live", "__Host-visit") + frame(PONG) * 1000)
        await wire.rest()
    assert floods_counted(stage) == 1


async def test_pings_at_a_pages_pace_are_answered(stage: Stage) -> None:
    waiting = await (await stage.visit(await stage.therapist())).arrive()
    for _ in range(50):
        await waiting.ws.ping()
    await waiting.ws.close()
    assert waiting.ws.close_code == 1000
    assert floods_counted(stage) == 0


async def test_health_answers_while_a_socket_floods(stage: Stage) -> None:
    """Ten answers come within one flood; what they take is measured by benchmarks.pressure."""
    visiting = await stage.visit(await stage.therapist())
    page = stage.page()
    async with connected(stage.server) as wire:
        wire.send(handshake(visiting.page, "/api/visit/live", "__Host-visit"))
        await wire.head()
        flooding = asyncio.create_task(flood(wire, *FLOODS["pongs"]))
        for _ in range(10):
            await page.get("/api/health")
        await flooding


async def test_socket_that_goes_while_its_ping_is_answered_is_no_failure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_args: object) -> None:
        raise ClientConnectionResetError

    waiting = await (await stage.visit(await stage.therapist())).arrive()
    monkeypatch.setattr(web.WebSocketResponse, "pong", fail)
    await waiting.ws.ping()
    await waiting.close_code()
    assert not [one for one in caplog.records if one.levelname == "ERROR"]
