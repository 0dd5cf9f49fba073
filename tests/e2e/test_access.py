"""Keyboard alone reaches ACCEPT."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.e2e.harness.people import PASSWORD
from tests.e2e.harness.visits import Visits


async def tab_to(page: Page, name: str, presses: int = 60) -> None:
    """Press Tab until the element of that accessible name has the focus, and see that it shows."""
    for _ in range(presses):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED)
        if re.search(name, focused["name"]):
            assert focused["marked"], f"{focused['name']} has the focus but does not show it"
            return
    raise AssertionError(f"{presses} presses of Tab do not reach {name!r}")


FOCUSED = """() => {
    const it = document.activeElement;
    const labels = [...(it.labels ?? [])].map((label) => label.innerText);
    const style = getComputedStyle(it);
    const around = getComputedStyle(it.parentElement ?? it);
    const marks = (css) => css.outlineStyle !== "none" || css.boxShadow !== "none";
    const name = [it.getAttribute("aria-label"), ...labels, it.innerText].find(Boolean) ?? "";
    return { name, marked: marks(style) || marks(around) };
}"""


async def test_keyboard_alone_leads_from_login_to_accept(visits: Visits) -> None:
    visit = await visits.arranged()
    me = await visit.therapist.call("GET", "/api/me")
    await visit.therapist.call("POST", "/api/logout")
    page = visit.therapist.page
    await page.goto(visit.therapist.url)
    await expect(page.get_by_label("E-mail")).to_be_visible()
    await tab_to(page, "^E-mail")
    await page.keyboard.type(me["email"])
    await tab_to(page, "^Password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(re.compile("^Good "))).to_be_visible()
    await patient_by_keyboard(visit.patient.page, visit.link)
    await expect(visit.therapist.waiting_card(visit.name)).to_be_visible()
    await tab_to(page, "Enter the waiting room of Alex")
    await page.keyboard.press("Enter")
    await expect(visit.therapist.enter_button).to_be_enabled()
    await tab_to(page, "^ENTER$")
    await page.keyboard.press("Enter")
    await expect(visit.therapist.accept_button).to_be_enabled()
    await tab_to(page, "^ACCEPT$")
    await page.keyboard.press("Enter")
    await visit.patient.sees("therapist")
    await visit.therapist.sees("patient")


async def patient_by_keyboard(page: Page, link: str) -> None:
    await page.goto(link)
    await expect(page.get_by_role("button", name="Continue")).to_be_visible()
    await tab_to(page, "^Continue$")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("will let you in").first).to_be_visible()
