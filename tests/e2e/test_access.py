"""Keyboard alone reaches ACCEPT, and axe finds nothing serious on any page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.harness.people import PASSWORD
from tests.e2e.harness.visits import Visits
from tests.e2e.harness.walk import Walk

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


async def serious_violations(page: Page) -> list[str]:
    """Run axe here; each finding as one line with the element it is about."""
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate(
        "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES
    )
    return [
        f"{page.url}: {it['id']}: {it['help']}: "
        + "; ".join(
            f"{node['html'][:120]} ({node['failureSummary'][:200]})" for node in it["nodes"]
        )
        for it in found["violations"]
        if it["impact"] in ("serious", "critical")
    ]


async def overflowing(page: Page) -> list[str]:
    """Return what is wider than its place: buttons' words, and the page itself."""
    size = page.viewport_size
    assert size is not None
    found: list[str] = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        wide: list[str] = await page.evaluate(WIDE)
        found.extend(f"at {width} px: {words!r} runs out" for words in wide)
    await page.set_viewport_size(size)
    return found


WIDTHS = (320, 360, 768, 900, 1280)
WIDE = """() => {
    const texts = (it) => {
        const walker = document.createTreeWalker(it, NodeFilter.SHOW_TEXT);
        const found = [];
        while (walker.nextNode()) found.push(walker.currentNode);
        const inside = (text) => getComputedStyle(text.parentElement).position !== "absolute";
        return found.filter(inside);  // others are hidden, or hints beside the button
    };
    const runsOut = (button) => {
        const { left, right } = button.getBoundingClientRect();
        const range = document.createRange();
        return texts(button).some((text) => {
            range.selectNodeContents(text);
            const box = range.getBoundingClientRect();
            return box.right > right + 1 || box.left < left - 1;
        });
    };
    const buttons = [...document.querySelectorAll("button, a.btn")];
    const wide = buttons.filter((it) => it.checkVisibility() && runsOut(it));
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const words = wide.map((it) => it.innerText);
    return scrollWidth > clientWidth ? [...words, "the page"] : words;
}"""


async def lost_in_high_contrast(page: Page) -> list[str]:
    """Return the buttons, switches and fields without an edge in Windows' high contrast."""
    await page.emulate_media(forced_colors="active")
    found: list[str] = await page.evaluate(EDGELESS)
    await page.emulate_media(forced_colors="none")
    return [f"no edge in high contrast: {it}" for it in found]


EDGELESS = """() => {
    const bare = (it) => {
        const { outlineStyle, borderTopStyle, borderTopWidth } = getComputedStyle(it);
        return outlineStyle === "none" && (borderTopStyle === "none" || borderTopWidth === "0px");
    };
    const seen = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const edged = [".btn:not(.quiet)", ".knob", "select", "textarea",
        "input:not([type=checkbox], [type=radio], [type=file])"];
    return [...document.querySelectorAll(edged)]
        .filter((it) => seen(it) && bare(it) && bare(it.parentElement))
        .map((it) => it.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("it", True)])
async def test_axe_finds_nothing_serious_on_any_page_and_no_words_run_out(
    visits: Visits, language: str, dark: bool
) -> None:
    """Names depend on the language, contrast on the look: two walks meet every page in each."""
    found: list[str] = []

    async def check(name: str, page: Page) -> None:
        findings = await serious_violations(page) + await overflowing(page)
        findings += await lost_in_high_contrast(page)
        found.extend(f"{name}: {finding}" for finding in findings)

    await Walk(visits, check, language, dark).all_pages()
    assert not found, "\n".join(found)
