"""Two people without browsers in contact over a running product: HTTP, WebSockets, aiortc."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from tests.integration.page import Page
from tests.support.waiting import until


class Browser:
    """A cookie jar that speaks to one installation as its pages do."""

    def __init__(self, url: str) -> None:
        self._origin = {"Origin": url}
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(url))
        self.session = aiohttp.ClientSession(
            url, cookie_jar=jar, headers={"X-Visavis": "1", **self._origin}
        )

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        async with self.session.request(method, path, json=body) as answer:
            text = await answer.text()
            assert answer.ok, f"{method} {path}: {answer.status} {text}"
            return await answer.json() if text else None

    async def offer(self, path: str, page: Page) -> int:
        """Connect the page's media; return the status."""
        headers = {"Content-Type": "application/sdp"}
        async with self.session.post(path, data=await page.offer(), headers=headers) as answer:
            text = await answer.text()
            if answer.status == 201:
                await page.take(text)
            return answer.status


@dataclass(frozen=True, slots=True)
class Call:
    """A visit whose two people hear each other."""

    session_id: str
    therapist: Browser
    patient: Browser
    pages: tuple[Page, Page]

    async def assert_sound_goes_on(self) -> None:
        """Wait for a second of new sound on both sides."""
        before = [len(page.sounds) for page in self.pages]
        await until(
            lambda: all(
                len(page.sounds) >= count + 50
                for page, count in zip(self.pages, before, strict=True)
            )
        )


@asynccontextmanager
async def call(url: str, login: dict[str, str], link: str) -> AsyncIterator[Call]:
    """Let the demo's therapist and a patient meet."""
    async with AsyncExitStack() as stack:
        therapist, patient = Browser(url), Browser(url)
        for browser in (therapist, patient):
            stack.push_async_callback(browser.session.close)
        await therapist.call("POST", "/api/login", login)
        await patient.call("POST", "/api/visit", {"token": link.partition("#")[2]})
        for browser, path in ((therapist, "/api/live"), (patient, "/api/visit/live")):
            await stack.enter_async_context(browser.session.ws_connect(path))
        sessions = (await therapist.call("GET", "/api/sessions/open"))["sessions"]
        (session_id,) = [session["id"] for session in sessions]
        pages = Page("therapist", hz=440, luma=200), Page("patient", hz=880, luma=60)
        for page in pages:
            stack.push_async_callback(page.close)
        room = f"/api/sessions/{session_id}"
        assert await therapist.offer(f"{room}/offer", pages[0]) == 201
        assert await patient.offer("/api/visit/offer", pages[1]) == 201
        await therapist.call("POST", f"{room}/enter")
        await therapist.call("POST", f"{room}/accept")
        made = Call(session_id, therapist, patient, pages)
        await made.assert_sound_goes_on()
        yield made
