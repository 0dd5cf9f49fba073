"""A browser without devices, whose page says nothing: there while it lives, missed when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiortc.rtcsctptransport import HeartbeatAckChunk

from sfu.config import Config
from sfu.io.datachannel import DataChannels
from sfu.io.node import running
from sfu.io.worker import Worker
from sfu.messages import PeerClosed, PeerConnected, PeerLost, Role, RoomCommand
from tests.support.waiting import until

PAGE = Path(__file__).parent / "harness" / "idle.html"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
IDLE_S = 12.0
"""Many times the longest silence between reports: 1.3 s (Chromium), 3.6 s (Firefox)."""
NOTICED_S = 1.5
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


class Idle:
    """A node in this process, and a web page beside it that joins the room its address names."""

    def __init__(self, worker: Worker, patch: pytest.MonkeyPatch) -> None:
        self.worker = worker
        self.told: list[tuple[float, Any]] = []
        self.url = ""
        self.answers: Counter[int] = Counter()
        """To our asking for a sign of life, by browser."""
        append = worker.events.append

        def tell(event: Any) -> None:
            self.told.append((time.monotonic(), event))
            append(event)

        worker.events.append = tell  # type: ignore[method-assign]  # with the time

        receive = DataChannels.receive

        def watch(channels: DataChannels, packet: bytes) -> None:
            if packet[12] == HeartbeatAckChunk.type:
                self.answers[id(channels)] += 1
            receive(channels, packet)

        patch.setattr(DataChannels, "receive", watch)

    def at(self, kind: type[Any], room: str) -> list[float]:
        """When events of this kind went to control."""
        return [at for at, event in self.told if isinstance(event, kind) and event.room == room]

    async def page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def join(self, request: web.Request) -> web.Response:
        offer, room = await request.text(), request.query["room"]
        self.worker.run(self.worker.engine.ensure_room, room, RoomCommand())
        _, answer = self.worker.join(room, "somebody", Role.PATIENT, offer)
        return web.Response(text=answer)


@pytest_asyncio.fixture(loop_scope="session")
async def idle(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Idle]:
    async with running(Config(token="a-token-for-tests", api_port=0, media_port=0)) as node:
        idle = Idle(node.worker, monkeypatch)
        app = web.Application()
        app.add_routes([web.get("/", idle.page), web.post("/join", idle.join)])
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        idle.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield idle
        await runner.cleanup()


@asynccontextmanager
async def browser(words: list[str]) -> AsyncIterator[asyncio.subprocess.Process]:
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


async def live_idly_and_die(idle: Idle, name: str, profile: Path) -> None:
    async with browser(command(name, profile, f"{idle.url}?room={name}")) as process:
        await until(lambda: idle.at(PeerConnected, name), limit_s=40)
        await asyncio.sleep(IDLE_S)
        assert idle.at(PeerLost, name) == [], f"{name} was called lost"
        assert idle.at(PeerClosed, name) == []
        assert len(idle.at(PeerConnected, name)) == 1
        killed_at = time.monotonic()
        os.killpg(process.pid, signal.SIGKILL)
        await until(lambda: idle.at(PeerLost, name), limit_s=5)
        missed_s = idle.at(PeerLost, name)[0] - killed_at
        assert missed_s < NOTICED_S, f"{name} was missed only after {missed_s:.3f} s"


async def test_idle_browsers_are_not_lost_while_they_live_and_missed_soon_after(
    idle: Idle, tmp_path: Path
) -> None:
    installed = [name for name, path in (("chromium", CHROMIUM), ("firefox", FIREFOX)) if path]
    if not installed:
        pytest.skip("needs Chromium or Firefox on PATH")
    async with asyncio.TaskGroup() as both:
        for name in installed:
            both.create_task(live_idly_and_die(idle, name, tmp_path / name))
    assert len(idle.answers) == len(installed)
    assert min(idle.answers.values()) >= 5
