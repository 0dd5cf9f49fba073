"""A10: CUSTOMIZE SETTING for one patient, its bad input in words, and as the start of new ones."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.e2e.harness.visits import Visits

OWN = "Dear {name}, I am here: {link}"


async def test_a10_setting(visits: Visits) -> None:
    visit = await visits.arranged()
    therapist, page = visit.therapist, visit.therapist.page
    await therapist.open_waiting_room_from_row(visit.name)  # opens the panel by itself
    panel = page.locator("#customize-setting")
    await expect(switch(page, "self-view")).to_be_checked()
    await expect(panel.get_by_text("Alex sees you, and a small picture")).to_be_visible()
    await switch(page, "self-view").click()
    await expect(panel.get_by_text("Alex sees only you")).to_be_visible()
    await expect(panel.get_by_label("Preview: clock, no own picture")).to_be_visible()

    text, save = panel.get_by_test_id("alert-text"), panel.get_by_test_id("save-alert")
    for wrong, words in (("a" * 10_000, "may have 400 characters"), ("{now}", "Braces stand only")):
        await text.fill(wrong)
        await expect(panel.locator("#alert-wrong")).to_contain_text(words)
        await expect(text).to_have_attribute("aria-invalid", "true")
        await expect(save).to_be_disabled()
    await text.fill(OWN)
    await expect(panel.get_by_test_id("alert-preview")).to_contain_text("Dear Alex, I am here:")
    for_new = panel.get_by_test_id("use-for-new")
    await expect(for_new).to_be_disabled()
    await expect(panel.get_by_text("Save the message first.")).to_be_visible()
    await save.click()
    await for_new.click()
    await expect(panel.get_by_text("New patients begin with this setting.")).to_be_visible()

    bruna, _ = await therapist.add_patient("Bruna T.", "it")
    await page.goto(f"{therapist.url}/patients/{bruna}")
    await expect(switch(page, "self-view")).not_to_be_checked()
    await expect(page.get_by_test_id("alert-text")).to_have_value(OWN)

    await page.goto(f"{therapist.url}/account")
    await expect(switch(page, "clock")).to_be_checked()
    await switch(page, "clock").click()
    await expect(switch(page, "clock")).not_to_be_checked()
    seen = {"self_view": False, "clock": False, "screen": True}
    carlo, _ = await therapist.add_patient("Carlo F.")
    assert await therapist.call("GET", f"/api/patients/{carlo}/setting") == {"version": 1} | seen
    kept = await therapist.call("GET", f"/api/patients/{bruna}/setting")
    assert kept["clock"], "who was there keeps the setting"


def switch(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"setting-{name}")
