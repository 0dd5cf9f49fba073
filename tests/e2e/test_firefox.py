"""A patient with Firefox meets a therapist with Chromium."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness.page import Picture, eventually
from tests.e2e.harness.visits import Visits

DRIVER = Path(__file__).parent / "harness" / "firefox.mjs"
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
NODE = shutil.which("node")


@asynccontextmanager
async def firefox(link: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Firefox that opened the link; it says on its standard output what it sees."""
    assert NODE is not None
    assert FIREFOX is not None
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        NODE, str(DRIVER), FIREFOX, link, stdin=pipe, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.communicate(), timeout=20)


async def said(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), timeout=40)
    if not line:
        assert process.stderr is not None
        raise AssertionError((await process.stderr.read()).decode())
    words: dict[str, Any] = json.loads(line)
    assert "error" not in words, words
    return words


@pytest.mark.skipif(FIREFOX is None or NODE is None, reason="needs Firefox and Node on PATH")
async def test_a_patient_with_firefox_is_seen_and_sees(visits: Visits) -> None:
    visit = await visits.arranged()
    async with firefox(visit.link) as patient:
        assert await said(patient) == {"waiting": True}
        await visit.therapist.open_waiting_room_from_home(visit.name)
        await visit.therapist.enter()
        before = await said(patient)
        assert before["framesReceived"] == 0
        await visit.therapist.accept()

        async def sees() -> Picture | None:
            look = (await said(patient))["look"]
            picture = look and Picture(tuple(look["rgb"]), look["frame"], look["flash"], 0)
            return picture if picture and picture.is_of("therapist") else None

        await eventually(sees, "the therapist's picture in Firefox", within_s=20)

        async def seen() -> bool:
            stats = await visit.therapist.stats()
            return stats.framesDecoded > 10 and stats.audioEnergy > 0

        await eventually(seen, "Firefox's picture and sound at the therapist's")
