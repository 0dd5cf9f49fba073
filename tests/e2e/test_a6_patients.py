"""A6: PATIENTS, filled from a sheet; the icon on the row and in the profile; archive and back."""

from __future__ import annotations

import re

from playwright.async_api import FilePayload, Page, expect

from tests.e2e.harness.people import Therapist
from tests.e2e.harness.visits import Visits

SHEET = """Nome;E-mail;Telefono
Nicolò Rizzi;nicolo@example.org;333 1234567
Alex M.;;
Bruna T.;not an address;
"""
WORKBOOK = b"PK\x03\x04\x14\x00\x06\x00"


async def test_a6_patients_from_a_sheet_to_the_waiting_room_and_the_archive(
    visits: Visits,
) -> None:
    therapist = await visits.registered_therapist()
    page = therapist.page
    await therapist.add_patient("Alex M.")
    await page.get_by_role("link", name="PATIENTS").click()
    await import_sheet(page)
    await locate_by_name(page)
    session = await open_by_the_icon_on_the_row(therapist)
    await open_by_the_icon_in_the_profile(therapist, session)
    await archive_and_bring_back(page)


async def import_sheet(page: Page) -> None:
    """A workbook is refused in words; old letters are read, with a word to check them."""
    await page.get_by_test_id("import-patients").click()
    await choose(page, WORKBOOK)
    await expect(page.get_by_text("This file cannot be read.")).to_be_visible()
    await expect(page.get_by_test_id("import-yes")).to_be_disabled()
    await choose(page, SHEET.encode("cp1252"))
    await expect(page.get_by_text("We read it as Windows-1252")).to_be_visible()
    rows = page.get_by_test_id("import-row")
    await expect(rows).to_contain_text(
        ["is added", "is a patient already", "this is no e-mail address"]
    )
    box = await rows.first.bounding_box()
    assert box is not None and box["width"] > 400, "a table to be read"  # noqa: PT018
    await page.get_by_role("button", name="Import 1 patient").click()
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.get_by_test_id("patient-row")).to_have_count(2)


async def choose(page: Page, content: bytes) -> None:
    sheet = FilePayload(name="patients.csv", mimeType="text/csv", buffer=content)
    await page.get_by_test_id("import-file").set_input_files(sheet)


async def locate_by_name(page: Page) -> None:
    rows = page.get_by_test_id("patient-row")
    await page.get_by_test_id("search-patients").fill("nicolo")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Nicolò Rizzi")


async def open_by_the_icon_on_the_row(therapist: Therapist) -> str:
    """Return the address of the waiting room."""
    page = therapist.page
    label = "Open the virtual waiting room of Nicolò Rizzi"
    await page.get_by_role("button", name=label).click()
    await expect(page).to_have_url(re.compile("/sessions/[0-9a-f]+$"))
    await expect(therapist.enter_button).to_be_visible()
    return page.url


async def open_by_the_icon_in_the_profile(therapist: Therapist, session: str) -> None:
    page = therapist.page
    await page.get_by_test_id("minimise").click()
    await page.get_by_role("link", name="PATIENTS").click()
    await page.get_by_role("link", name="Nicolò Rizzi").click()
    await expect(page.get_by_test_id("profile-name")).to_have_text("Nicolò Rizzi")
    await expect(page.get_by_text("nicolo@example.org")).to_be_visible()
    await page.get_by_test_id("open-waiting-room").click()
    await expect(page).to_have_url(session)
    async with page.expect_response(lambda answer: answer.url.endswith("/end")):
        await page.get_by_test_id("end-session").click()  # nobody is there to be asked about


async def archive_and_bring_back(page: Page) -> None:
    await page.get_by_role("link", name="PATIENTS").click()
    await page.get_by_role("link", name="Nicolò Rizzi").click()
    await page.get_by_test_id("archive-patient").click()
    await page.get_by_test_id("archive-keep").click()
    await expect(page.get_by_test_id("restore-patient")).to_be_visible()
    await page.get_by_role("link", name="PATIENTS").click()
    await expect(page.get_by_text("No patient matches “nicolo”.")).to_be_visible()
    await page.get_by_test_id("show-archived").click()
    row = page.get_by_test_id("patient-row")
    await expect(row).to_contain_text("archived")
    await row.get_by_role("link").click()
    await page.get_by_test_id("restore-patient").click()
    await expect(page.get_by_test_id("archive-patient")).to_be_visible()
    await page.get_by_role("link", name="PATIENTS").click()
    await expect(page.get_by_test_id("patient-row")).to_contain_text("Nicolò Rizzi")
