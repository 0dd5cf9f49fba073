"""A `visavis control` process with data of its own, and whoever asks it."""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from benchmarks.relay.processes import memory_kb

FILES = 1024  # the usual soft limit of a login or a service
START_S = 60.0
STOP_S = 10.0
PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Served:
    """Control as a process."""

    port: int
    pid: int

    def cpu_s(self) -> float:
        """Return the seconds of CPU it has used so far, in all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_kb(self) -> int:
        """Return its resident memory."""
        return memory_kb(self.pid)


@contextmanager
def control(folder: Path, port: int, files: int = FILES) -> Iterator[Served]:
    """Run control on the data in this folder; its log is there too.

    Args:
        folder: Of its data.
        port: To serve on.
        files: How many it may have open.
    """
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]),
        "VISAVIS_DATA": str(folder),
        "VISAVIS_HTTP_BIND": f"127.0.0.1:{port}",
        "VISAVIS_PUBLIC_URL": f"http://localhost:{port}",
        "VISAVIS_SFU_TOKEN": "a token for no node at all",
        "VISAVIS_REGISTRATION": "open",
    }
    with (folder / "control.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "control", "control"],
            env=environment,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
        )
    try:
        yield Served(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass(slots=True)
class Client:
    """A browser: `__Host-` cookies are kept, also on plain loopback."""

    session: ClientSession
    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and decoded answer; None for one that is not JSON."""
        headers = {"X-Visavis": "1", "Cookie": self.cookie}
        async with self.session.request(
            method, f"{self.url}{path}", json=body, headers=headers
        ) as answer:
            self.cookies |= {name: one.value for name, one in answer.cookies.items()}
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else None

    async def must(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = await self.call(method, path, body)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {answer}")
        return answer

    async def timed(self, path: str) -> float:
        """Return the milliseconds of one answer."""
        began = time.perf_counter()
        headers = {"Cookie": self.cookie}
        async with self.session.get(f"{self.url}{path}", headers=headers) as answer:
            await answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path}: {answer.status}")
        return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def client(port: int) -> AsyncIterator[Client]:
    """Open a browser, with as many connections as it likes."""
    connector = TCPConnector(limit=0)
    timeout = ClientTimeout(total=PATIENCE_S)
    async with ClientSession(
        connector=connector, cookie_jar=DummyCookieJar(), timeout=timeout
    ) as session:
        yield Client(session, f"http://127.0.0.1:{port}")


async def ready(port: int) -> None:
    """Wait until control answers."""
    until = time.monotonic() + START_S
    async with client(port) as anyone:
        while True:
            try:
                await anyone.must("GET", "/api/health")
            except OSError:
                if time.monotonic() > until:
                    raise SystemExit("control did not start") from None
                await asyncio.sleep(0.1)
            else:
                return
