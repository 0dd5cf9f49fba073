"""Browsers that open `idle.html` by their own command line: there, and sending nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from sfu.io.worker import Worker
from sfu.messages import Role, RoomCommand

PAGE = Path(__file__).with_name("idle.html")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
INSTALLED = [name for name, path in (("chromium", CHROMIUM), ("firefox", FIREFOX)) if path]
PREFERENCES = """
user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""


def command(browser: str, profile: Path, url: str) -> list[str]:
    """How to start one that opens this page, by its own command line."""
    profile.mkdir()
    if browser == "firefox":
        assert FIREFOX is not None
        (profile / "user.js").write_text(PREFERENCES)
        return [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), url]
    assert CHROMIUM is not None
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return [CHROMIUM, *flags, f"--user-data-dir={profile}", url]


@asynccontextmanager
async def browser(words: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A browser and all its processes, in a group of their own."""
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *words, stdout=null, stderr=null, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@asynccontextmanager
async def served(worker: Worker, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve the page; it joins the room that its address names, as `?room=…`. Yields its URL."""

    async def page(request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def join(request: web.Request) -> web.Response:
        offer, room = await request.text(), request.query["room"]
        worker.run(worker.engine.ensure_room, room, RoomCommand())
        _, answer = worker.join(room, "somebody", Role.PATIENT, offer)
        return web.Response(text=answer)

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/join", join)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, 0).start()
        yield f"http://{host}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
