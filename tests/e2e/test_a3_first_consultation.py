"""A3: a session with nobody added or invited, by a one-time link; then the decision."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.harness.people import Patient, Therapist
from tests.e2e.harness.visits import Visits


async def test_a3_first_consultation_from_the_link_to_the_patient(visits: Visits) -> None:
    therapist = await visits.new_therapist()
    await therapist.register("first.consultation@example.org")
    page = therapist.page
    link = await begin(therapist, "Called on Friday, sent by a colleague")
    await page.get_by_test_id("first-close").click()

    scanner = await visits.new_patient()
    await scanner.open(link)
    await expect(scanner.page.get_by_label("Your name")).to_be_visible()

    guest = await visits.new_patient()
    await guest.open(link)
    await guest.go_on()
    await guest.reads("Please write your name.")
    await guest.page.get_by_label("Your name").fill("Giulia")
    await guest.go_on()
    await guest.expect_waiting()

    await scanner.page.get_by_label("Your name").fill("Somebody else")
    await scanner.go_on()
    await scanner.reads("This link belongs to another device.")
    await scanner.page.reload()
    await scanner.reads("This link belongs to another device.")

    row = page.get_by_test_id("first-row")
    await page.goto(f"{therapist.url}/first-consultations")
    await expect(row.get_by_text("in the waiting room")).to_be_visible()
    await expect(row.get_by_text("Called on Friday")).to_be_visible()
    await row.get_by_test_id("start-session").click()
    await expect(therapist.clock).to_be_visible()

    await page.get_by_test_id("room-menu").click()
    menu = page.get_by_test_id("first-menu")
    await menu.get_by_role("button", name="Add as patient: Giulia").click()
    form = page.get_by_role("dialog")
    await expect(form.get_by_label("Name")).to_have_value("Giulia")
    await form.get_by_label("Name").fill("Giulia Bianchi")
    await form.get_by_test_id("patient-save").click()
    await expect(page.get_by_text("Giulia Bianchi has been added")).to_be_visible()
    await page.get_by_test_id("patient-added-done").click()
    await expect(page.get_by_test_id("first-menu")).to_be_hidden()
    await expect(guest.page.get_by_test_id("patient-room")).to_be_visible()

    await page.get_by_role("button", name="Close the settings").click()
    await therapist.end()
    await guest.expect_ended()
    await page.goto(f"{therapist.url}/patients")
    await expect(page.get_by_role("link", name="Giulia Bianchi")).to_be_visible()
    await page.goto(f"{therapist.url}/sessions")
    await expect(page.get_by_text("Giulia Bianchi")).to_be_visible()


async def test_a3_a_first_consultation_that_is_discarded_leaves_nothing(visits: Visits) -> None:
    therapist = await visits.new_therapist()
    await therapist.register("discard@example.org")
    page = therapist.page
    withdrawn = await begin(therapist, "Second opinion")
    await page.get_by_test_id("first-close").click()
    await page.goto(f"{therapist.url}/first-consultations")
    await page.get_by_test_id("first-withdraw").click()
    await page.get_by_test_id("ask-yes").click()
    await expect(page.get_by_text("link withdrawn")).to_be_visible()
    await page.get_by_test_id("first-new-link").click()
    link = await page.get_by_test_id("link-url").input_value()
    assert link != withdrawn
    await page.keyboard.press("Escape")
    await page.get_by_test_id("open-waiting-room").click()
    await expect(page.get_by_test_id("first-session")).to_contain_text("first session with Guest")

    guest = await visits.new_patient()
    await come_as(guest, link, "Ines")
    await expect(page.get_by_role("heading", name="Ines", level=1)).to_be_visible()
    await therapist.enter()
    await therapist.accept()
    await expect(therapist.clock).to_be_visible()
    await therapist.end()
    await guest.expect_ended()
    await expect(page.get_by_test_id("after-first").get_by_test_id("first-add")).to_be_visible()
    await page.get_by_role("link", name="Home").click()
    undecided = page.get_by_test_id("undecided")
    await expect(undecided).to_contain_text("Ines")
    await expect(undecided).to_contain_text("Second opinion")
    await undecided.get_by_test_id("first-later").click()
    await expect(undecided).to_have_count(0)
    await page.get_by_role("link", name="ONLINE SESSIONS").click()
    await page.get_by_role("link", name="FIRST CONSULTATIONS").click()
    await expect(page.get_by_test_id("first-row").get_by_text("Ines")).to_be_visible()

    await page.get_by_test_id("first-discard").click()
    await page.get_by_test_id("ask-yes").click()
    await expect(page.get_by_text("No first consultations.")).to_be_visible()
    await guest.open("about:blank")
    await guest.open(link)
    await guest.reads("This link does not open a session.")


async def begin(therapist: Therapist, note: str) -> str:
    """Start one on Home, and return the link from the dialog."""
    page: Page = therapist.page
    await page.get_by_role("button", name="Start a first consultation").click()
    dialog = page.get_by_test_id("first-dialog")
    await expect(dialog.get_by_test_id("qr")).to_be_visible()
    await dialog.get_by_test_id("first-note").fill(note)
    return await dialog.get_by_test_id("link-url").input_value()


async def come_as(guest: Patient, link: str, name: str) -> None:
    await guest.open(link)
    await guest.page.get_by_label("Your name").fill(name)
    await guest.go_on()
    await guest.expect_waiting()
