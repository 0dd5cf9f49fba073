"""A patient behind a line that is weak one way, then the other: what both people read of it.

All that is waited for stands on a page. Where the machine is late the node may say meanwhile that
it is the one to blame, or judge nothing: the sentence of the line comes once it is punctual again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from benchmarks.netlab.fixture import skip_unless_available
from benchmarks.probe.lines import CLEAN
from benchmarks.probe.stand import Stand, stand
from tests.e2e.harness.past import write_tests
from tests.e2e.harness.weak import LOSSY, NARROW, SAID_MS

POOR = re.compile("Alex may miss words you say. The weak part is from us to Alex.")
SMALL = re.compile(r"The picture will be small: Alex’s line carries 0\.\d Mbit/s up\.")
OWN_POOR = "You may miss words. The weak part is from us to you. Sitting closer to the router"
OWN_SMALL = "Your picture will be small. Sound is fine. Sitting closer to the router"

LISTEN = """() => {
    window.__said = [];
    const note = () => {
        const text = document.querySelector("[data-testid=line-note]")?.textContent;
        if (text && window.__said.at(-1) !== text) window.__said.push(text);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true,
        characterData: true, attributes: true });
    note();
}"""
"""Keeps every sentence on a line that stood in the room, however briefly."""
BLAMES_THERAPIST = re.compile("losing sound|You hear|Your picture will|You will see|own.*weak|slow")
"""What is wrong to say of her own line, which is good all the time; on a busy machine her browser
may send unevenly, which is true."""


@pytest_asyncio.fixture(loop_scope="session")
async def line(tmp_path: Path) -> AsyncIterator[Stand]:
    skip_unless_available()
    async with stand(tmp_path) as line:
        yield line


@pytest.mark.idle
async def test_a_weak_line_is_told_to_both_before_and_in_the_call(line: Stand) -> None:
    therapist = line.therapist.page
    patient_id, link = await line.therapist.add_patient("Alex M.")
    await write_tests(line.far.product.database, patient_id)
    patient = await line.opened(link)
    line.apply(LOSSY)
    await patient.go_on()
    await told_before_the_call(line, patient.page)

    await line.therapist.enter()
    await line.therapist.accept()
    await asyncio.gather(line.therapist.receives(), patient.receives())
    await therapist.evaluate(LISTEN)
    await told_in_the_call(therapist, patient.page, POOR, OWN_POOR)
    line.apply(CLEAN)
    await good_again(therapist, patient.page)
    line.apply(NARROW)
    await told_in_the_call(therapist, patient.page, SMALL, OWN_SMALL)
    line.apply(CLEAN)
    await good_again(therapist, patient.page)

    said = await therapist.evaluate("window.__said")
    assert not [text for text in said if BLAMES_THERAPIST.search(text)], said


async def told_before_the_call(line: Stand, patient: Page) -> None:
    """A check that was not good: what to do on the patient's page, the card, the waiting room."""
    own = patient.get_by_test_id("connection-line")
    await expect(own).to_contain_text(OWN_POOR, timeout=SAID_MS)
    await expect(own).to_have_attribute("data-level", "poor")
    therapist = line.therapist.page
    card = therapist.get_by_test_id("card-lines").locator("[data-level]")
    await expect(card).to_have_text("may miss words", timeout=SAID_MS)
    await expect(card).to_have_attribute("data-level", "poor")
    await has_shape(card, "▲")

    await line.therapist.open_waiting_room_from_home("Alex M.")
    other = therapist.get_by_test_id("line-other")
    await expect(other).to_contain_text(POOR, timeout=SAID_MS)
    await expect(other).to_contain_text("Worse than usual for Alex.")
    drawn = therapist.locator(".connection .lines")
    await expect(drawn.locator(".to-right").last).to_have_text("poor")  # from us to Alex
    await expect(drawn.locator(".to-left").last).to_have_text("good")


async def told_in_the_call(therapist: Page, patient: Page, text: re.Pattern[str], own: str) -> None:
    """Level, word and shape by the right name, the sentence, and the patient's own."""
    note = therapist.locator("[data-testid=line-note][data-level=poor]")
    await expect(note.filter(has_text=text)).to_have_count(1, timeout=SAID_MS)
    levels = therapist.get_by_test_id("levels").locator("[data-level]")
    alex = levels.filter(has_text="Alex")
    await expect(alex).to_contain_text("poor", timeout=SAID_MS)
    await has_shape(alex, "▲")
    await expect(levels.filter(has_text="You")).to_contain_text("good", timeout=SAID_MS)
    note = patient.locator("[data-testid=line-note][data-level=poor]")
    await expect(note.filter(has_text=own)).to_have_count(1, timeout=SAID_MS)


async def good_again(therapist: Page, patient: Page) -> None:
    """Nothing is said of a line any more, and both are good."""
    levels = therapist.get_by_test_id("levels").locator(".mark.good")
    await expect(levels).to_have_count(2, timeout=SAID_MS)
    for page in (therapist, patient):
        await expect(page.get_by_test_id("line-note")).to_have_count(0, timeout=SAID_MS)


async def has_shape(where: Locator, shape: str) -> None:
    """A level is a shape beside its word: who sees no red reads it too."""
    seen = await where.locator(".mark").evaluate("it => getComputedStyle(it, '::before').content")
    assert shape in seen
