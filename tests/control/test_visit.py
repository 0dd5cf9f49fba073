"""A whole visit over HTTP and WebSocket, against a fake node."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime

import pytest
from sqlalchemy import select, update

from control.presence.model import GRACE, lobby_group
from control.sessions.store import sessions
from sfu.messages import MediaProof, Role
from tests.control.call import Call
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


@pytest.mark.idle
async def test_arrival_reaches_the_therapists_page_within_300_ms(stage: Stage) -> None:
    """The fastest of five counts: what the machine does beside must not decide."""
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    seconds = []
    for number in range(5):
        visiting = await stage.visit(therapist, f"Patient {number}")
        began = time.monotonic()
        arriving = asyncio.create_task(visiting.arrive())
        await home.session(lambda one: one["patient_id"] == visiting.patient_id)  # noqa: B023 (awaited here)
        seconds.append(time.monotonic() - began)
        await arriving
    assert min(seconds) < 0.3


async def test_brief_loss_of_the_socket_does_not_flicker(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    first = await visiting.arrive()
    before = (await therapist.get("/api/sessions"))["items"][0]
    home = await therapist.live("/api/live")
    await first.ws.close()
    await stage.tick(2.9)
    await visiting.open()
    await visiting.arrive()
    await stage.tick(10)
    after = (await therapist.get("/api/sessions"))["items"][0]
    assert after == before
    shown = [one["patient_present"] for message in home.seen for one in message["sessions"]]
    assert all(shown)


async def test_patient_who_closes_the_page_is_absent_after_three_seconds(stage: Stage) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    waiting = await (await stage.visit(therapist)).arrive()
    session = await home.session(lambda one: one["patient_present"])
    await waiting.ws.close()
    await stage.tick(3.1)
    gone = await home.session(lambda one: not one["patient_present"])
    assert (gone["id"], gone["waiting_since"]) == (session["id"], None)


async def test_therapist_may_enter_before_the_patient_comes(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    body = {"patient_id": patient["id"]}
    session = await therapist.post("/api/sessions", body, 201)
    assert (await therapist.post("/api/sessions", body, 200))["id"] == session["id"]
    path = f"/api/sessions/{session['id']}"
    assert (await therapist.post(f"{path}/accept", expect=409))["code"] == "not_entered"
    await therapist.post(f"{path}/enter")
    assert (await therapist.post(f"{path}/accept", expect=409))["code"] == "patient_absent"
    link = await therapist.get(f"/api/patients/{patient['id']}/invitation")
    page = stage.page()
    await page.post("/api/visit", {"token": link["url"].partition("#")[2]})
    await page.live("/api/visit/live")
    await therapist.post(f"{path}/accept")


async def test_reload_in_contact_keeps_the_gate_open(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.waiting.ws.close()
    await stage.media.lose(call.id, Role.PATIENT)
    lost = await call.home.session(lambda one: one["patient_reconnecting"])
    assert (lost["state"], lost["gate_open"]) == ("in_contact", True)
    await stage.tick(119)
    await call.visiting.arrive()
    await call.visiting.page.offer("/api/visit/offer")
    await stage.media.connect(call.id, Role.PATIENT)
    back = await call.home.session(lambda one: not one["patient_reconnecting"])
    assert back["state"] == "in_contact"
    assert call.room.gate_open


async def test_gate_closes_when_somebody_is_gone_for_more_than_two_minutes(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.waiting.ws.close()
    await stage.media.lose(call.id, Role.PATIENT)
    await call.home.session(lambda one: one["patient_reconnecting"])
    await stage.tick(121)
    held = await call.home.session(lambda one: one["state"] == "held")
    assert not held["gate_open"]
    assert not call.room.gate_open


async def test_live_media_alone_keeps_the_gate_open_while_control_is_unreachable(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    await call.waiting.ws.close()
    await call.home.ws.close()
    await stage.tick(600)
    assert call.room.gate_open
    assert (await call.read())["state"] == "in_contact"


async def test_hold_sends_back_and_a_second_accept_lets_in_again(stage: Stage) -> None:
    call = await Call.begin(stage)
    held = await call.therapist.post(f"{call.path}/hold")
    assert (held["state"], call.room.gate_open) == ("held", False)
    await call.waiting.visit("waiting")
    again = await call.therapist.post(f"{call.path}/accept")
    assert again["contact_at"] == held["contact_at"]
    await call.waiting.visit("in_contact")
    assert call.room.gate_open


async def test_link_opened_again_after_the_end_starts_a_new_session(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/end")
    assert (await call.visiting.page.get("/api/visit"))["state"] == "ended"
    await call.visiting.page.offer("/api/visit/offer", expect=409)
    stage.clock.advance(1)
    assert (await call.visiting.open())["state"] == "waiting"
    await call.visiting.arrive()
    mine = f"/api/sessions?patient={call.visiting.patient_id}"
    newest, oldest = (await call.therapist.get(mine))["items"]
    assert (newest["state"], oldest["state"]) == ("open", "ended")
    assert newest["id"] != call.id


async def test_page_that_stays_after_the_end_is_not_present_in_the_next_session(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/end")
    body = {"patient_id": call.visiting.patient_id}
    session = await call.therapist.post("/api/sessions", body, 201)
    await stage.tick(5)
    assert not (await call.therapist.get(f"/api/sessions/{session['id']}"))["patient_present"]


async def test_patient_who_leaves_is_gone_at_once_and_needs_a_new_accept(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.visiting.page.post("/api/visit/leave", expect=204)
    left = await call.read()
    assert (left["state"], left["patient_present"]) == ("held", False)
    assert not call.room.gate_open
    assert stage.media.peer(call.id, Role.PATIENT) is None
    assert (await call.visiting.page.get("/api/visit"))["state"] == "ended"
    assert (await call.visiting.open())["state"] == "waiting"


async def test_proofs_of_the_node_reach_the_therapist_at_most_once_a_second(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.tick()
    for level in range(5):
        await stage.media.report(call.id, Role.PATIENT, MediaProof(level_dbfs=-20.0 - level))
    await stage.tick()
    shown = await call.home.session(lambda one: one["patient_proof"]["level_dbfs"] is not None)
    assert shown["patient_proof"]["level_dbfs"] == -24.0


async def test_nobody_came_is_a_no_show_and_nobody_entered_is_cancelled(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    outcomes = []
    for moves in (("enter", "end"), ("end",)):
        session = await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
        for move in moves:
            answer = await therapist.post(f"/api/sessions/{session['id']}/{move}")
        outcomes.append(answer["outcome"])
    assert outcomes == ["no_show", "cancelled"]


async def test_session_that_everybody_forgot_ends_by_itself(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
    await stage.tick(599)
    assert await states(stage) == ["open"]
    await stage.tick(1)
    assert await states(stage) == ["ended"]


async def states(stage: Stage) -> list[str]:
    """Read the tables, since the therapist's login has idled out."""
    async with stage.control.database.read() as tx:
        rows = await tx.execute(select(sessions.c.ended_at))
        return ["open" if row.ended_at is None else "ended" for row in rows]


async def test_malformed_offer_is_refused_in_words(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    for sdp in ("", "hello", "v=0\r\nm=nonsense"):
        error = await visiting.page.offer("/api/visit/offer", sdp, expect=400)
        assert error["code"] == "bad_sdp"


async def test_participants_told_to_the_node_are_opaque(stage: Stage) -> None:
    call = await Call.begin(stage)
    me = await call.therapist.get("/api/me")
    assert len(set(stage.media.participants)) == 2
    for participant in stage.media.participants:
        assert participant not in (me["id"], call.visiting.patient_id)


async def test_session_that_ended_behind_our_back_does_not_stop_the_watch(stage: Stage) -> None:
    """Another control ended it: its lobby is dropped here, and the others are still looked at."""
    call = await Call.begin(stage)
    async with stage.control.database.write() as tx:
        values = {"ended_at": stage.clock.now, "gate_open": False}
        await tx.execute(update(sessions).where(sessions.c.id == call.id).values(values))
    other = await stage.visit(call.therapist, "Bruna T.")
    socket = await other.arrive()
    await call.waiting.ws.close()
    await stage.media.lose(call.id, Role.PATIENT)
    await socket.ws.close()
    pages = stage.control.pages
    while any(pages.has(lobby_group(one.session_id)) for one in stage.control.lobbies):  # noqa: ASYNC110
        await asyncio.sleep(0)  # until the server has seen both sockets close
    await stage.tick(GRACE.total_seconds() + 1)
    (session,) = (await call.therapist.get(f"/api/sessions?patient={other.patient_id}"))["items"]
    assert session["waiting_since"] is None
    assert [lobby.session_id for lobby in stage.control.lobbies] == [session["id"]]


async def test_patient_is_told_when_the_therapist_is_in_the_room_and_when_not(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    visiting = await stage.visit(therapist)
    waiting = await visiting.arrive()
    session = await home.session(lambda one: one["patient_present"])
    assert not (await visiting.page.get("/api/visit"))["therapist_in_room"]
    await therapist.post(f"/api/sessions/{session['id']}/enter")
    await waiting.until(lambda message: message["visit"]["therapist_in_room"])
    await home.ws.close()
    while stage.control.pages.names("login:"):  # noqa: ASYNC110 (one line)
        await asyncio.sleep(0)
    await stage.tick(3.1)
    await stage.tick(3.1)
    await waiting.until(lambda message: not message["visit"]["therapist_in_room"])


async def test_therapists_media_is_told_to_her_pages(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.media.lose(call.id, Role.THERAPIST)
    lost = await call.home.session(lambda one: not (one["therapist_proof"] or {})["connected"])
    assert lost["state"] == "in_contact"


async def test_a_patient_who_waited_in_vain_and_left_had_no_contact(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    came_at = stage.clock()
    live = await visiting.arrive()
    await stage.tick()
    await live.ws.close()
    await stage.tick(300)
    session = (await therapist.get("/api/sessions"))["items"][0]
    answer = await therapist.post(f"/api/sessions/{session['id']}/end")
    assert (answer["outcome"], answer["waiting_since"]) == ("no_contact", None)
    assert datetime.fromisoformat(answer["came_at"]) == came_at
