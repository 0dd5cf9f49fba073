"""Coming back: reloads, lost networks, other tabs and devices, and servers that restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Playwright, expect

from tests.e2e.harness import network
from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.page import Stats
from tests.e2e.harness.people import Patient
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits, assert_face_to_face
from tests.support.media import MediaFiles


async def test_the_patient_reloads_and_is_back_without_a_second_accept(visits: Visits) -> None:
    visit = await visits.in_contact()
    await visit.patient.page.reload()
    await expect(visit.therapist.accept_button).to_be_hidden()
    await assert_face_to_face(visit)


async def test_the_therapist_reloads_and_is_back_without_a_second_accept(visits: Visits) -> None:
    visit = await visits.in_contact()
    await visit.therapist.page.reload()
    await expect(visit.therapist.accept_button).to_be_hidden()
    await assert_face_to_face(visit)


async def test_the_same_browser_again_replaces_its_old_tab_at_once(visits: Visits) -> None:
    visit = await visits.in_contact()
    again = Patient(await visit.patient.page.context.new_page())
    await again.open(visit.link)
    await again.go_on()
    await visit.patient.expect_moved()
    await again.sees("therapist")
    await again.hears("therapist")
    await visit.therapist.sees("patient")


async def test_another_device_takes_over_only_on_its_click(visits: Visits) -> None:
    visit = await visits.in_contact()
    other = await visits.new_patient()
    await other.open(visit.link)
    await other.go_on()
    await other.expect_asked_to_continue()
    await asyncio.sleep(1)
    await visit.patient.sees("therapist")
    assert (await other.stats()).framesReceived == 0
    await other.continue_here()
    await visit.patient.expect_moved()
    await other.sees("therapist")
    await other.hears("therapist")


@pytest_asyncio.fixture(loop_scope="session")
async def path(product: Product) -> AsyncIterator[network.Path]:
    if not network.can_make_namespaces():
        pytest.skip("cutting one browser's path needs root and `ip`")
    made = network.Path()
    try:
        await made.open(product.port)
        yield made
    finally:
        await made.close()


async def test_ten_seconds_without_a_network_need_no_second_accept(
    visits: Visits,
    path: network.Path,
    playwright: Playwright,
    media: dict[str, MediaFiles],
    tmp_path: Path,
) -> None:
    browser = await launch(playwright, media["patient"], namespace=path.name, scratch=tmp_path)
    visit = await visits.in_contact(browser)
    path.cut()
    await expect(visit.therapist.page.get_by_text("is reconnecting").first).to_be_visible()
    await expect(visit.patient.page.get_by_text("reconnecting you").first).to_be_visible()
    await asyncio.sleep(8)
    assert await visit.patient.look("remote") is not None, "the last picture stays, dimmed"
    path.mend()
    await assert_face_to_face(visit)
    await expect(visit.therapist.accept_button).to_be_hidden()
    await expect(visit.therapist.page.get_by_text("is reconnecting")).to_be_hidden()
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def split(tmp_path: Path) -> AsyncIterator[Product]:
    """Control and a node as two processes, so that one can die."""
    running = Product(tmp_path / "split", split=True)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest.mark.idle
async def test_control_dies_and_restarts_in_a_call_without_a_media_gap(
    split: Product, browsers: Browsers
) -> None:
    visits = Visits(split, browsers)
    visit = await visits.in_contact()
    for side in (visit.patient, visit.therapist):
        await side.record(every_ms=100)
    split.kill("control")
    await asyncio.sleep(2)
    split.start_process("control")
    await split.ready()
    await asyncio.sleep(4)
    for side in (visit.patient, visit.therapist):
        rows = await side.recorded()
        assert rows[-1].at - rows[0].at > 6000
        assert longest_gap_ms(rows, "framesReceived") < 1000
        assert longest_gap_ms(rows, "audioPackets") < 1000
    await expect(visit.therapist.accept_button).to_be_hidden()
    await assert_face_to_face(visit)
    await visit.therapist.end()
    await visit.patient.expect_ended()
    await visits.close()


def longest_gap_ms(rows: list[Stats], counter: str) -> float:
    """Return the longest time in which a counter did not rise, in milliseconds."""
    rises = [
        after.at
        for before, after in pairwise(rows)
        if getattr(after, counter) > getattr(before, counter)
    ]
    edges = [rows[0].at, *rises, rows[-1].at]
    return max(later - earlier for earlier, later in pairwise(edges))
