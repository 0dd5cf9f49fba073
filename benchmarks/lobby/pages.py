"""The pages of a full house: Home of every therapist, and patients who come and stay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp

from benchmarks.lobby.house import Guest, Host

HEADERS = {"X-Visavis": "1", "Sec-Fetch-Site": "same-origin"}
AT_ONCE = 8
"""Who come while the house fills."""
SHOWN_S = 60.0
AGAIN_S = 0.25

T = TypeVar("T")


class Pages:
    """All sockets, and who is shown on Home."""

    def __init__(self, http: aiohttp.ClientSession, url: str, origin: str) -> None:
        self._http, self._url, self._origin = http, url, origin
        self._shown: dict[str, asyncio.Event] = {}
        self._open: list[aiohttp.ClientWebSocketResponse] = []
        self._reading: list[asyncio.Task[None]] = []

    async def open_homes(self, hosts: Iterable[Host]) -> None:
        """Open Home of all, and read what is pushed from then on."""
        for host in hosts:
            socket = await self._socket("/api/live", f"__Host-login={host.cookie}")
            self._reading.append(asyncio.create_task(self._read(socket)))

    async def come(self, guest: Guest) -> float:
        """Let one come, and stay; returns the milliseconds until Home shows it.

        Where control is too busy (503) the page tries again, as real ones do; that takes its time.
        """
        async with asyncio.timeout(SHOWN_S):
            cookie = await self._insist(lambda: self._enter(guest))
            shown = self._shown[guest.patient_id] = asyncio.Event()
            began = time.perf_counter()
            await self._insist(lambda: self._socket("/api/visit/live", cookie))
            await shown.wait()
        return (time.perf_counter() - began) * 1000

    async def come_together(self, guests: Sequence[Guest]) -> None:
        """Let all of them come, some at once."""
        door = asyncio.Semaphore(AT_ONCE)

        async def come(guest: Guest) -> None:
            async with door:
                await self.come(guest)

        await asyncio.gather(*(come(guest) for guest in guests))

    async def come_evenly(self, guests: Sequence[Guest], per_s: float) -> list[float]:
        """Let them come one after another, so many a second; returns how long each took."""
        began = time.monotonic()
        coming = []
        for number, guest in enumerate(guests):
            await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
            coming.append(asyncio.create_task(self.come(guest)))
        return list(await asyncio.gather(*coming))

    async def close(self) -> None:
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*(socket.close() for socket in self._open))

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await ask()
            except aiohttp.ClientResponseError as error:
                if error.status != HTTPStatus.SERVICE_UNAVAILABLE:
                    raise
                await asyncio.sleep(AGAIN_S)

    async def _enter(self, guest: Guest) -> str:
        """Open the link and press Continue; returns the cookie."""
        body = {"token": guest.token, "take_over": False}
        async with self._http.post(f"{self._url}/api/visit", json=body, headers=HEADERS) as answer:
            answer.raise_for_status()
            return answer.headers["Set-Cookie"].partition(";")[0]

    async def _socket(self, path: str, cookie: str) -> aiohttp.ClientWebSocketResponse:
        headers = {"Origin": self._origin, "Cookie": cookie}
        socket = await self._http.ws_connect(f"{self._url}{path}", headers=headers)
        self._open.append(socket)
        return socket

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self._take(message.json())

    def _take(self, message: dict[str, Any]) -> None:
        for session in message["sessions"] if message["type"] == "sessions" else []:
            shown = self._shown.get(session["patient_id"])
            if shown is not None and session["patient_present"]:
                shown.set()
