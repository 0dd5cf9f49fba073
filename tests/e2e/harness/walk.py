"""A walk past every page of both apps, for whoever wants to look at each: axe, a camera.

Ways between pages are taken by address and by the API, so that the walk knows few labels; the
pages themselves are the real ones, of a therapist with patients and a past.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.e2e.harness.browser import lets_out_only
from tests.e2e.harness.page import Watched, eventually
from tests.e2e.harness.people import Patient, Therapist
from tests.e2e.harness.visits import Visits

Look = Callable[[str, Page], Awaitable[None]]
LOCALES = {"en": "en-GB", "it": "it-IT"}
THERAPISTS = {"en": "Dr. Rossi", "it": "Dott. Rossi"}
LONG_CHIP = """() => {
    const chip = document.createElement("button");
    chip.className = "pill other-side";
    chip.textContent = "immagine in pausa, così l’audio resta chiaro";
    document.querySelector(".room-top .pill").after(chip);
}"""
"""The longest words that stand beside the other's name: of a picture that the line paused."""
UNKNOWN_LEVELS = """(words) => {
    const levels = document.querySelector(".levels");
    levels.classList.remove("quiet");
    for (const word of levels.querySelectorAll(".mark")) {
        word.className = "soft";
        word.textContent = words;
    }
}"""
"""The longest words of both lines: of a moment when the server knows neither."""
UNKNOWN = {"en": "– not known", "it": "– non nota"}
TEST_MS = 20_000
"""A test of the line takes ten seconds, and its page a moment before and after."""
KNOWN_MS = 60_000
"""A line has its word some seconds after its first packets; on a busy machine later."""
BLOCKED_MS = 60_000
"""A page says that its network is blocked 20 s after its first answer; on a busy machine later."""
PATIENTS = ("Alex M.", "Bruna T.", "Carlo F.", "Dana K.")


@dataclass(frozen=True, slots=True)
class Walk:
    """One language, look and size; `look` is called with a name and the page that shows it."""

    visits: Visits
    look: Look
    language: str = "en"
    dark: bool = False
    width: int = 1280
    height: int = 800
    named_devices: bool = False
    blocked: bool = True
    """The second patient comes from a network that no media passes."""
    therapist: str = ""
    patients: tuple[str, ...] = PATIENTS

    @property
    def device(self) -> dict[str, Any]:
        return {
            "locale": LOCALES[self.language],
            "dark": self.dark,
            "width": self.width,
            "height": self.height,
            "named_devices": self.named_devices,
        }

    async def main_pages(self) -> None:
        """Home, virtual waiting room and the patient's waiting page."""
        therapist, links = await self._settled()
        patients = await self._both_waiting(links)
        await self._home(therapist)
        if self.blocked:
            await self._blocked(therapist, patients[1])
        await self._waiting_room(therapist)
        await self.look("patient-waiting", patients[0].page)

    async def all_pages(self) -> None:
        therapist = await self.visits.new_therapist(**self.device)
        await self._before_login(therapist)
        await self._register(therapist)
        await self._go(therapist, "/", "home-empty")
        links = await self._add_patients(therapist)
        await self._therapist_pages(therapist)
        patients = await self._patient_doors(links)
        await self._home(therapist)
        if self.blocked:
            await self._blocked(therapist, patients[1])
        await self._waiting_room(therapist)
        await self.look("patient-waiting", patients[0].page)
        await self._patient_settings(patients[0])
        await self._room(therapist, patients[0])
        await self._goodbyes(therapist, patients)

    async def _settled(self) -> tuple[Therapist, list[str]]:
        therapist = await self.visits.new_therapist(**self.device)
        await self._register(therapist)
        return therapist, await self._add_patients(therapist)

    async def _register(self, therapist: Therapist) -> None:
        email = f"{secrets.token_hex(6)}@example.org"
        name = self.therapist or THERAPISTS[self.language]
        await therapist.register(email, name, self.language)

    async def _add_patients(self, therapist: Therapist) -> list[str]:
        added = [await therapist.add_patient(name, self.language) for name in self.patients]
        for patient_id, _ in added[2:]:  # a past: sessions that were opened and ended
            session = await therapist.call("POST", "/api/sessions", {"patient_id": patient_id})
            await therapist.call("POST", f"/api/sessions/{session['id']}/end")
        return [link for _, link in added]

    async def _both_waiting(self, links: list[str]) -> list[Patient]:
        return [await self._waiting(links[0]), await self._waiting(links[1], blocked=self.blocked)]

    async def _waiting(self, link: str, *, blocked: bool = False) -> Patient:
        patient = await self.visits.new_patient(**self.device)
        if blocked:
            await lets_out_only("udp", patient.page)
        await patient.open(link)
        await patient.page.get_by_test_id("patient-continue").click()
        await expect(patient.page.get_by_test_id("patient-waiting")).to_be_visible()
        return patient

    async def _go(self, therapist: Therapist, path: str, name: str) -> None:
        await therapist.page.goto(f"{therapist.url}{path}")
        await expect(therapist.page.get_by_role("heading").first).to_be_visible()
        await self.look(name, therapist.page)

    async def _before_login(self, therapist: Therapist) -> None:
        await self._go(therapist, "/login", "login")
        await self._go(therapist, "/register", "register")

    async def _therapist_pages(self, therapist: Therapist) -> None:
        patient = (await therapist.call("GET", "/api/patients"))["items"][0]
        await self._go(therapist, f"/patients/{patient['id']}", "patient-profile")
        await self._go(therapist, "/account", "account")
        await self._go(therapist, "/outbox", "outbox")
        await self._go(therapist, "/nowhere/at/all", "lost")
        await self._go(therapist, "/help", "help")
        await self._go(therapist, "/patients", "patients")
        await therapist.page.get_by_test_id("add-patient").first.click()
        await expect(therapist.page.get_by_role("dialog")).to_be_visible()
        await self.look("patient-add", therapist.page)
        await self._go(therapist, "/sessions", "sessions")
        await therapist.page.get_by_test_id("new-session").first.click()
        await expect(therapist.page.get_by_role("dialog")).to_be_visible()
        await self.look("session-new", therapist.page)
        await self._first_consultations(therapist)

    async def _first_consultations(self, therapist: Therapist) -> None:
        await self._go(therapist, "/first-consultations", "first-consultations-none")
        await therapist.page.get_by_test_id("start-first").click()
        await expect(therapist.page.get_by_test_id("qr")).to_be_visible()
        await self.look("first-dialog", therapist.page)
        link = await therapist.page.get_by_test_id("link-url").input_value()
        guest = await self.visits.new_patient(**self.device)
        await guest.open(link)
        await guest.page.get_by_test_id("guest-name").fill("Giulia")
        await self.look("guest-welcome", guest.page)
        await guest.page.get_by_test_id("patient-continue").click()
        await expect(guest.page.get_by_test_id("patient-waiting")).to_be_visible()
        other = await self.visits.new_patient(**self.device)
        await other.open(link)
        await expect(other.page.get_by_test_id("patient-taken")).to_be_visible()
        await self.look("guest-taken", other.page)
        await therapist.call("POST", "/api/consultations", {"note": "Wrote about a son"})
        await self._go(therapist, "/first-consultations", "first-consultations")
        await guest.page.context.close()
        for one in (await therapist.call("GET", "/api/consultations"))["items"]:
            await therapist.call("DELETE", f"/api/consultations/{one['id']}")

    async def _patient_doors(self, links: list[str]) -> list[Patient]:
        """What a link opens: the welcome, a test, nothing, and the question of another device."""
        stranger = await self.visits.new_patient(**self.device)
        await stranger.open(links[2])
        await expect(stranger.page.get_by_test_id("patient-continue")).to_be_visible()
        await self.look("patient-welcome", stranger.page)
        await stranger.page.get_by_test_id("test-link").click()
        await expect(stranger.page.get_by_test_id("test-again")).to_be_visible(timeout=TEST_MS)
        await self.look("patient-test", stranger.page)
        await stranger.page.context.close()
        patients = await self._both_waiting(links)
        other = await self.visits.new_patient(**self.device)
        await other.open(links[0])
        await other.page.get_by_test_id("patient-continue").click()
        await expect(other.page.get_by_test_id("patient-elsewhere")).to_be_visible()
        await self.look("patient-elsewhere", other.page)
        await other.open("about:blank")
        await other.open(re.sub("#.*", "#nobody-made-this-link", links[0]))
        await expect(other.page.get_by_test_id("patient-invalid")).to_be_visible()
        await self.look("patient-invalid", other.page)
        return patients

    async def _home(self, therapist: Therapist) -> None:
        await therapist.page.goto(therapist.url)
        cards = therapist.page.get_by_test_id("waiting-card")
        await expect(cards).to_have_count(2)
        if self.blocked:
            line = cards.nth(1).get_by_test_id("card-lines").locator("[data-level]")
            await expect(line).to_have_attribute("data-level", "poor", timeout=BLOCKED_MS)
        await self._knows_lines(cards.nth(0), 1)  # on Home she has none
        await self.look("home", therapist.page)

    async def _knows_lines(self, place: Locator, lines: int) -> None:
        """Wait until each line has its word, so that no state is looked at by chance."""
        known = place.locator(".person-line:not([data-level=unknown])")
        await expect(known).to_have_count(lines, timeout=KNOWN_MS)

    async def _blocked(self, therapist: Therapist, patient: Patient) -> None:
        """What both read where the patient's network lets nothing through."""
        page = therapist.page
        await page.get_by_test_id("enter-waiting-room").nth(1).click()
        await expect(page.locator(".lane.off.poor")).to_be_visible()
        await page.keyboard.press("Escape")  # the panel of a first session
        await expect(page.get_by_role("switch")).to_have_count(0)
        await expect(page.get_by_test_id("server-hears")).to_have_attribute("data-heard", "true")
        await self.look("waiting-room-blocked", page)
        line = patient.page.get_by_test_id("connection-line")
        await expect(line).to_have_attribute("data-level", "poor", timeout=BLOCKED_MS)
        await self.look("patient-waiting-blocked", patient.page)
        await page.goto(therapist.url)
        await expect(page.get_by_test_id("waiting-card")).to_have_count(2)

    async def _waiting_room(self, therapist: Therapist) -> None:
        await therapist.page.get_by_test_id("enter-waiting-room").first.click()
        page = therapist.page
        await expect(page.get_by_test_id("enter-room")).to_be_enabled()
        await expect(page.get_by_test_id("server-hears")).to_have_attribute("data-heard", "true")
        switch = page.get_by_role("switch").first
        await expect(switch).to_be_visible()  # by itself: it is the first session
        await self.look("waiting-room-setting", page)
        await page.keyboard.press("Escape")
        await expect(switch).to_be_hidden()
        await self._knows_lines(page.locator(".line-sides"), 2)
        checked = page.get_by_test_id("line-checked")
        await expect(checked).to_have_attribute("data-running", "false", timeout=KNOWN_MS)
        await self.look("waiting-room", page)
        figures = page.get_by_test_id("line-details")
        await figures.locator("summary").click()
        await expect(figures.get_by_role("table").first).to_be_visible()
        await self.look("waiting-room-figures", page)
        await figures.locator("summary").click()

    async def _patient_settings(self, patient: Patient) -> None:
        await patient.page.get_by_test_id("open-microphone").click()
        await self.look("patient-devices", patient.page)
        await patient.page.get_by_test_id("open-microphone").click()

    async def _room(self, therapist: Therapist, patient: Patient) -> None:
        await therapist.page.get_by_test_id("enter-room").click()
        accept = therapist.page.get_by_test_id("accept")
        await expect(accept).to_be_visible()
        await self._knows_lines(therapist.page.locator(".before-card"), 2)
        await self.look("room-before", therapist.page)
        await accept.click()
        for side in (therapist, patient):
            await self._sees_somebody(side)
        await self.look("room", therapist.page)
        await self.look("patient-room", patient.page)
        await self._weak_line(therapist, patient)
        await therapist.page.get_by_test_id("room-menu").click()
        await therapist.page.evaluate(LONG_CHIP)
        await self.look("room-menu", therapist.page)

    async def _weak_line(self, therapist: Therapist, patient: Patient) -> None:
        """The sentence of the line with its button, and what the patient reads of both."""
        sessions = (await therapist.call("GET", "/api/sessions"))["items"]
        path = next(f"/api/sessions/{one['id']}" for one in sessions if one["gate_open"])
        await therapist.call("PUT", f"{path}/sound-first", {"on": True})
        await therapist.call("POST", f"{path}/hint")
        await expect(therapist.page.get_by_test_id("pictures-again")).to_be_visible()
        await expect(patient.page.get_by_test_id("hint-note")).to_be_visible()
        await therapist.page.evaluate(UNKNOWN_LEVELS, UNKNOWN[self.language])
        await self.look("room-sound-first", therapist.page)
        await self.look("patient-room-sound-first", patient.page)
        await therapist.call("PUT", f"{path}/sound-first", {"on": False})
        await expect(therapist.page.get_by_test_id("pictures-again")).to_have_count(0)

    async def _sees_somebody(self, side: Watched) -> None:
        """Wait for pictures of any kind: a walk may be fed portraits as well."""

        async def moving() -> bool:
            return await side.frames_shown() > 10

        await eventually(moving, "pictures of the other side", within_s=60)

    async def _goodbyes(self, therapist: Therapist, patients: list[Patient]) -> None:
        for session in (await therapist.call("GET", "/api/sessions"))["items"]:
            if session["state"] != "ended":
                await therapist.call("POST", f"/api/sessions/{session['id']}/end")
        await expect(patients[0].page.get_by_test_id("patient-ended")).to_be_visible()
        await self.look("patient-ended", patients[0].page)
        await self.look("room-ended", therapist.page)
