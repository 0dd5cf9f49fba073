"""A walk past what both people read of a weak line, before a call and in it, and of a late server.

The patient sits behind an emulated line. Each state is waited for by its level and looked at while
it lasts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from playwright.async_api import Page, expect

from benchmarks.netlab.profiles import BASE, KBPS, Profile, limited, one_way
from benchmarks.probe.lines import CLEAN
from tests.e2e.harness.line import FarVisits
from tests.e2e.harness.past import write_tests
from tests.e2e.harness.people import Patient, Therapist
from tests.e2e.harness.walk import THERAPISTS, Look

LOSSY = one_way("down-loss-8", "8 % lost to the patient", down=replace(BASE, loss_ratio=0.08))
NARROW = one_way("up-400k", "400 kbit/s from the patient", up=limited(400 * KBPS, 0.3))
FAR = one_way("far", "half a second to the patient", down=replace(BASE, delay_s=0.45))
LINES = (("lossy", LOSSY), ("narrow", NARROW), ("far", FAR))
SAID_MS = 60_000
"""A step is told after 4 to 6 s and cleared after 10 to 15; on a busy machine later."""
STOP_S = 0.4
"""So long the node is stopped each second, while "server" is looked at."""


@dataclass(frozen=True, slots=True)
class WeakWalk:
    """One language; `look` is called with a name and the page that shows it."""

    far: FarVisits
    look: Look
    language: str = "en"

    async def states(self, therapist: Therapist, patient: Patient) -> None:
        """Go past all, from a therapist who is registered, with two pages that show nothing yet."""
        patient_id, link = await therapist.add_patient("Alex M.", self.language)
        await write_tests(self.far.product.database, patient_id)
        await patient.open(link)
        self.far.lab.apply(LOSSY)
        await patient.page.get_by_test_id("patient-continue").click()
        await self._before(therapist, patient.page)
        page = therapist.page
        await page.get_by_test_id("enter-room").click()
        await page.get_by_test_id("accept").click()
        await asyncio.gather(therapist.receives(), patient.receives())
        for name, line in LINES:
            await self._in_call(therapist, patient, name, line)
        await self._late_server(therapist, patient)

    async def _before(self, therapist: Therapist, patient: Page) -> None:
        own = patient.locator("[data-testid=connection-line][data-level=poor]")
        await expect(own).to_be_visible(timeout=SAID_MS)
        await expect(own.get_by_test_id("check-again")).to_be_visible(timeout=SAID_MS)
        await self.look("patient-waiting-weak", patient)
        page = therapist.page
        card = page.locator("[data-testid=card-lines] [data-level=poor]")
        await expect(card).to_be_visible(timeout=SAID_MS)
        await self.look("home-weak", page)
        await page.get_by_test_id("enter-waiting-room").click()
        await expect(page.locator("[data-testid=line-other][data-level=poor]")).to_be_visible()
        own = page.locator("[data-testid=line-own]:not([data-level=unknown])")
        await expect(own).to_be_visible(timeout=SAID_MS)
        checked = page.get_by_test_id("line-checked")
        await expect(checked).to_have_attribute("data-running", "false", timeout=SAID_MS)
        await page.keyboard.press("Escape")  # the panel of a first session
        await self.look("waiting-room-weak", page)

    async def _in_call(
        self, therapist: Therapist, patient: Patient, name: str, line: Profile
    ) -> None:
        self.far.lab.apply(line)
        await self._looked_at(therapist, patient, name, "poor")
        self.far.lab.apply(CLEAN)
        good = therapist.page.get_by_test_id("levels").locator(".mark.good")
        await expect(good).to_have_count(2, timeout=SAID_MS)

    async def _late_server(self, therapist: Therapist, patient: Patient) -> None:
        stopping = asyncio.create_task(self._stop_again_and_again())
        try:
            await self._looked_at(therapist, patient, "server", "unknown")
        finally:
            stopping.cancel()
            self.far.product.resume("sfu")

    async def _stop_again_and_again(self) -> None:
        while True:
            self.far.product.pause("sfu")
            await asyncio.sleep(STOP_S)
            self.far.product.resume("sfu")
            await asyncio.sleep(1 - STOP_S)

    async def _looked_at(
        self, therapist: Therapist, patient: Patient, name: str, level: str
    ) -> None:
        for whose, page in (("room", therapist.page), ("patient-room", patient.page)):
            note = page.locator(f"[data-testid=line-note][data-level={level}]")
            await expect(note).to_have_count(1, timeout=SAID_MS)
            await self.look(f"{whose}-{name}", page)


async def register(therapist: Therapist, language: str) -> None:
    """Give a therapist of that language an account."""
    await therapist.register(f"weak-{language}@example.org", THERAPISTS[language], language)
