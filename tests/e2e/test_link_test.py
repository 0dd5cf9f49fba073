"""A test from the link: no session, no bell, nothing claimed; its result stands on the row."""

from __future__ import annotations

from playwright.async_api import expect

from tests.e2e.harness.visits import Visits

TEST_MS = 30_000


async def test_a_test_from_the_link_rings_nobody_and_its_result_stands(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.patient.page
    await visit.patient.open(visit.link)
    await page.get_by_test_id("test-link").click()
    await page.get_by_test_id("play-tone").click()
    await page.get_by_test_id("tone-yes").click()
    await expect(page.get_by_test_id("result-speaker")).to_have_attribute("data-mark", "heard")
    await expect(page.get_by_test_id("test-again")).to_be_enabled(timeout=TEST_MS)
    await expect(page.get_by_test_id("result-camera")).to_have_attribute("data-mark", "works")
    assert (await visit.therapist.call("GET", "/api/sessions"))["items"] == []
    await expect(visit.therapist.page.get_by_test_id("waiting-card")).to_have_count(0)
    await page.get_by_test_id("test-back").click()
    await expect(page.get_by_test_id("patient-continue")).to_be_visible()

    patient = await visit.therapist.call("GET", f"/api/patients/{visit.patient_id}")
    if patient["last_check"] is not None:  # none where the server itself was late
        await visit.therapist.page.goto(f"{visit.therapist.url}/patients")
        row = visit.therapist.page.get_by_text("Last check")
        await expect(row.first).to_be_visible()
