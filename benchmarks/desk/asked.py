"""What the therapist's pages ask for, and patients who arrive."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import quote

import aiohttp

from benchmarks.practice import EMAIL, PASSWORD

HEADERS = {"X-Visavis": "1", "Sec-Fetch-Site": "same-origin"}
TYPED = ("o", "ob", "obrien", "lukasz", "lukasz m", "yildiz 17", "zzz", "333", "p199@example.org")
PAGES = {
    "home": (
        "/api/me",
        "/api/consultations",
        "/api/sessions?ended=1&limit=8",
        "/api/sessions/open",
    ),
    "patients": ("/api/patients",),
    "sessions": ("/api/sessions",),
}
RUNS = 100
ARRIVED_S = 10.0


class Desk:
    """A therapist who is logged in."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url

    async def log_in(self) -> None:
        form = {"email": EMAIL, "password": PASSWORD}
        async with self._http.post("/api/login", json=form) as answer:
            answer.raise_for_status()
            self._http.headers["Cookie"] = answer.headers["Set-Cookie"].partition(";")[0]

    async def call(self, path: str, method: str = "GET") -> Any:
        async with self._http.request(method, path) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def pages_ms(self, name: str) -> list[float]:
        """Return how long the page's requests took, asked at once as it asks them."""
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            await asyncio.gather(*(self.call(path) for path in PAGES[name]))
            times.append((time.perf_counter() - began) * 1000)
        return times

    async def searches_ms(self) -> list[float]:
        times = []
        for number in range(RUNS):
            word = quote(TYPED[number % len(TYPED)])
            began = time.perf_counter()
            await self.call(f"/api/patients?search={word}")
            times.append((time.perf_counter() - began) * 1000)
        return times

    async def new_link(self, patient_id: str) -> str:
        link: str = (await self.call(f"/api/patients/{patient_id}/invitation", "POST"))["url"]
        return link

    async def arrivals_ms(self, waiting: int) -> list[float]:
        """Let patients arrive in turn, and stay; from each socket to the push of the card."""
        people = (await self.call(f"/api/patients?limit={waiting}"))["items"]
        live = await self._http.ws_connect("/api/live", headers={"Origin": self._url})
        times = []
        for person in people:
            cookie = await self._visit(await self.new_link(person["id"]))
            headers = {"Origin": self._url, "Cookie": cookie}
            began = time.perf_counter()
            await self._http.ws_connect("/api/visit/live", headers=headers)
            async with asyncio.timeout(ARRIVED_S):
                while not _shows(await live.receive_json(), person["id"]):
                    pass
            times.append((time.perf_counter() - began) * 1000)
        return times

    async def _visit(self, link: str) -> str:
        body = {"token": link.partition("#")[2], "take_over": False}
        async with self._http.post("/api/visit", json=body, headers={"Cookie": ""}) as answer:
            answer.raise_for_status()
            return answer.headers["Set-Cookie"].partition(";")[0]


def _shows(message: dict[str, Any], patient_id: str) -> bool:
    sessions = message["sessions"] if message["type"] == "sessions" else []
    return any(one["patient_id"] == patient_id and one["patient_present"] for one in sessions)
