"""Run the benchmark of the lists: `python -m benchmarks.lists`; the last line is JSON."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from statistics import quantiles
from typing import Any
from urllib.parse import quote

import aiohttp

from benchmarks.lists.served import REPORT, Tick, serve
from benchmarks.practice import EMAIL, PASSWORD, apart, sizes

HEADERS = {"X-Visavis": "1", "Sec-Fetch-Site": "same-origin"}
TYPED = ("o", "ob", "obrien", "lukasz", "lukasz m", "yildiz 17", "zzz", "333", "p199@example.org")
RUNS = 100
HEAD = f"{'':26}{'p50 ms':>8}{'p95 ms':>8}{'max ms':>8}{'late p99.9':>12}{'busy max':>10}"


@dataclass(slots=True)
class Measured:
    """All answers' times and the loop's ticks meanwhile."""

    times_ms: list[float] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)

    def row(self, name: str) -> str:
        late = quantiles([tick.late_ms for tick in self.ticks], n=1000)[998]
        busy = max(tick.busy_ms for tick in self.ticks)
        cuts = quantiles(self.times_ms, n=20)
        numbers = f"{cuts[9]:8.1f}{cuts[18]:8.1f}{max(self.times_ms):8.1f}{late:12.1f}{busy:10.1f}"
        return f"{name:26}{numbers}"


class Client:
    """A therapist's page, and the pipe to the process that answers it."""

    def __init__(self, http: aiohttp.ClientSession, pipe: Connection) -> None:
        self._http = http
        self._pipe = pipe
        self.all = Measured()

    async def call(self, path: str, method: str = "GET", body: Any = None) -> Any:
        async with self._http.request(method, path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def measure(self, name: str, paths: list[str], before: Any = None) -> None:
        """Ask for these in turn; `before`, a call that changes something, is not timed."""
        self._report()
        measured = Measured()
        for number in range(RUNS):
            if before is not None:
                await self.call(*before)
            began = time.perf_counter()
            await self.call(paths[number % len(paths)])
            measured.times_ms.append((time.perf_counter() - began) * 1000)
        measured.ticks = self._report()
        self.all.times_ms += measured.times_ms
        self.all.ticks += measured.ticks
        print(measured.row(name), flush=True)

    def _report(self) -> list[Tick]:
        self._pipe.send(REPORT)
        ticks: list[Tick] = self._pipe.recv()
        return ticks


@asynccontextmanager
async def logged_in(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    base, jar = f"http://127.0.0.1:{port}", aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(base, headers=HEADERS, cookie_jar=jar) as http:
        form = {"email": EMAIL, "password": PASSWORD}
        async with http.post("/api/login", json=form) as answer:
            answer.raise_for_status()
            http.headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]
        yield http


async def run(pipe: Connection, port: int) -> dict[str, float]:
    async with logged_in(port) as http:
        client = Client(http, pipe)
        print(HEAD)
        words = [quote(word) for word in TYPED]
        first = await client.call("/api/patients")
        some_id = first["items"][0]["id"]
        change = (f"/api/patients/{some_id}", "PATCH", {"name": "Alex Changed"})
        newest = (await client.call("/api/sessions"))["next"]
        await client.measure("patients", ["/api/patients"])
        await client.measure("patients, next page", [f"/api/patients?cursor={first['next']}"])
        await client.measure("patients, search", [f"/api/patients?search={w}" for w in words])
        await client.measure("… after a change", ["/api/patients?search=alex"], change)
        await client.measure("sessions", ["/api/sessions"])
        await client.measure("sessions, next page", [f"/api/sessions?cursor={newest}"])
        await client.measure("sessions, search", [f"/api/sessions?search={w}" for w in words])
        await client.measure("sessions of one", [f"/api/sessions?patient={some_id}"])
        late = quantiles([tick.late_ms for tick in client.all.ticks], n=1000)[998]
        return {
            "lists_p95_ms": round(quantiles(client.all.times_ms, n=20)[18], 1),
            "list_stall_ms": round(late, 1),
            "list_busy_ms": round(max(tick.busy_ms for tick in client.all.ticks), 1),
        }


def main() -> None:
    options = sizes("python -m benchmarks.lists").parse_args()
    with apart(serve, options.people, options.meetings) as pipe:
        print(json.dumps(asyncio.run(run(pipe, pipe.recv()))))


if __name__ == "__main__":
    main()
