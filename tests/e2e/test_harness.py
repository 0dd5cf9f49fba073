"""The measuring itself, on a call within one page: it must see what is there, and what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.e2e.harness.browser import Browsers, new_device
from tests.e2e.harness.page import LIPS_MS, LIPS_TRIES, Watched, lip_shift_ms, regular_lips

DIRECT = Path(__file__).parent / "harness" / "direct.html"
DELAY_MS = 400
MOVED_MS = 30


@asynccontextmanager
async def direct_call(browsers: Browsers) -> AsyncIterator[Watched]:
    async def page(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(DIRECT)

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with await new_device(browsers.patient) as device:
            tab = await device.new_page()
            await tab.goto(f"http://{host}:{port}/")
            await tab.click("#call")
            yield Watched(tab)
    finally:
        await runner.cleanup()


async def test_what_playwright_switches_off_stays_off(browsers: Browsers) -> None:
    asked = await browsers.patient.new_browser_cdp_session()
    words = (await asked.send("SystemInfo.getInfo"))["commandLine"].split()
    option = "--disable-features="
    playwrights, ours = (
        set(word.removeprefix(option).split(",")) for word in words if word.startswith(option)
    )
    assert playwrights <= ours, "Chromium heeds the last list alone"


async def test_no_window_loads_pages_for_its_address_bar(browsers: Browsers) -> None:
    async with await new_device(browsers.patient) as device:
        await device.new_page()
        asked = await browsers.patient.new_browser_cdp_session()
        shown = await asked.send("Target.getTargets", {"filter": [{}]})
    assert [it["url"] for it in shown["targetInfos"] if it["type"] == "browser_ui"] == []


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


@pytest.mark.idle
async def test_lip_shift_is_none_in_a_call_as_it_is_and_the_delay_that_is_put_in(
    browsers: Browsers,
) -> None:
    async with direct_call(browsers) as call:
        await call.sees("patient")
        as_it_is_ms, delayed_ms = await lip_shifts_ms(call)
    assert abs(as_it_is_ms) <= LIPS_MS
    assert as_it_is_ms - delayed_ms == pytest.approx(DELAY_MS, abs=60)


async def lip_shifts_ms(call: Watched) -> tuple[float, float]:
    """Measure as it is, delayed, and as it is; again when the browser's own buffers moved."""
    for _ in range(LIPS_TRIES):
        before_ms, delayed_ms, after_ms = [
            await lip_shift_ms_at(call, sound_ms) for sound_ms in (0, DELAY_MS, 0)
        ]
        if abs(before_ms - after_ms) <= MOVED_MS:
            return (before_ms + after_ms) / 2, delayed_ms
    raise AssertionError(f"in {LIPS_TRIES} tries it moved by more than {MOVED_MS} ms by itself")


async def lip_shift_ms_at(call: Watched, sound_ms: int) -> float:
    await call.page.evaluate("ms => delaySound(ms)", sound_ms)
    sent, shown = await regular_lips((call, "local"), (call, "remote"))
    return lip_shift_ms(sent, shown)
