"""A network that lets no media out: both pages say so, and draw no connection in the making."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.e2e.harness.browser import lets_out_only
from tests.e2e.harness.visits import Visits

BLOCKED_MS = 60_000
"""A page says so 20 s after its first answer; on a busy machine later."""


async def test_a_blocked_network_is_said_and_drawn_on_both_sides(visits: Visits) -> None:
    visit = await visits.arranged()
    therapist, patient = visit.therapist.page, visit.patient.page
    for page in (therapist, patient):
        await lets_out_only("udp", page)  # by TURN, and there is none
    await asyncio.gather(therapist.reload(), visit.patient.come(visit.link))
    await visit.therapist.open_waiting_room_from_home(visit.name)
    lanes = therapist.locator(".connection .lines")
    await expect(lanes.get_by_text("connecting")).to_have_count(2)

    await expect(therapist.get_by_test_id("line-own")).to_contain_text(
        "This network blocks video calls.", timeout=BLOCKED_MS
    )
    other = therapist.get_by_test_id("line-other")
    await expect(other).to_contain_text(
        "The network there may block video calls.", timeout=BLOCKED_MS
    )
    await expect(other).to_have_attribute("data-level", "poor")
    await expect(lanes.get_by_text("nothing gets through")).to_have_count(2)
    await expect(lanes.get_by_text("connecting")).to_have_count(0)
    await expect(therapist.get_by_test_id("server-hears")).to_contain_text("Nothing gets through")

    line = patient.get_by_test_id("connection-line")
    await expect(line).to_contain_text("This network blocks video calls. Try another network.")
    await expect(line).to_have_attribute("data-level", "poor")
    await expect(patient.get_by_test_id("patient-waiting")).not_to_contain_text("Connecting")

    await therapist.get_by_test_id("minimise").click()
    card = therapist.get_by_test_id("waiting-card")
    await expect(card).to_contain_text("nothing gets through")
    await expect(card).not_to_contain_text("connecting")
