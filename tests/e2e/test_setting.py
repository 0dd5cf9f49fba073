"""What the patient sees is what the therapist set, at once and also during the call."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import Patient
from tests.e2e.harness.visits import Visits


async def test_self_view_and_clock_take_effect_during_the_call(visits: Visits) -> None:
    visit = await visits.in_contact()
    patient, therapist = visit.patient, visit.therapist
    await therapist.page.get_by_test_id("room-menu").click()
    own_picture = therapist.page.get_by_test_id("setting-self-view")
    time_elapsed = therapist.page.get_by_test_id("setting-clock")

    for _ in range(2):  # there and back, wherever the defaults lie
        shown = await own_picture.is_checked()
        await own_picture.click()
        await expect_own_picture(patient, shown=not shown)
        shown = await time_elapsed.is_checked()
        await time_elapsed.click()
        await expect(patient.clock).to_be_visible(visible=not shown)
    await patient.sees("therapist")


async def test_a_hidden_clock_is_not_even_sent(visits: Visits) -> None:
    visit = await visits.arranged()
    setting = {"self_view": True, "clock": False}
    await visit.therapist.call("PUT", f"/api/patients/{visit.patient_id}/setting", setting)
    await visit.patient.page.add_init_script(KEEP_NODE_MESSAGES)
    await visits.meet(visit)
    await asyncio.sleep(2)
    kept = await visit.patient.inspect("window.__kept")
    assert any('"gate"' in text for text in kept), "the channel was watched"
    assert not any('"clock"' in text for text in kept)


async def expect_own_picture(patient: Patient, *, shown: bool) -> None:
    async def as_set() -> bool:
        return (await patient.look("local") is not None) == shown

    await eventually(as_set, f"own picture shown: {shown}")


KEEP_NODE_MESSAGES = """
    const kept = (window.top.__kept ??= []);  // of the page, wherever in it the connection is
    const create = RTCPeerConnection.prototype.createDataChannel;
    RTCPeerConnection.prototype.createDataChannel = function (...args) {
        const channel = create.apply(this, args);
        channel.addEventListener("message", ({ data }) => kept.push(String(data)));
        return channel;
    };
"""
