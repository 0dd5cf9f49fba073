"""What the two people do, in words and labels that stand on the screen (English pages)."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.e2e.harness.page import Watched

PASSWORD = "a long enough sentence"
CONTACT_MS = 30_000


class Therapist(Watched):
    """A therapist's tab, with an account of its own."""

    def __init__(self, page: Page, url: str) -> None:
        super().__init__(page)
        self.url = url

    async def register(
        self, email: str, name: str = "Dr. Rossi", language: str = "en", invitation: str = ""
    ) -> None:
        """Get an account and be logged in, by the API; the tests of the pages type it.

        Args:
            invitation: Needed where addresses are confirmed by mail, see `Product.invite`.
        """
        login = {"email": email, "password": PASSWORD}
        form = login | {"name": name, "language": language}
        if invitation:
            await self._post("/api/register", form | {"invitation": invitation})
        else:
            await self._post("/api/register", form)
            await self._post("/api/login", login)
        await self.page.goto(self.url)

    async def _post(self, path: str, body: dict[str, str]) -> None:
        """Call the API before there is a page; the cookie that comes is the device's."""
        headers = {"X-Visavis": "1"}
        answer = await self.page.request.post(self.url + path, headers=headers, data=body)
        assert answer.ok, f"{path}: {answer.status} {await answer.text()}"

    async def add_patient(
        self, name: str, language: str = "en", email: str = ""
    ) -> tuple[str, str]:
        """Add a patient by the API; returns id and link."""
        body = {"name": name, "language": language} | ({"email": email} if email else {})
        patient = await self.call("POST", "/api/patients", body)
        invitation = await self.call("GET", f"/api/patients/{patient['id']}/invitation")
        return patient["id"], invitation["url"]

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the API as the page would, with its cookie."""
        return await self.inspect(
            """async (method, path, body) => {
                const headers = { "X-Visavis": "1", "Content-Type": "application/json" };
                const content = body && JSON.stringify(body);
                const answer = await fetch(path, { method, headers, body: content });
                const text = await answer.text();
                if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
                return text ? JSON.parse(text) : null;
            }""",
            method,
            path,
            body,
        )

    def waiting_card(self, name: str) -> Locator:
        """The button of a waiting patient on Home."""
        return self.page.get_by_role("button", name=f"Enter the waiting room of {name}")

    async def open_waiting_room_from_home(self, name: str) -> None:
        home = f"{self.url}/"
        if self.page.url != home:
            await self.page.goto(home)
        await self.waiting_card(name).click()
        await expect(self.enter_button).to_be_visible()

    async def open_waiting_room_from_row(self, name: str) -> None:
        """The second door: PATIENTS, the icon on the row."""
        await self.page.goto(f"{self.url}/")
        await self.page.get_by_role("link", name="PATIENTS").click()
        label = f"Open the virtual waiting room of {name}"
        await self.page.get_by_role("button", name=label).click()
        await expect(self.enter_button).to_be_visible()

    @property
    def enter_button(self) -> Locator:
        return self.page.get_by_role("button", name="ENTER", exact=True)

    @property
    def accept_button(self) -> Locator:
        return self.page.get_by_role("button", name="ACCEPT", exact=True)

    async def enter(self) -> None:
        await self.enter_button.click()

    async def accept(self) -> None:
        await self.accept_button.click(timeout=CONTACT_MS)

    async def end(self) -> None:
        """X, and yes; the session has ended then."""
        await self.page.get_by_test_id("end-session").click()
        async with self.page.expect_response(lambda answer: answer.url.endswith("/end")):
            await self.page.get_by_test_id("ask-yes").click()

    @property
    def clock(self) -> Locator:
        return self.page.get_by_test_id("clock")

    async def elapsed_s(self) -> int:
        """Read the clock on the screen, in seconds."""
        found = re.search(r"(?:(\d+):)?(\d+):(\d\d)", await self.clock.inner_text())
        assert found, "the clock shows a time"
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return hours * 3600 + minutes * 60 + seconds


class Patient(Watched):
    """A patient's tab; a link is all it needs."""

    async def open(self, link: str) -> None:
        await self.page.goto(link)

    async def go_on(self) -> None:
        """The one click: the visit is claimed, permission is asked for, and sound is unlocked."""
        await self.page.get_by_role("button", name="Continue", exact=True).click()

    async def come(self, link: str) -> None:
        """Open the link and get as far as the waiting room."""
        await self.open(link)
        await self.go_on()
        await self.expect_waiting()

    async def leave(self) -> None:
        await self.page.get_by_role("button", name="Leave", exact=True).click()

    @property
    def clock(self) -> Locator:
        return self.page.get_by_role("timer")

    async def expect_waiting(self) -> None:
        await self.reads("will let you in")

    async def expect_asked_to_continue(self) -> None:
        await self.reads("Continue here?")

    async def continue_here(self) -> None:
        await self.page.get_by_role("button", name="Continue here").click()

    async def expect_moved(self) -> None:
        await self.reads("Your session goes on in another place.")

    async def expect_ended(self) -> None:
        await expect(self.page.get_by_test_id("patient-ended")).to_be_visible(timeout=CONTACT_MS)

    async def reads(self, text: str) -> None:
        """Wait until this stands on the page."""
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=CONTACT_MS)
