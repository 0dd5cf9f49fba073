"""Errors stand where they belong and go away with their cause; nothing that was typed is lost."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.harness.people import PASSWORD
from tests.e2e.harness.visits import Visits

NO_DEVICES = """navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("no", "NotAllowedError");
}"""


async def expect_wrong(field: Locator, words: str) -> None:
    """The field has the focus and is described by what is wrong with it."""
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_description(re.compile(words))


async def open_form(page: Page) -> Locator:
    await page.get_by_role("link", name="PATIENTS").click()
    await page.get_by_test_id("add-patient").click()
    return page.get_by_role("dialog")


async def test_a_login_that_ended_is_renewed_over_what_was_typed(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.therapist.page
    form = await open_form(page)
    await form.get_by_label("Name").fill("Bruna T.")
    await form.get_by_label("E-mail").fill("bruna@example.org")
    await page.context.clear_cookies()
    await form.get_by_test_id("patient-save").click()
    again = page.get_by_test_id("login-again")
    await expect(again.get_by_text("You were logged out")).to_be_visible()
    await again.get_by_label("Password").fill(PASSWORD)
    await again.get_by_role("button", name="Log in").click()
    await expect(again).to_be_hidden()
    await expect(form.get_by_label("Name")).to_have_value("Bruna T.")
    await expect(form.get_by_text("You were logged out")).to_be_hidden()
    await form.get_by_test_id("patient-save").click()
    await expect(page.get_by_text("Bruna T. has been added")).to_be_visible()


async def test_what_is_wrong_in_a_form_stands_at_its_field(visits: Visits) -> None:
    visit = await visits.arranged()
    form = await open_form(visit.therapist.page)
    await form.get_by_test_id("patient-save").click()
    name, phone = form.get_by_label("Name"), form.get_by_label("Phone")
    await expect_wrong(name, "needs a name")
    await name.fill("Bruna T.")
    await expect(name).not_to_have_attribute("aria-invalid", "true")
    await phone.fill("call me")
    await form.get_by_test_id("patient-save").click()
    await expect_wrong(phone, "does not look like a phone number")


async def test_a_wrong_password_is_said_at_the_password(visits: Visits) -> None:
    therapist = await visits.new_therapist()
    page = therapist.page
    await page.goto(f"{therapist.url}/login")
    await page.get_by_label("E-mail").fill("nobody@example.org")
    await page.get_by_label("Password").fill("not the right one")
    await page.get_by_role("button", name="Log in").click()
    await expect_wrong(page.get_by_label("Password"), "not right")


async def test_an_error_of_a_list_goes_away_with_its_cause(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.therapist.page
    await page.route("**/api/patients?**", lambda route: route.abort())
    await page.get_by_role("link", name="PATIENTS").click()
    note = page.get_by_text("We cannot reach the server")
    await expect(note).to_be_visible()
    await expect(page.get_by_test_id("retry")).to_be_visible()
    await page.unroute_all()
    await expect(page.get_by_text(visit.name)).to_be_visible()
    await expect(note).to_be_hidden()


async def test_the_stage_has_the_focus_after_accept(visits: Visits) -> None:
    visit = await visits.in_contact()
    await expect(visit.therapist.page.get_by_role("main")).to_be_focused()


async def test_a_device_note_folds_away_and_comes_back(visits: Visits) -> None:
    visit = await visits.arranged()
    page = visit.patient.page
    await page.add_init_script(NO_DEVICES)
    await visit.patient.come(visit.link)
    note = page.get_by_test_id("devices-denied")
    await expect(note).to_be_visible()
    await page.get_by_role("button", name="Fold this note away").click()
    await expect(note).to_be_hidden()
    unfold = page.get_by_role("button", name="What is wrong with the devices")
    await expect(unfold).to_be_focused()
    await unfold.click()
    await expect(note).to_be_visible()
