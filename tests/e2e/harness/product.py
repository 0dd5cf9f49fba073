"""A running Visavis: `visavis serve`, or control and a node apart, with fresh data and ports.

Only processes started here are ever stopped or paused here.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from control.run.record import RecordFile
from control.run.server import free_media_port
from tests.support.ports import free_port

BOUNCE_TOKEN = "for the mail server of these tests"
START_S = 90
STOP_S = 10


class Product:
    """The servers of one installation on this machine."""

    def __init__(
        self, folder: Path, *, split: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        """Prepare one; `start` starts it.

        Args:
            folder: For data and logs; made where missing.
            split: Control and a node as two processes.
            settings: Further ones, as `VISAVIS_*`.
        """
        self._settings = settings or {}
        self._folder = folder
        self._split = split
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._token = secrets.token_urlsafe(24)
        self.port, self._sfu_port = free_port(), free_port()
        self._media_port = free_media_port(free_port(), tcp=True)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def database(self) -> Path:
        """The file of its tables."""
        return self._folder / "data" / "visavis.db"

    async def start(self) -> None:
        """Start everything and return when pages are served; raises AssertionError with the log."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for command in ("sfu", "control") if self._split else ("serve",):
            self.start_process(command)
        await self.ready()

    def start_process(self, command: str) -> None:
        log = (self._folder / f"{command}.log").open("ab")
        visavis = Path(sys.executable).with_name("visavis")
        self._processes[command] = subprocess.Popen(
            [visavis, command],
            env=self._environment(),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()

    async def ready(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + START_S
        while not await self._answers("/api/health"):
            assert loop.time() < until, f"Visavis did not start:\n{self.log()}"
            for command, process in self._processes.items():
                assert process.poll() is None, f"visavis {command} ended:\n{self.log()}"
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                await asyncio.to_thread(process.wait, STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        left = RecordFile(self._folder / "data").read()
        if left is not None:  # of a `serve` that was killed and had no successor
            await left.process.end(STOP_S)

    def kill(self, command: str) -> None:
        """End one process at once, as a crash would; the node of a killed `serve` goes on."""
        self._processes[command].kill()
        self._processes[command].wait()

    def pause(self, command: str) -> None:
        self._processes[command].send_signal(signal.SIGSTOP)

    def resume(self, command: str) -> None:
        self._processes[command].send_signal(signal.SIGCONT)

    async def rooms(self) -> list[dict[str, Any]]:
        """Ask the node itself, over its internal API."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as client,
            client.get(f"http://127.0.0.1:{self._sfu_port}/rooms") as answer,
        ):
            answer.raise_for_status()
            rooms: list[dict[str, Any]] = await answer.json()
            return rooms

    async def come_back(self, raw: bytes) -> None:
        """Hand over what came to an address for bounces, as the operator's mail server does."""
        headers = {"Authorization": f"Bearer {BOUNCE_TOKEN}", "X-Visavis": "1"}
        async with (
            aiohttp.ClientSession(headers=headers) as client,
            client.post(f"{self.url}/api/mail/bounces", data=raw) as answer,
        ):
            answer.raise_for_status()

    @property
    def sends_mail(self) -> bool:
        """Whether an address that registers is confirmed by mail first."""
        return "VISAVIS_SMTP_URL" in self._settings

    async def invite(self) -> str:
        """Return the token of an invitation for a therapist, as the operator makes one."""
        return (await asyncio.to_thread(self._run, "therapist", "invite")).partition("#")[2]

    def _run(self, *arguments: str) -> str:
        """Run one of our commands to its end, and return what it printed."""
        visavis = Path(sys.executable).with_name("visavis")
        command: list[str | Path] = [visavis, *arguments]
        environment = self._environment()
        printed: str = subprocess.check_output(
            command, env=environment, cwd=self._folder, text=True
        )
        return printed.strip()

    def log(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-4000:]}"
            for path in sorted(self._folder.glob("*.log"))
        )

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("VISAVIS_")}
        return inherited | {
            "VISAVIS_DATA": str(self._folder / "data"),
            "VISAVIS_HTTP_BIND": f"127.0.0.1:{self.port}",
            "VISAVIS_PUBLIC_URL": self.url,
            "VISAVIS_SFU_PORT": str(self._sfu_port),
            "VISAVIS_SFU_URL": f"http://127.0.0.1:{self._sfu_port}",
            "VISAVIS_SFU_TOKEN": self._token,
            "VISAVIS_MEDIA_PORT": str(self._media_port),
            "VISAVIS_DRAIN_S": "0",
            "VISAVIS_REGISTRATION": "open",
            **self._settings,
        }

    async def _answers(self, path: str) -> bool:
        try:
            async with (
                aiohttp.ClientSession() as client,
                client.get(f"http://127.0.0.1:{self.port}{path}") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False
