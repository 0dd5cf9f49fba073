"""The measuring itself, on a call within one page: it must see what is there, and what is not."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.e2e.harness.browser import Browsers, new_device
from tests.e2e.harness.page import Watched, lip_shift_ms

DIRECT = Path(__file__).parent / "harness" / "direct.html"


@asynccontextmanager
async def direct_call(browsers: Browsers, query: str = "") -> AsyncIterator[Watched]:
    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(DIRECT)

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    device = await new_device(browsers.patient)
    tab = await device.new_page()
    await tab.goto(f"http://{host}:{port}/{query}")
    await tab.click("#call")
    yield Watched(tab)
    await device.close()
    await runner.cleanup()


async def test_known_picture_and_sound_are_recognised(browsers: Browsers) -> None:
    async with direct_call(browsers) as call:
        await call.sees("patient")
        sound = await call.hears("patient")
        assert not sound.is_of("therapist")
        picture = await call.look("remote")
        assert picture is not None
        assert not picture.is_of("therapist")
        stats = await call.stats()
        assert stats.framesReceived > 0
        assert stats.audioEnergy > 0


@pytest.mark.parametrize("delay_ms", [0, 400])
async def test_lip_shift_measures_the_delay_that_was_put_in(
    browsers: Browsers, delay_ms: int
) -> None:
    async with direct_call(browsers, f"?delayVideoMs={delay_ms}") as call:
        await call.sees("patient")
        sent, shown = await gather(call.lips("local", 7), call.lips("remote", 7))
        assert lip_shift_ms(sent, shown) == pytest.approx(delay_ms, abs=60)
