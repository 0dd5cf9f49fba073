"""Long names on a narrow phone, and text at twice its size: nothing is cut, stacked or run out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.e2e.harness.visits import Visits
from tests.e2e.harness.walk import Walk

LONG = "Abendrothsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley"
PICTURES = os.environ.get("VISAVIS_PICTURES")  # a folder to keep what was looked at

ROOT_SIZE = "size => { document.documentElement.style.fontSize = size; }"
WRONG = """() => {
    const name = (it) => `${it.localName}.${it.className} "${it.innerText.slice(0, 40)}"`;
    const seen = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const all = [...document.body.querySelectorAll("*")].filter((it) => it.innerText && seen(it));
    const aside = ".only-heard, .cut, select, [aria-hidden=true], .opener-word";
    const hidden = (it) => it.closest(aside);
    const texts = all.filter((it) => !hidden(it) && [...it.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    const lines = (it) => {
        const range = document.createRange();
        range.selectNodeContents(it);
        return range.getBoundingClientRect();
    };
    const outside = (it) => {
        const { left, right } = lines(it);
        return right > innerWidth + 1 || left < -1;
    };
    const clipped = (it) => {
        const clip = it.closest(".card, button, .btn, .pill, .note, dialog, .side-item");
        if (!clip) return false;
        const [inner, outer] = [lines(it), clip.getBoundingClientRect()];
        return inner.right > outer.right + 1 || inner.left < outer.left - 1;
    };
    const stacked = (it) => {
        const { width, height } = lines(it);
        const size = parseFloat(getComputedStyle(it).fontSize);
        return it.innerText.length > 6 && width < 3 * size && height > 5 * size;
    };
    const { scrollWidth, clientWidth } = document.scrollingElement;
    return [
        ...(scrollWidth > clientWidth + 1 ? [`the page is ${scrollWidth} px wide`] : []),
        ...texts.filter(outside).map((it) => `outside: ${name(it)}`),
        ...texts.filter(clipped).map((it) => `clipped: ${name(it)}`),
        ...texts.filter(stacked).map((it) => `stacked: ${name(it)}`),
    ];
}"""


async def wrong_at(page: Page, width: int, root: str) -> list[str]:
    before = page.viewport_size
    await page.set_viewport_size({"width": width, "height": 740})
    await page.evaluate(ROOT_SIZE, root)
    found: list[str] = await page.evaluate(WRONG)
    await page.evaluate(ROOT_SIZE, "")
    if before:
        await page.set_viewport_size(before)
    return [f"at {width} px, text {root}: {it}" for it in found]


async def picture(name: str, page: Page, root: str, width: int) -> None:
    if PICTURES is None:
        return
    before = page.viewport_size
    await page.set_viewport_size({"width": width, "height": 740})
    await page.evaluate(ROOT_SIZE, root)
    path = Path(PICTURES) / f"{name}-{width}-{root.rstrip('%')}.png"
    await page.screenshot(path=path, animations="disabled", full_page=True)
    await page.evaluate(ROOT_SIZE, "")
    if before:
        await page.set_viewport_size(before)


@pytest.mark.parametrize(
    ("language", "patient"), [("en", LONG), ("it", "Alex M.")], ids=["long names", "large text"]
)
async def test_nothing_is_cut_stacked_or_run_out(
    visits: Visits, language: str, patient: str
) -> None:
    sizes = [("100%", 360), ("200%", 360), ("200%", 1280)]
    found: list[str] = []

    async def check(name: str, page: Page) -> None:
        for root, width in sizes:
            found.extend(f"{name} {it}" for it in await wrong_at(page, width, root))
            await picture(f"{name}-{language}", page, root, width)

    therapist = LONG if patient == LONG else ""
    patients = (patient, f"{patient}2", "Carlo F.", "Dana K.")
    await Walk(visits, check, language, therapist=therapist, patients=patients).all_pages()
    assert not found, "\n".join(found)
