"""A2: before the first session with a patient CUSTOMIZE SETTING is open; then it is not."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.harness.visits import Visits


async def test_a2_first_session_opens_customize_setting_by_itself(visits: Visits) -> None:
    visit = await visits.arranged()
    therapist, page = visit.therapist, visit.therapist.page
    note, panel = page.get_by_test_id("first-session"), page.locator("#customize-setting")
    await therapist.open_waiting_room_from_row(visit.name)
    await expect(note).to_contain_text("This is your first session with Alex.")
    await panel.get_by_test_id("setting-clock").click()
    await panel.get_by_role("button", name="Close").click()
    await expect(panel).to_be_hidden()

    await page.get_by_test_id("minimise").click()
    await page.get_by_role("button", name="Return to Alex M.").click()
    await expect(therapist.enter_button).to_be_visible()
    await expect(panel).to_be_hidden()

    await visit.patient.come(visit.link)
    await therapist.enter()
    await therapist.accept()
    await expect(therapist.clock).to_be_visible()
    await therapist.end()
    await visit.patient.expect_ended()
    await therapist.open_waiting_room_from_row(visit.name)
    await expect(therapist.enter_button).to_be_visible()
    await expect(page.get_by_test_id("customize")).to_have_attribute("aria-expanded", "false")
