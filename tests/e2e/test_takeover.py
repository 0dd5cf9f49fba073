"""Control is killed during a call over `visavis serve`, and its successor takes the call over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.harness.page import eventually
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits, assert_face_to_face

ALONE_S = 5.0
"""How long the call goes on without any control."""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """One for these tests, which kill it."""
    running = Product(tmp_path_factory.mktemp("takeover"))
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


def peers(room: dict[str, Any]) -> set[str]:
    return {peer["id"] for peer in room["peers"]}


async def test_call_outlives_control_and_both_pages_are_in_contact_with_the_next(
    visits: Visits, product: Product
) -> None:
    visit = await visits.in_contact()
    before = await visit.room(product)
    product.kill("serve")
    try:
        await asyncio.sleep(ALONE_S)
        await assert_face_to_face(visit)
    finally:
        product.start_process("serve")
        await product.ready()
    assert "taking over the media node" in product.log()

    async def known() -> bool:
        session = await visit.therapist.call("GET", f"/api/sessions/{before['id']}")
        here = session["patient_present"] and session["therapist_present"]
        return bool(here and session["state"] == "in_contact")

    await eventually(known, "both pages at the new control")
    await assert_face_to_face(visit)
    await expect(visit.therapist.accept_button).to_be_hidden()
    for person in (visit.therapist, visit.patient):
        await expect(person.clock).to_be_visible()
        await expect(person.page.get_by_text("reconnecting").first).to_be_hidden()
    home = await visit.therapist.page.context.new_page()
    await home.goto(product.url)
    await expect(home.get_by_text("in contact", exact=True).first).to_be_visible()
    assert peers(await visit.room(product)) == peers(before), "the media was never stopped"
