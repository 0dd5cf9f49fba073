"""A patient who uses Firefox, driven by `firefox.mjs`: Playwright drives no stock Firefox."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.e2e.harness.page import Picture, eventually

DRIVER = Path(__file__).with_name("firefox.mjs")
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
NODE = shutil.which("node")
LINE_BYTES = 1 << 20
"""The longest line, with what was recorded in a second."""
MISSING = FIREFOX is None or NODE is None


class FirefoxPatient:
    """What a Firefox says that opened a link and went in: one line a second."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def said(self) -> dict[str, Any]:
        """Return the next line; the first is `{"waiting": true}`."""
        process = self._process
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), timeout=40)
        if not line:
            assert process.stderr is not None
            raise AssertionError((await process.stderr.read()).decode())
        words: dict[str, Any] = json.loads(line)
        assert "error" not in words, words
        return words

    async def sees_therapist(self, within_s: float = 20) -> None:
        async def sees() -> Picture | None:
            look = (await self.said())["look"]
            picture = look and Picture(tuple(look["rgb"]), look["frame"], look["flash"], 0)
            return picture if picture and picture.is_of("therapist") else None

        await eventually(sees, "the therapist's picture in Firefox", within_s=within_s)


@asynccontextmanager
async def firefox(
    link: str, *, namespace: str | None = None, script: str = ""
) -> AsyncIterator[FirefoxPatient]:
    """Start one with a fresh profile, inside a network namespace where one is named.

    A script runs before the page's own.
    """
    assert NODE is not None
    assert FIREFOX is not None
    inside = () if namespace is None else ("ip", "netns", "exec", namespace)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(*inside, NODE, str(DRIVER), FIREFOX, link, script),
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        limit=LINE_BYTES,
    )
    try:
        yield FirefoxPatient(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.communicate(), timeout=20)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
