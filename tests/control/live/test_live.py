"""The pages' WebSocket: who may open it, and its limits."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError
from hypothesis import given
from hypothesis import strategies as st

from control.auth.messages import LoggedOut
from control.http.pace import SOCKETS_PER_MINUTE
from control.live.socket import BURST, MESSAGES_PER_S, QUEUE_BYTES, LiveSocket
from control.rates import TokenBucket
from tests.control.stage import ORIGIN, Live, Page, Stage

DEVICES: dict[str, Any] = {"type": "devices", "devices": {"microphone": "on", "camera": "denied"}}


async def refused(page: Page, path: str, origin: str = ORIGIN) -> int:
    with pytest.raises(WSServerHandshakeError) as caught:
        await page.live(path, origin)
    return caught.value.status


async def opened(page: Page, path: str) -> tuple[int, int | None]:
    """Open socket after socket; return how many before one was refused, and how that was."""
    for count in range(2 * SOCKETS_PER_MINUTE):  # on a busy machine time gives some turns back
        try:
            await (await page.live(path)).ws.close()
        except WSServerHandshakeError as error:
            return count, error.status
    return 2 * SOCKETS_PER_MINUTE, None


async def arrived(stage: Stage) -> tuple[Page, Live]:
    visiting = await stage.visit(await stage.therapist())
    return visiting.page, await visiting.arrive()


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "", "https://visavis.test.evil"])
async def test_page_of_another_site_is_refused(stage: Stage, origin: str) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    assert await refused(therapist, "/api/live", origin) == 403
    assert await refused(visiting.page, "/api/visit/live", origin) == 403


async def test_stranger_is_refused(stage: Stage) -> None:
    assert await refused(stage.page(), "/api/live") == 401
    assert await refused(stage.page(), "/api/visit/live") == 401


async def test_fourth_socket_of_one_login_is_refused(stage: Stage) -> None:
    therapist = await stage.therapist()
    sockets = [await therapist.live("/api/live") for _ in range(3)]
    assert await refused(therapist, "/api/live") == 429
    await sockets[0].ws.close()
    for socket in sockets[1:]:
        assert (await socket.next())["type"] == "sessions"


async def test_page_that_opens_socket_after_socket_is_slowed_and_no_other(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    for page, path in ((therapist, "/api/live"), (visiting.page, "/api/visit/live")):
        count, status = await opened(page, path)
        assert count >= SOCKETS_PER_MINUTE
        assert status == 429
    another = await stage.visit(therapist, "Bruna T.")
    await another.arrive()


async def test_devices_of_the_patient_reach_the_therapist(stage: Stage) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    waiting = await (await stage.visit(therapist)).arrive()
    await waiting.ws.send_json(DEVICES)
    session = await home.session(lambda one: one["patient_devices"] is not None)
    unsaid = {"screen": False, "hidden": False, "look": "unknown", "speaker": "untried"}
    assert session["patient_devices"] == DEVICES["devices"] | unsaid


@pytest.mark.parametrize(
    "frame", ["nonsense", "{}", '{"type": "gate", "open": true}', '{"type": "devices"}']
)
async def test_frame_that_is_no_message_closes_the_socket(stage: Stage, frame: str) -> None:
    _, waiting = await arrived(stage)
    await waiting.ws.send_str(frame)
    assert await waiting.close_code() == 1008


async def test_binary_frame_closes_the_socket(stage: Stage) -> None:
    _, waiting = await arrived(stage)
    await waiting.ws.send_bytes(b"\0")
    assert await waiting.close_code() == 1003


async def test_frame_over_16_kib_closes_the_socket(stage: Stage) -> None:
    _, waiting = await arrived(stage)
    await waiting.ws.send_str("x" * (16 * 1024 + 1))
    assert await waiting.close_code() == 1009


async def test_more_than_the_burst_closes_the_socket(stage: Stage) -> None:
    _, waiting = await arrived(stage)
    closed = asyncio.create_task(waiting.close_code())
    for _ in range(5):  # on a busy machine time gives some turns back
        with suppress(ConnectionError):  # it has closed
            for _ in range(int(BURST) + 20):
                await waiting.ws.send_json(DEVICES)
        await asyncio.wait([closed], timeout=2)
    assert await closed == 1008


async def test_therapists_page_has_nothing_to_say(stage: Stage) -> None:
    live = await (await stage.therapist()).live("/api/live")
    await live.ws.send_json(DEVICES)
    assert await live.close_code() == 1008


async def test_page_that_does_not_read_is_cut(stage: Stage) -> None:
    """The queue of an open socket is filled behind the writer's back, within one step."""
    therapist = await stage.therapist()
    live = await therapist.live("/api/live")
    await live.next()
    socket: LiveSocket = next(iter(stage.control.pages._groups.values()))[0]
    for _ in range(QUEUE_BYTES // len(LoggedOut().model_dump_json()) + 1):
        socket.send(LoggedOut())
    with pytest.raises(AssertionError, match="closed without a word"):
        await live.close_code()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_bucket_never_allows_more_than_rate_and_burst(gaps: list[float]) -> None:
    bucket, now, allowed = TokenBucket(MESSAGES_PER_S, BURST), 1.0, 0
    for gap in gaps:
        now += gap
        allowed += bucket.take(now)
    assert allowed <= BURST + MESSAGES_PER_S * (now - 1.0) + 1e-6


def test_bucket_refills_while_nothing_is_said() -> None:
    bucket = TokenBucket(MESSAGES_PER_S, BURST)
    assert all(bucket.take(1.0) for _ in range(40))
    assert not bucket.take(1.0)
    assert bucket.take(1.06)
    assert not bucket.take(1.06)
