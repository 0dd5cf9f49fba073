"""Why nothing is heard of the other side is said in words, and is no fault of the line.

One visit for all tests here; each leaves it as it found it, the last one apart. The pictures are
stopped, so that a busy machine holds none back, which would be said beside.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Error, expect

from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import Patient, Therapist
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visit, Visits

STOPPED_MS = 6_000  # web/src/therapist/other-side.ts
PERSON = Path(__file__).parent / "harness" / "person.js"
OFF = "Alex’s microphone is switched off, as that browser says."
HELD = (
    "A phone call, another program or the device itself keeps Alex’s microphone, "
    "as that browser says."
)
HELD_SHORTLY = "microphone in use elsewhere or muted by the device"
QUIET = "Alex is connected and not speaking."
HIDDEN = (
    "Alex’s page is in the background, as that browser says, and no sound arrives. "
    "Ask Alex to open it again."
)
LEVELS = """[
    document.querySelector("[data-testid=line-other]"),
    [...document.querySelectorAll("[data-testid=levels] [data-level]")].at(-1),
].map((it) => it.dataset.level)"""


class Scene:
    """Two people in contact, and what each reads of the other."""

    def __init__(self, visit: Visit) -> None:
        self.therapist, self.patient = visit.therapist, visit.patient
        therapist, patient = visit.therapist.page, visit.patient.page
        self.chip = therapist.get_by_test_id("other-side")
        self.line = therapist.get_by_test_id("line-other")
        self.silence = therapist.get_by_test_id("silence")
        self.patients_chip = patient.get_by_test_id("other-side")

    async def nothing_is_said(self) -> None:
        await expect(self.chip).to_be_empty()
        await expect(self.silence).to_have_count(0)
        await expect(self.patients_chip).to_be_empty()

    async def nothing_comes(self) -> None:
        """Wait until no sound has come for so long that it is spoken of."""

        async def stopped() -> bool:
            sessions = (await self.therapist.call("GET", "/api/sessions?limit=1"))["items"]
            age_ms = sessions[0]["patient_proof"]["heard_age_ms"]
            return age_ms is not None and age_ms > STOPPED_MS + 1_000

        await eventually(stopped, "a long silence")

    async def is_no_fault(self) -> None:
        """The line is called as the node measures it, which the pill shows: by nothing else."""
        shown, measured = await self.therapist.inspect(LEVELS)
        assert shown == measured


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def scene(product: Product, browsers: Browsers) -> AsyncIterator[Scene]:
    visits = Visits(product, browsers)
    visit = await visits.in_contact()
    for person in (visit.therapist, visit.patient):
        await person.page.evaluate(PERSON.read_text())
    await visit.therapist.page.get_by_test_id("room-menu").click()
    await visit.therapist.page.get_by_test_id("sound-first-switch").click()
    made = Scene(visit)
    await made.nothing_is_said()
    yield made
    await visits.close()


@asynccontextmanager
async def befalling(begin: str, end: str, *people: Patient | Therapist) -> AsyncIterator[None]:
    """Let something happen to these people's microphones, and undo it."""
    for person in people:
        await person.page.evaluate(f"window.__person.{begin}()")
    try:
        yield
    finally:
        for person in people:
            await person.page.evaluate(f"window.__person.{end}()")


async def test_a_microphone_that_is_switched_off(scene: Scene) -> None:
    async with befalling("switched", "switched", scene.patient, scene.therapist):
        await expect(scene.silence).to_have_text(OFF)
        await expect(scene.chip).to_have_text("microphone off")
        await expect(scene.patients_chip).to_have_text("Dr. Rossi: microphone off")
        await scene.is_no_fault()
    await scene.nothing_is_said()


async def test_a_microphone_that_a_phone_call_mutes(scene: Scene) -> None:
    async with befalling("callBegins", "callEnds", scene.patient, scene.therapist):
        await expect(scene.silence).to_have_text(HELD)
        await expect(scene.chip).to_have_text(HELD_SHORTLY)
        await expect(scene.patients_chip).to_have_text("Dr. Rossi: microphone in use elsewhere")
        await scene.is_no_fault()
    await scene.nothing_is_said()


async def test_a_microphone_that_another_program_seizes(scene: Scene) -> None:
    async with befalling("seized", "released", scene.patient):
        await expect(scene.silence).to_have_text(HELD)
        await scene.nothing_comes()
        await expect(scene.chip).to_have_text(HELD_SHORTLY)
        await scene.is_no_fault()
    await scene.nothing_is_said()
    await scene.therapist.hears("patient")


async def test_a_person_who_does_not_speak(scene: Scene) -> None:
    async with befalling("hushed", "loud", scene.patient):
        await expect(scene.silence).to_have_text(QUIET)
        await expect(scene.chip).to_be_empty()
        await scene.is_no_fault()
    await scene.nothing_is_said()


async def test_a_page_in_the_background(scene: Scene) -> None:
    async with befalling("hidden", "shown", scene.patient):
        await expect(scene.chip).to_have_text("page in the background, no sound")
        await expect(scene.line).to_contain_text(HIDDEN)
        await expect(scene.silence).to_have_count(0)
        await scene.is_no_fault()
    await scene.nothing_is_said()


async def test_a_page_that_is_gone(scene: Scene) -> None:
    """No word on a microphone then: it is the line that is lost."""
    with suppress(Error):  # as it crashes
        await scene.patient.page.goto("chrome://crash")
    await expect(scene.chip).to_have_text("reconnecting")
    await expect(scene.line).to_contain_text("Alex is reconnecting.")
    await expect(scene.silence).to_have_count(0)
