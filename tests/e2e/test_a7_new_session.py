"""A7: ONLINE SESSIONS, the button at the top left, exactly one patient, START."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.e2e.harness.visits import Visits


async def test_a7_exactly_one_patient_is_picked_and_started(visits: Visits) -> None:
    therapist = await visits.registered_therapist()
    page = therapist.page
    for name in ("Alex M.", "Bruna T.", "O'Brien-Łukasz"):
        await therapist.add_patient(name)
    await page.get_by_role("link", name="ONLINE SESSIONS").click()
    await page.get_by_role("button", name="New session").click()
    dialog = page.get_by_role("dialog")
    start, search = dialog.get_by_test_id("pick-start"), dialog.get_by_test_id("pick-search")
    rows = dialog.get_by_test_id("pick-patient")
    await expect(search).to_be_focused()
    await expect(start).to_be_disabled()
    await dialog.get_by_label("Alex M.").check()
    await dialog.get_by_label("Bruna T.").check()
    await expect(dialog.locator(":checked")).to_have_count(1)
    await expect(start).to_be_enabled()

    await search.fill("obrien lukasz")
    await expect(rows).to_have_count(1)
    await expect(start).to_be_disabled()  # Bruna is not shown any more
    await search.press("Tab")
    await page.keyboard.press("Space")
    await expect(rows).to_be_checked()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/sessions/[0-9a-f]+$"))
    await expect(page.get_by_role("heading", name="O'Brien-Łukasz", level=1)).to_be_visible()
    await expect(therapist.enter_button).to_be_visible()
