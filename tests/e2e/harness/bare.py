"""A browser's peer connection without our page, joined to a node by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from playwright.async_api import Browser, Page

SCRIPT = Path(__file__).with_name("bare.js").read_text()


class Join(Protocol):
    """Gives the node an offer; returns its answer."""

    async def __call__(self, offer: str) -> str: ...


async def join(browser: Browser, answered: Join, *, sends: bool) -> Page:
    """Connect an empty page; returns it with `window.__bare`, see `bare.js`."""
    page = await browser.new_page()
    await page.evaluate(SCRIPT)
    offer = await page.evaluate("sends => window.__bare.offer(sends)", sends)
    await page.evaluate("sdp => window.__bare.accept(sdp)", await answered(offer))
    return page
