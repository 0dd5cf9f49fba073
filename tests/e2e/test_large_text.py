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
    // On a phone the headers of a table are there for screen readers alone.
    const isUnseen = (it) => it && getComputedStyle(it).clipPath === "inset(50%)";
    const hidden = (it) => it.closest(aside) || isUnseen(it.closest("thead"));
    const texts = all.filter((it) => !hidden(it) && [...it.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    const lines = (it) => {  // of its own text: what stands inside it is looked at by itself
        const range = document.createRange();
        const own = [...it.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        const rects = own.flatMap((node) => {
            range.selectNodeContents(node);
            return [...range.getClientRects()];
        });
        const left = Math.min(...rects.map((rect) => rect.left));
        const right = Math.max(...rects.map((rect) => rect.right));
        const top = Math.min(...rects.map((rect) => rect.top));
        const bottom = Math.max(...rects.map((rect) => rect.bottom));
        return { left, right, width: right - left, height: bottom - top };
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
    const widest = () => [...document.body.querySelectorAll("*")]
        .filter((it) => seen(it) && !isUnseen(it.closest("thead")))
        .filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
        .map((it) => `${it.localName}.${it.className}`).slice(-3).join(", ");
    const { scrollWidth, clientWidth } = document.scrollingElement;
    return [
        ...(scrollWidth > clientWidth + 1 ? [`${scrollWidth} px wide: ${widest()}`] : []),
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
