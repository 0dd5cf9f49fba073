"""A browser without devices, whose page says nothing: there while it lives, missed when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiortc.rtcsctptransport import HeartbeatAckChunk

from sfu.config import Config
from sfu.engine.outputs import ChannelData, ChannelOutput
from sfu.io.channels import ChannelSet
from sfu.io.node import running
from sfu.io.worker import Worker
from sfu.messages import CheckState, PeerClosed, PeerConnected, PeerLost
from tests.e2e.harness.idle import INSTALLED, browser, command, served
from tests.support.waiting import until

IDLE_S = 12.0
"""Many times the longest silence between reports: 1.3 s (Chromium), 3.6 s (Firefox)."""
NOTICED_S = 1.5
ANSWERS = 3
"""It is asked in its silences alone, so how many there are in 12 s is the browser's chance."""


class Idle:
    """A node in this process, and what it told control."""

    def __init__(self, worker: Worker, patch: pytest.MonkeyPatch) -> None:
        self.worker = worker
        self.told: list[tuple[float, Any]] = []
        self.url = ""
        self.answers: Counter[str] = Counter()
        """To our asking for a sign of life, by peer."""
        append = worker.events.append

        def tell(event: Any) -> None:
            self.told.append((time.monotonic(), event))
            append(event)

        worker.events.append = tell  # type: ignore[method-assign]  # with the time

        follow = ChannelSet.follow

        def watch(channels: ChannelSet, output: ChannelOutput) -> None:
            if isinstance(output, ChannelData) and output.data[12] == HeartbeatAckChunk.type:
                self.answers[output.peer] += 1
            follow(channels, output)

        patch.setattr(ChannelSet, "follow", watch)

    def peer(self, room: str) -> str:
        """Whoever came to this room first."""
        return next(
            event.peer
            for _, event in self.told
            if isinstance(event, PeerConnected) and event.room == room
        )

    def is_checked(self, room: str) -> bool:
        """Whether the check before the call is over, whose padding is no silence."""
        state = self.worker.run(self.worker.engine.rooms.find(room).state)
        return all(peer.check and peer.check.state is CheckState.DONE for peer in state.peers)

    def at(self, kind: type[Any], room: str) -> list[float]:
        """When events of this kind went to control."""
        return [at for at, event in self.told if isinstance(event, kind) and event.room == room]


@pytest_asyncio.fixture(loop_scope="session")
async def idle(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Idle]:
    async with running(Config(token="a-token-for-tests", api_port=0, media_port=0)) as node:
        idle = Idle(node.worker, monkeypatch)
        async with served(node.worker) as idle.url:
            yield idle


async def live_idly_and_die(idle: Idle, name: str, profile: Path) -> None:
    async with browser(command(name, profile, f"{idle.url}?room={name}")) as process:
        await until(lambda: idle.at(PeerConnected, name), limit_s=40)
        await until(lambda: idle.is_checked(name), limit_s=15)
        peer = idle.peer(name)
        before = idle.answers[peer]
        await asyncio.sleep(IDLE_S)
        await until(lambda: idle.answers[peer] - before >= ANSWERS, limit_s=IDLE_S)
        assert idle.at(PeerLost, name) == [], f"{name} was called lost"
        assert idle.at(PeerClosed, name) == []
        assert len(idle.at(PeerConnected, name)) == 1
        killed_at = time.monotonic()
        os.killpg(process.pid, signal.SIGKILL)
        await until(lambda: idle.at(PeerLost, name), limit_s=5)
        missed_s = idle.at(PeerLost, name)[0] - killed_at
        assert missed_s < NOTICED_S, f"{name} was missed only after {missed_s:.3f} s"


@pytest.mark.idle
async def test_idle_browsers_are_not_lost_while_they_live_and_missed_soon_after(
    idle: Idle, tmp_path: Path
) -> None:
    if not INSTALLED:
        pytest.skip("needs Chromium or Firefox on PATH")
    async with asyncio.TaskGroup() as both:
        for name in INSTALLED:
            both.create_task(live_idly_and_die(idle, name, tmp_path / name))
