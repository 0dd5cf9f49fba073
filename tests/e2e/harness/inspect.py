"""Read a page without a user gesture, so that looking never unlocks what a person has to unlock.

Playwright's `evaluate`, and every `expect` of a locator, runs with `userGesture: true`; Chromium
then lets the page play sound although nobody has pressed anything.
"""

from __future__ import annotations

import json
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, Page

_sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


class PageError(Exception):
    """The page threw, or went away while it was read."""


async def inspect(page: Page, script: str, *arguments: object) -> Any:
    """Evaluate an expression, or call a function with arguments, and wait for what it promises.

    Raises:
        PageError: The script threw; the text is the page's.
    """
    if page not in _sessions:
        _sessions[page] = await page.context.new_cdp_session(page)
    called = f"({script})({','.join(map(json.dumps, arguments))})" if arguments else script
    answer = await _sessions[page].send(
        "Runtime.evaluate",
        {
            "expression": called,
            "awaitPromise": True,
            "returnByValue": True,
            "userGesture": False,
        },
    )
    if thrown := answer.get("exceptionDetails"):
        raise PageError(thrown.get("exception", {}).get("description") or thrown["text"])
    return answer["result"].get("value")
