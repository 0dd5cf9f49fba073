"""A whole visit over HTTP and WebSocket, against a fake node."""

from __future__ import annotations

import asyncio
import time

from tests.control.stage import Stage


async def test_patient_arrives_is_accepted_and_both_see_the_end(stage: Stage) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    assert (await home.next())["sessions"] == []
    visiting = await stage.visit(therapist)

    waiting = await visiting.arrive()
    session = await home.session(lambda one: one["patient_present"])
    assert (session["patient_name"], session["state"]) == ("Alex M.", "open")
    assert session["waiting_since"] is not None
    path = f"/api/sessions/{session['id']}"

    await visiting.page.offer("/api/visit/offer")
    await therapist.offer(f"{path}/offer")
    assert (await therapist.post(f"{path}/enter"))["therapist_entered"]
    accepted = await therapist.post(f"{path}/accept")
    assert (accepted["state"], accepted["gate_open"]) == ("in_contact", True)
    room = stage.media.room(session["id"])
    assert room is not None
    assert room.gate_open
    await waiting.visit("in_contact")

    stage.clock.advance(60)
    ended = await therapist.post(f"{path}/end")
    assert (ended["state"], ended["outcome"]) == ("ended", "attended")
    await waiting.visit("ended")
    assert (await home.until(lambda m: m["type"] == "session"))["session"]["state"] == "ended"
    assert stage.media.room(session["id"]) is None


async def test_arrival_reaches_the_therapists_page_within_300_ms(stage: Stage) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    visiting = await stage.visit(therapist)
    began = time.monotonic()
    arriving = asyncio.create_task(visiting.arrive())
    await home.session(lambda one: one["patient_present"])
    assert time.monotonic() - began < 0.3
    await arriving
