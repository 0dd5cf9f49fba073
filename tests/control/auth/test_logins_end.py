"""A login that is over stays over, and takes with it what it had begun."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from control.auth.store import therapists
from tests.control.call import Call
from tests.control.stage import HEADERS, ORIGIN, PASSWORD, Page, Stage

IDLE_S = 31 * 60
LOGIN = {"email": "rossi@example.org", "password": PASSWORD}


class Held:
    """A request that has sent its headers and half of its body."""

    def __init__(self, page: Page, method: str, path: str, body: bytes) -> None:
        self._body = body
        self._rest = asyncio.Event()
        self._half_sent = asyncio.Event()
        headers = HEADERS | {"Content-Type": "application/json"}
        self._answer = asyncio.create_task(self._send(page, method, path, headers))

    async def half_sent(self) -> None:
        await self._half_sent.wait()

    async def finish(self) -> tuple[int, Any]:
        self._rest.set()
        return await self._answer

    async def _send(
        self, page: Page, method: str, path: str, headers: dict[str, str]
    ) -> tuple[int, Any]:
        request = page.client.request(method, path, headers=headers, data=self._parts())
        async with request as answer:
            return answer.status, await answer.json()

    async def _parts(self) -> AsyncIterator[bytes]:
        middle = len(self._body) // 2
        yield self._body[:middle]
        self._half_sent.set()
        await self._rest.wait()
        yield self._body[middle:]


@pytest.mark.parametrize(
    ("method", "path", "body", "look"),
    [
        ("PATCH", "/api/me", b'{"name": "Somebody Else"}', "/api/me"),
        ("POST", "/api/patients", b'{"name": "Alex M."}', "/api/patients"),
    ],
)
async def test_request_held_over_a_log_out_fails_and_does_nothing(
    stage: Stage, method: str, path: str, body: bytes, look: str
) -> None:
    page = await stage.therapist()
    before = await page.get(look)
    held = Held(page, method, path, body)
    await held.half_sent()
    await page.get("/api/me")  # the server has read the headers of the request before
    await page.post("/api/logout", expect=204)
    status, answer = await held.finish()
    assert (status, answer["code"]) == (401, "login_needed")
    await page.post("/api/login", LOGIN)
    assert await page.get(look) == before


async def test_login_that_idled_out_opens_no_page_and_none_revives_it(stage: Stage) -> None:
    page = await stage.therapist()
    stage.clock.advance(IDLE_S)
    for _ in range(2):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await page.client.ws_connect("/api/live", headers={"Origin": ORIGIN})
        assert refused.value.status == 401
        await page.get("/api/me", expect=401)
        await stage.control.expire()


async def test_login_that_idled_out_is_not_revived_by_a_running_session(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.home.ws.close()
    stage.clock.advance(IDLE_S)
    assert stage.control.lobbies.in_session(await _therapist_id(stage))
    await call.therapist.get("/api/me", expect=401)
    await stage.control.expire()
    await call.therapist.get("/api/me", expect=401)
    assert (await call.visiting.page.get("/api/visit"))["state"] == "in_contact"


async def _therapist_id(stage: Stage) -> str:
    async with stage.control.database.read() as tx:
        return str((await tx.execute(select(therapists.c.id))).scalar_one())
