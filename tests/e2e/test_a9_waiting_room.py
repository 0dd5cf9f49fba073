"""A9, the virtual waiting room: devices, connection, link, setting; minimised, and closed by X."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visit, Visits

CHECK_MS = 15_000
"""A check of both lines takes at most ten seconds; on a busy machine its news take longer."""

JUDGED = re.compile("onnection is good|unevenly|Our server is busy")
"""Nothing is in the way here. A busy machine may send sound unevenly, or be late itself; to name
loss, delay or capacity would be wrong on it too."""


@pytest.mark.idle  # a check on a busy machine may find that the line carries little
async def test_a9_waiting_room(visits: Visits, product: Product) -> None:
    visit = await visits.arranged()
    page = visit.therapist.page
    await visit.patient.come(visit.link)
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await close_customize(page)  # it was open by itself: the first session, A2
    await devices_are_chosen_and_heard(page)
    await connection_is_said_in_words(page, visit)
    await link_is_copied_shared_and_scanned(page, visit)
    await setting_opens_and_closes(page)
    before = [peer["id"] for peer in (await visit.room(product))["peers"]]
    await minimised_it_goes_on(page, visit)
    assert [peer["id"] for peer in (await visit.room(product))["peers"]] == before
    await x_asks_once_and_closes_it_for_both(page, visit, product)


async def devices_are_chosen_and_heard(page: Page) -> None:
    heard = page.get_by_test_id("server-hears")
    await expect(heard).to_have_attribute("data-heard", "true")
    await expect(heard.locator(".level .on").first).to_be_attached()  # as loud as the server says
    for device in ("microphone", "camera", "speaker"):
        await expect(page.get_by_test_id(f"choose-{device}")).to_be_enabled()
    tone = page.get_by_test_id("play-tone")
    await tone.click()
    await expect(tone).to_be_disabled()
    await expect(tone).to_be_enabled()
    await expect(page.get_by_test_id("proof-microphone")).to_have_attribute("data-level", "yes")
    await expect(page.get_by_test_id("proof-camera")).to_have_attribute("data-level", "yes")


async def connection_is_said_in_words(page: Page, visit: Visit) -> None:
    await expect(page.get_by_test_id("line-own")).to_contain_text(JUDGED, timeout=CHECK_MS)
    await expect(page.get_by_test_id("line-other")).to_contain_text(JUDGED, timeout=CHECK_MS)
    figures = page.get_by_test_id("line-details")
    row = figures.get_by_role("row", name=re.compile("There and back (?!under)"))
    await expect(row).to_be_hidden()
    await figures.locator("summary").click()
    await expect(row).to_have_text(re.compile(r"\d ms.*\d ms$"))
    await expect(figures.get_by_role("cell", name="UDP")).to_have_count(2)

    async with page.expect_response(lambda answer: answer.url.endswith("/check")) as asked:
        await page.get_by_test_id("check-line").click()
    answered = await (await asked.value).json()
    assert answered["patient"]["connected"]
    assert answered["therapist"]["connected"]
    checked = page.get_by_test_id("line-checked")
    await expect(checked).to_have_text(re.compile(r"^Checked: \d\d:\d\d$"), timeout=CHECK_MS)
    await expect(page.get_by_test_id("check-line")).to_be_enabled()


async def link_is_copied_shared_and_scanned(page: Page, visit: Visit) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await expect(page.get_by_test_id("link-url")).to_have_value(visit.link)
    await page.get_by_test_id("copy-link").click()
    await expect(page.get_by_test_id("copy-link")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == visit.link

    share = page.get_by_test_id("share-link")
    await expect(share).to_have_count(0)  # Chromium on Linux cannot
    await page.get_by_test_id("show-send").click()
    await expect(page.get_by_test_id("send-link-email")).to_be_visible()
    await page.evaluate("navigator.share = async (what) => { window.__shared = what; }")
    await page.get_by_test_id("show-qr").click()
    await expect(page.get_by_test_id("qr")).to_be_visible()
    await expect(page.get_by_test_id("send-link-email")).to_have_count(0)
    await share.click()
    assert await page.evaluate("window.__shared.url") == visit.link


def panel(page: Page) -> Locator:
    return page.locator("#customize-setting")


async def close_customize(page: Page) -> None:
    await expect(panel(page)).to_be_visible()
    await panel(page).get_by_role("button", name="Close").click()
    await expect(panel(page)).to_have_count(0)


async def setting_opens_and_closes(page: Page) -> None:
    button = page.get_by_test_id("customize")
    await button.click()
    await expect(panel(page).get_by_test_id("setting-self-view")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(panel(page)).to_have_count(0)
    await expect(button).to_be_focused()


async def minimised_it_goes_on(page: Page, visit: Visit) -> None:
    await page.get_by_test_id("minimise").click()
    await visit.therapist.waiting_card(visit.name).click()
    await expect(visit.therapist.enter_button).to_be_visible()
    await expect(panel(page)).to_have_count(0)  # once is enough
    await expect(page.get_by_test_id("line-other")).to_contain_text(JUDGED, timeout=CHECK_MS)


async def x_asks_once_and_closes_it_for_both(page: Page, visit: Visit, product: Product) -> None:
    room = (await visit.room(product))["id"]
    await page.get_by_test_id("end-session").click()
    await expect(page.get_by_text("Alex is in the waiting room and will read")).to_be_visible()
    await page.get_by_role("button", name="Cancel").last.click()
    await expect(visit.therapist.enter_button).to_be_visible()
    await visit.therapist.end()
    await visit.patient.expect_ended()
    await expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    assert room not in [one["id"] for one in await product.rooms()]
    past = await visit.therapist.call("GET", f"/api/sessions?patient={visit.patient_id}")
    assert [one["outcome"] for one in past["items"]] == ["no_contact"]
