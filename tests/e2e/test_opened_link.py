"""Opening a link does nothing to anybody until a person presses Continue: scanners open it too."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.e2e.harness.inspect import inspect
from tests.e2e.harness.page import eventually
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.e2e.test_bell import at_the_desk, work_on_something_else

SCAN_S = 6
"""A scanner's browser lets scripts run for a while."""


async def test_a_scanner_that_opens_the_link_is_nobodys_visit(
    visits: Visits, product: Product
) -> None:
    visit = await visits.arranged()
    desk = await at_the_desk(visit)
    await work_on_something_else(desk)
    scanner = await visits.new_patient()
    asked: list[str] = []
    scanner.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    await scanner.open(visit.link)
    await expect(scanner.page.get_by_text("Hello Alex")).to_be_visible()
    await asyncio.sleep(SCAN_S)  # nothing is to happen, so there is nothing to wait for

    api = [line.removeprefix("POST ") for line in asked if "/api/" in line]
    assert api == [f"{product.url}/api/visit/preview"]
    assert await inspect(scanner.page, "window.__probe.sockets.length") == 0
    assert await scanner.page.context.cookies() == []
    assert (await visit.therapist.call("GET", "/api/sessions"))["items"] == []
    assert await desk.rings() == 0
    await expect(desk.page).to_have_title("PATIENTS · Visavis")

    await visit.patient.open(visit.link)
    await visit.patient.go_on()
    await visit.patient.expect_waiting()  # and is not asked about another device
    await desk.has_rung(1)


async def test_a_reload_in_the_waiting_room_needs_no_second_click(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.patient.come(visit.link)
    await expect(visit.therapist.waiting_card(visit.name)).to_be_visible()
    await visit.patient.page.reload()
    await visit.patient.expect_waiting()

    async def present() -> bool:
        sessions = await visit.therapist.call("GET", "/api/sessions")
        return bool(sessions["items"][0]["patient_present"])

    await eventually(present, "the patient in the waiting room")


async def test_one_page_and_one_click_lead_into_the_waiting_room(visits: Visits) -> None:
    visit = await visits.arranged()
    await visit.patient.open(visit.link)
    page = visit.patient.page
    await expect(page.get_by_text("You are about to meet Dr. Rossi.")).to_be_visible()
    await visit.patient.go_on()
    await visit.patient.expect_waiting()
    clicks = await inspect(page, "window.__probe.clicks.map(({ text }) => text)")
    assert clicks == ["Continue"]
