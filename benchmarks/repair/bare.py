"""A browser's peer connection without our page, joined to a node of this process."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page

from sfu.io.node import RunningNode
from sfu.messages import Role

SCRIPT = Path(__file__).with_name("bare.js").read_text()


async def join(browser: Browser, node: RunningNode, room: str, role: Role) -> Page:
    """Connect an empty page; returns it with `window.__bare`, see `bare.js`."""
    page = await browser.new_page()
    await page.evaluate(SCRIPT)
    offer = await page.evaluate("window.__bare.offer()")
    _, answer = node.worker.join(room, role.value, role, offer)
    await page.evaluate("sdp => window.__bare.accept(sdp)", answer)
    return page
