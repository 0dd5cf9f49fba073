"""A running control for tests: real tables, real sockets, a fake node and a clock to set."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import ClientWebSocketResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from control.app import make_app
from control.auth.messages import Registration
from control.composition import build
from control.config import Config
from control.control import Control, Outside
from control.http.connections import Runner
from control.http.limits import Limits
from control.http.metrics import METRICS
from tests.control.fakes import ANSWER, OFFER, FakeClock, FakeMedia
from tests.control.migrated import put_tables

ORIGIN = "https://visavis.test"
HEADERS = {"X-Visavis": "1", "Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
PASSWORD = "a long enough password"
PATIENCE_S = 20.0


def make_config(data_dir: Path, **changes: Any) -> Config:
    settings: dict[str, Any] = {
        "data_dir": data_dir,
        "public_url": ORIGIN,
        "database_url": f"sqlite:///{data_dir / 'visavis.db'}",
        "key_file": data_dir / "visavis.key",
        "registration": "open",
    }
    return Config(**settings | changes)


def make_control(config: Config, media: FakeMedia, clock: FakeClock) -> Control:
    static_dir = config.data_dir / "static"
    outside = Outside(media=media, clock=clock, password_memory_kib=64, static_dir=static_dir)
    return build(config, outside)


class Page:
    """One browser: a cookie jar and the calls a page makes."""

    def __init__(self, server: TestServer) -> None:
        self._server = server
        url = server.make_url("/")
        jar = CookieJar(unsafe=True, treat_as_secure_origin=url.origin())
        self.client = TestClient(server, cookie_jar=jar)

    @property
    def jar(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}

    async def call(
        self, method: str, path: str, body: Any = None, *, expect: int | None = None, **options: Any
    ) -> Any:
        """Call the API and return the decoded answer, or None for no body."""
        headers = HEADERS | options.pop("headers", {})
        if body is not None:
            options["json"] = body
        async with self.client.request(method, path, headers=headers, **options) as answer:
            text = await answer.text()
            if expect is not None:
                assert answer.status == expect, f"{method} {path}: {answer.status} {text}"
            return await answer.json() if text and "json" in answer.content_type else text or None

    async def get(self, path: str, expect: int = 200) -> Any:
        return await self.call("GET", path, expect=expect)

    async def post(self, path: str, body: Any = None, expect: int = 200) -> Any:
        return await self.call("POST", path, body, expect=expect)

    async def offer(self, path: str, sdp: str = OFFER, expect: int = 201) -> Any:
        headers = {"Content-Type": "application/sdp"}
        answer = await self.call("POST", path, expect=expect, headers=headers, data=sdp)
        if expect == 201:
            assert answer == ANSWER
        return answer

    async def live(self, path: str, origin: str = ORIGIN) -> Live:
        ws = await self.client.ws_connect(path, headers={"Origin": origin})
        return Live(ws)


@dataclass(slots=True)
class Live:
    """One WebSocket of a page."""

    ws: ClientWebSocketResponse[bool]
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            message: dict[str, Any] = await self.ws.receive_json()
        self.seen.append(message)
        return message

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read on until a message is the one wanted."""
        while True:
            message = await self.next()
            if wanted(message):
                return message

    async def session(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read on until the therapist's one session is as wanted."""

        def fits(message: dict[str, Any]) -> bool:
            return message["type"] == "sessions" and any(map(wanted, message["sessions"]))

        message = await self.until(fits)
        return next(one for one in message["sessions"] if wanted(one))

    async def visit(self, state: str) -> dict[str, Any]:
        """Read on until the patient's visit is in this state."""
        message = await self.until(lambda m: m["type"] == "visit" and m["visit"]["state"] == state)
        visit: dict[str, Any] = message["visit"]
        return visit

    async def close_code(self) -> int:
        """Read on until the other side closes."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await self.ws.receive()
                if message.type is aiohttp.WSMsgType.CLOSE:
                    return int(message.data)
                assert message.type is aiohttp.WSMsgType.TEXT, "closed without a word"


class EdgeServer(TestServer):
    """aiohttp's server for tests on the connections that the product has."""

    limits = Limits()

    async def _make_runner(self, **options: Any) -> web.AppRunner:
        options["handler_cancellation"] = False  # as in the product
        return Runner(self.app, self.limits, **options)


class Stage:
    """Control, running. Leaving the block stops it; entering again is a restart."""

    def __init__(self, config: Config, *, port: int | None = None) -> None:
        self.config = config
        self.clock = FakeClock()
        self.media = FakeMedia()
        self.control = make_control(config, self.media, self.clock)
        self.server = EdgeServer(make_app(self.control), port=port)
        self._pages: list[Page] = []

    async def __aenter__(self) -> Self:
        put_tables(self.config.database_url)
        await self.server.start_server()
        await self.media.wait_followed()
        return self

    async def __aexit__(self, *_error: object) -> None:
        for page in self._pages:
            await page.client.session.close()
        await self.server.close()
        await _database_threads_end()

    async def restart(self) -> None:
        """Stop control and start it anew on the same data; the node lives on."""
        cookies = [page.client.session.cookie_jar for page in self._pages]
        port = self.server.port
        await self.server.close()
        self.media.forget_follower()
        self.control = make_control(self.config, self.media, self.clock)
        self.server = EdgeServer(make_app(self.control), port=port)
        await self.server.start_server()
        await self.media.wait_followed()
        for page, jar in zip(self._pages, cookies, strict=True):
            await page.client.session.close()
            page.client = TestClient(self.server, cookie_jar=jar)

    def count(self, name: str, **labels: str) -> float:
        """Return one of control's counters."""
        return self.server.app[METRICS].registry.get_sample_value(name, labels) or 0

    def page(self) -> Page:
        """Open a new browser."""
        page = Page(self.server)
        self._pages.append(page)
        return page

    async def tick(self, seconds: float = 0) -> None:
        """Let time pass, and let control look at it."""
        self.clock.advance(seconds)
        await self.control.refresh()
        await self.control.retry()
        await self.control.push()

    async def therapist(self, email: str = "rossi@example.org", name: str = "Dr. Rossi") -> Page:
        """Make an account, as the operator does, open a browser and log in."""
        page = self.page()
        form = Registration(email=email, password=PASSWORD, name=name, language="en")
        await self.control.registration.add(form, now=self.clock.now)
        await page.post("/api/login", {"email": email, "password": PASSWORD})
        return page

    async def visit(self, therapist: Page, name: str = "Alex M.") -> Visiting:
        """Add a patient and open the link in a new browser."""
        form = {"name": name, "email": "alex@example.org", "phone": "+39 333 1234567"}
        patient = await therapist.post("/api/patients", form, 201)
        link = await therapist.get(f"/api/patients/{patient['id']}/invitation")
        visiting = Visiting(self, patient["id"], link["url"].partition("#")[2], self.page())
        await visiting.open()
        return visiting


@dataclass(slots=True)
class Visiting:
    """One patient on one device."""

    stage: Stage
    patient_id: str
    token: str
    page: Page

    async def open(self, *, take_over: bool = False, expect: int = 200) -> Any:
        body = {"token": self.token, "take_over": take_over}
        return await self.page.post("/api/visit", body, expect)

    async def arrive(self) -> Live:
        live = await self.page.live("/api/visit/live")
        assert (await live.next())["type"] == "visit"
        return live


async def _database_threads_end() -> None:
    """Let aiosqlite's threads answer while there is a loop: requests cut short leave some."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, PATIENCE_S)
