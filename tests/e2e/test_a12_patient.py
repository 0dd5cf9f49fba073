"""A12: the patient's side, walked in German: from inside another application to the goodbye.

Every state on the way is looked at by axe, on a phone of 320 px, with text at twice its size and
with the colours of Windows' high contrast.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.harness.accessibility import (
    lost_in_high_contrast,
    serious_violations,
    wrong_at,
)
from tests.e2e.harness.people import Patient, Therapist
from tests.e2e.harness.visits import Visits

PICTURES = os.environ.get("VISAVIS_PICTURES")  # a folder to keep what was looked at
IN_INSTAGRAM = """Object.defineProperty(navigator, "userAgent", {
    get: () => "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
        + " (KHTML, like Gecko) Mobile/15E148 Instagram 300.0",
});"""


class Look:
    """Finds what is wrong with a page, and keeps its picture for whoever asks."""

    def __init__(self) -> None:
        self.found: list[str] = []

    async def at(self, name: str, page: Page) -> None:
        found = await serious_violations(page)
        found += await wrong_at(page, (320, "100%"), (640, "200%"))
        found += await lost_in_high_contrast(page)
        self.found += [f"{name}: {finding}" for finding in found]
        if PICTURES:
            await page.screenshot(path=Path(PICTURES) / f"{name}-light.png", full_page=True)
            await page.emulate_media(color_scheme="dark")
            await page.screenshot(path=Path(PICTURES) / f"{name}-dark.png", full_page=True)
            await page.emulate_media(color_scheme="light")


async def arranged(visits: Visits) -> tuple[Therapist, Patient, str]:
    therapist, patient = await asyncio.gather(
        visits.new_therapist(), visits.new_patient(locale="it-IT", width=390, height=844)
    )
    await therapist.register("a12@example.org", "Dott.ssa Rossi")
    _, link = await therapist.add_patient("Alex M.", "de")
    return therapist, patient, link


async def test_a12_patient_is_led_in_met_sent_back_and_said_goodbye_to(visits: Visits) -> None:
    look = Look()
    therapist, patient, link = await arranged(visits)
    page = patient.page
    await page.add_init_script(IN_INSTAGRAM)
    await patient.open(link)
    await patient.reads("Gleich treffen Sie Dott.ssa Rossi.")
    await patient.reads("Diese Seite ist in Instagram geöffnet.")
    await expect(page.get_by_test_id("copy-link")).to_be_visible()
    await look.at("welcome", page)
    await page.get_by_test_id("language-it").click()
    await patient.reads("Sta per incontrare la Dott.ssa Rossi.")
    assert await page.evaluate("document.documentElement.lang") == "it"
    await page.get_by_test_id("language-fr").click()
    await patient.reads("Vous allez rencontrer la Dott.ssa Rossi.")
    await page.get_by_test_id("language-de").click()
    await page.get_by_test_id("patient-continue").click()
    await patient.reads("Dott.ssa Rossi lässt Sie herein.")
    await look.at("waiting", page)
    await page.get_by_role("button", name="Verlassen").click()
    await patient.reads("Sie haben die Sitzung mit Dott.ssa Rossi verlassen.")
    await look.at("left", page)
    await page.get_by_test_id("patient-return").click()
    await expect(page.get_by_test_id("patient-waiting")).to_be_visible()
    await therapist.open_waiting_room_from_home("Alex")
    await therapist.enter()
    await patient.reads("Dott.ssa Rossi ist im virtuellen Raum")
    await therapist.accept()
    await expect(page.get_by_test_id("patient-room")).to_be_visible()
    await look.at("room", page)
    await therapist.page.get_by_test_id("hold").click()
    await patient.reads("Sie sind wieder im Wartezimmer.")
    await patient.reads("Dott.ssa Rossi lässt Sie wieder herein.")
    await look.at("sent-back", page)
    await therapist.accept()
    await expect(page.get_by_test_id("patient-room")).to_be_visible()
    await therapist.end()
    await patient.reads("Bis zum nächsten Mal, Alex.")
    await patient.reads("Ihre Sitzung mit Dott.ssa Rossi ist beendet.")
    await expect(page.get_by_test_id("minutes-together")).to_have_count(0)
    await look.at("goodbye", page)
    assert not look.found, "\n".join(look.found)
