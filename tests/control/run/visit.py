"""Two people without browsers in contact over a running product: HTTP, WebSockets, aiortc."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from canary.browser import Browser
from control.composition import build
from control.config import load
from control.run import demo
from tests.control.run.product import Visavis, visavis
from tests.integration.page import Page
from tests.support.waiting import until

FOLLOWING = "following the media node's events"


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
            await stack.enter_async_context(browser)
        await therapist.call("POST", "/api/login", login)
        await patient.call("POST", "/api/visit", {"token": link.partition("#")[2]})
        for browser, path in ((therapist, "/api/live"), (patient, "/api/visit/live")):
            stack.push_async_callback((await browser.live(path)).close)
        sessions = (await therapist.call("GET", "/api/sessions/open"))["sessions"]
        (session_id,) = [session["id"] for session in sessions]
        pages = Page("therapist", hz=440, luma=200), Page("patient", hz=880, luma=60)
        for page in pages:
            stack.push_async_callback(page.close)
        room = f"/api/sessions/{session_id}"
        for browser, path, page in (
            (therapist, f"{room}/offer", pages[0]),
            (patient, "/api/visit/offer", pages[1]),
        ):
            await page.take(await browser.offer(path, await page.offer()))
        await therapist.call("POST", f"{room}/enter")
        await therapist.call("POST", f"{room}/accept")
        made = Call(session_id, therapist, patient, pages)
        await made.assert_sound_goes_on()
        yield made


@asynccontextmanager
async def meeting(data: Path, settings: dict[str, str]) -> AsyncIterator[tuple[Visavis, Call]]:
    """A call over `visavis serve`, between the demo's therapist and one of its patients."""
    control = build(load(settings | {"VISAVIS_DATA": str(data)}))
    await control.start()
    found = await demo.prepare(control, now=datetime.now(UTC))
    await control.close()
    login = {"email": found.email, "password": found.password}
    link = dict(found.links)["Alex M."]
    async with visavis(data, "serve", **settings) as serve:
        url = (await serve.line("Visavis is at")).split()[-1]
        await serve.line(FOLLOWING)
        async with call(url, login, link) as made:
            yield serve, made
