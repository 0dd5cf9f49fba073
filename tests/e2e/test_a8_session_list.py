"""A8: the list of sessions: search, START, Return and the icon; export; a session's own page."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.e2e.harness.visits import Visit, Visits

ANY_LEVEL = re.compile("good|fair|poor")
"""Which of them is told in `quality.test.ts`: a busy machine's line may be a worse one."""
JUDGED_MS = 30_000
"""A machine that was late says nothing of its lines for ten seconds."""


async def test_a8_start_and_return_on_the_row_then_export_and_look_back(visits: Visits) -> None:
    visit = await visits.arranged()
    therapist, page = visit.therapist, visit.therapist.page
    other_id, _ = await therapist.add_patient("Bruna T.")
    past = await therapist.call("POST", "/api/sessions", {"patient_id": other_id})
    await therapist.call("POST", f"/api/sessions/{past['id']}/end")
    await visit.patient.come(visit.link)
    await page.get_by_role("link", name="ONLINE SESSIONS").click()
    await find_by_patient(page)

    await row(page, visit.name).get_by_role("button", name="Start at once with Alex M.").click()
    await visit.patient.sees("therapist")
    await therapist.sees("patient")
    await return_by_the_row(page, visit)

    await therapist.end()
    await look_at_the_session(page)
    await page.get_by_role("link", name="ONLINE SESSIONS").first.click()
    await export(page)
    await row(page, "Bruna T.").get_by_test_id("open-waiting-room").click()
    await expect(page.get_by_role("heading", name="Bruna T.", level=1)).to_be_visible()
    await expect(therapist.enter_button).to_be_visible()


def row(page: Page, name: str) -> Locator:
    return page.get_by_test_id("session-row").filter(has_text=name)


async def find_by_patient(page: Page) -> None:
    rows, search = page.get_by_test_id("session-row"), page.get_by_test_id("search-sessions")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("in the waiting room")
    await expect(row(page, "Bruna T.")).to_contain_text("cancelled")
    await search.fill("bruna")
    await expect(rows).to_have_count(1)
    await search.fill("")
    await expect(rows).to_have_count(2)


async def return_by_the_row(page: Page, visit: Visit) -> None:
    await page.get_by_test_id("minimise").click()
    await page.get_by_role("link", name="ONLINE SESSIONS").click()
    await expect(row(page, visit.name)).to_contain_text("in contact")
    await expect(row(page, visit.name)).to_contain_text(ANY_LEVEL, timeout=JUDGED_MS)
    await page.get_by_test_id("return-session").click()
    await expect(visit.therapist.clock).to_be_visible()
    await expect(visit.therapist.accept_button).to_be_hidden()


async def look_at_the_session(page: Page) -> None:
    """The page that stands after the end is the one to which the row leads."""
    own = page.get_by_test_id("session-page")
    await expect(own).to_contain_text("You let Alex in.")
    await page.get_by_role("link", name="ONLINE SESSIONS").first.click()
    await row(page, "Alex M.").get_by_role("link", name="Alex M.").click()
    await expect(own.get_by_role("heading", name="Alex M.", level=1)).to_be_visible()
    axis = own.get_by_test_id("time-axis")
    await expect(axis).to_have_attribute("aria-label", re.compile("^waiting: .*; in contact: "))
    await expect(own.get_by_test_id("session-messages")).to_contain_text("Nothing was sent")
    await expect(own.get_by_test_id("next-step")).to_contain_text("The link of Alex is valid.")


async def export(page: Page) -> None:
    await page.get_by_test_id("export-sessions").click()
    async with page.expect_download() as downloading:
        await page.get_by_test_id("export-yes").click()
    download = await downloading.value
    assert re.fullmatch(r"sessions-\d{4}-01-01-\d{4}-\d\d-\d\d\.csv", download.suggested_filename)
    sheet = read_back(await download.path())
    outcomes = {name: line["Outcome"] for name, line in sheet.items()}
    assert outcomes == {"Alex M.": "met", "Bruna T.": "cancelled"}
    assert re.fullmatch(r"0:0\d:\d\d", sheet["Alex M."]["Length"])
    await expect(page.get_by_role("dialog")).to_be_hidden()


def read_back(path: Path) -> dict[str, dict[str, str]]:
    """Return the rows of a sheet by patient."""
    text = path.read_text("utf-8-sig")
    return {line["Patient"]: line for line in csv.DictReader(io.StringIO(text))}
