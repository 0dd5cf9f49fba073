"""What may be wrong with any page: axe, words that run out, edges lost in high contrast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[3] / "web/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


ROOT_SIZE = "size => { document.documentElement.style.fontSize = size; }"
WRONG = """async (size) => {
    document.documentElement.style.fontSize = size;
    document.body.getBoundingClientRect();  // asks for fonts: a fallback is wider
    await document.fonts.ready;
    const name = (it) => `${it.localName}.${it.className} "${it.innerText.slice(0, 40)}"`;
    const seen = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const all = [...document.body.querySelectorAll("*")].filter((it) => it.innerText && seen(it));
    const aside = ".only-heard, .cut, select, [aria-hidden=true], .opener-word";
    // Headers of a table on a phone, words beside icons: there for screen readers alone.
    const isUnseen = (it) => it && getComputedStyle(it).clipPath === "inset(50%)";
    const hidden = (it) => it.closest(aside) || isUnseen(it) || isUnseen(it.closest("thead"));
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
    const controls = [...document.body.querySelectorAll("a, button, input, select, textarea")]
        .filter((it) => seen(it) && !hidden(it));
    const cut = (it) => {
        const clip = it.closest(".card, .note, dialog");
        if (!clip) return false;
        const [inner, outer] = [it.getBoundingClientRect(), clip.getBoundingClientRect()];
        return inner.right > outer.right + 1 || inner.left < outer.left - 1;
    };
    const stacked = (it) => {
        const { width, height } = lines(it);
        const size = parseFloat(getComputedStyle(it).fontSize);
        const isNarrow = it.innerText.length > 6 && width < 3 * size && height > 5 * size;
        const isByLetter = it.innerText.length > 2 && width < 1.5 * size && height > 2.5 * size;
        return isNarrow || isByLetter;
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
        ...controls.filter(cut).map((it) => `cut: ${it.outerHTML.slice(0, 80)}`),
        ...texts.filter(stacked).map((it) => `stacked: ${name(it)}`),
    ];
}"""


async def wrong_at(page: Page, *sizes: tuple[int, str]) -> list[str]:
    """Return what is cut, stacked or runs out at these widths in px and sizes of text."""
    before = page.viewport_size
    assert before is not None
    found: list[str] = []
    for width, root in sizes:
        await page.set_viewport_size({"width": width, "height": 740})
        wrong = await page.evaluate(WRONG, root)
        found += [f"at {width} px, text {root}: {it}" for it in wrong]
    await page.evaluate(ROOT_SIZE, "")
    await page.set_viewport_size(before)
    return found
