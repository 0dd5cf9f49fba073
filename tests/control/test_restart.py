"""Control or the node goes away and comes back; running calls go on."""

from __future__ import annotations

from sfu.messages import PeerClosed, PeerClosedReason, Role, RoomClosed
from tests.control.call import Call
from tests.control.stage import Stage


async def test_call_goes_on_over_a_restart_of_control(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.restart()
    assert call.room.gate_open
    after = await call.read()
    assert (after["state"], after["patient_present"]) == ("in_contact", True)
    assert after["patient_proof"]["connected"]
    waiting = await call.visiting.arrive()
    assert waiting.seen[0]["visit"]["state"] == "in_contact"
    await call.therapist.post(f"{call.path}/end")
    await waiting.visit("ended")


async def test_waiting_patient_keeps_the_place_over_a_restart(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    await visiting.arrive()
    before = (await therapist.get("/api/sessions"))["items"][0]
    await stage.restart()
    await stage.tick(5)
    await visiting.arrive()
    await stage.tick(60)
    after = (await therapist.get("/api/sessions"))["items"][0]
    assert after["patient_present"]
    assert after["waiting_since"] == before["waiting_since"]


async def test_patient_who_never_comes_back_after_a_restart_is_absent(stage: Stage) -> None:
    therapist = await stage.therapist()
    await (await stage.visit(therapist)).arrive()
    await stage.restart()
    await stage.tick(11)
    after = (await therapist.get("/api/sessions"))["items"][0]
    assert (after["patient_present"], after["waiting_since"]) == (False, None)


async def test_restarted_node_gets_its_rooms_gates_and_clocks_back(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.media.tick(call.id, wall_s=30, connected_s=28)
    stage.clock.advance(4)
    stage.media.lose_everything()
    await stage.control.nodes.handle_hello(stage.media.hello("boot2"))
    assert call.room.gate_open
    assert call.room.clock is not None
    assert (call.room.clock.wall_s, call.room.clock.connected_s) == (34, 28)
    assert call.room.clock.lost.server == 4
    lost = await call.home.session(lambda one: one["patient_reconnecting"])
    assert lost["state"] == "in_contact"
    await call.visiting.page.offer("/api/visit/offer")
    await stage.media.connect(call.id, Role.PATIENT)
    await call.home.session(lambda one: not one["patient_reconnecting"])


async def test_node_that_was_away_at_the_end_closes_the_room_when_it_is_back(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.is_away = True
    ended = await call.therapist.post(f"{call.path}/end")
    assert ended["state"] == "ended"
    stage.media.is_away = False
    await stage.tick()
    assert stage.media.room(call.id) is None


async def test_gate_that_could_not_be_closed_is_closed_when_the_node_answers(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.is_away = True
    assert (await call.therapist.post(f"{call.path}/hold"))["state"] == "held"
    assert call.room.gate_open
    stage.media.is_away = False
    await stage.tick()
    assert not call.room.gate_open


async def test_accept_changes_nothing_when_the_node_does_not_answer(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/hold")
    stage.media.is_away = True
    error = await call.therapist.post(f"{call.path}/accept", expect=503)
    assert error["code"] == "media_away"
    assert (await call.read())["state"] == "held"


async def test_room_of_no_open_session_is_closed_when_the_node_is_met(stage: Stage) -> None:
    call = await Call.begin(stage)
    stray = call.room.model_copy(update={"id": "stray"})
    stage.media.put_room(stray)
    await stage.control.nodes.handle_hello(stage.media.hello(resumed=True))
    assert stage.media.room("stray") is None
    assert call.room.gate_open


async def test_room_that_the_node_closed_by_itself_is_made_again(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.lose_everything()
    await stage.media.tell(RoomClosed(room=call.id))
    assert call.room.gate_open


async def test_event_told_twice_changes_nothing(stage: Stage) -> None:
    call = await Call.begin(stage)
    peer = stage.media.peer(call.id, Role.PATIENT)
    assert peer is not None
    closed = PeerClosed(room=call.id, peer=peer.id, reason=PeerClosedReason.LEFT)
    for _ in range(2):
        await stage.media.tell(closed)
    assert (await call.read())["patient_proof"] is None
    await stage.media.tell(closed.model_copy(update={"room": "unknown"}))


async def test_clock_is_kept_and_read_a_last_time_at_the_end(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.media.tick(call.id, wall_s=5, connected_s=5)
    assert (await call.read())["wall_s"] == 5
    state = call.room
    assert state.clock is not None
    clock = state.clock.model_copy(update={"wall_s": 9.5, "connected_s": 8.5})
    stage.media.put_room(state.model_copy(update={"clock": clock}))
    await call.therapist.post(f"{call.path}/end")
    after = await call.read()
    assert (after["wall_s"], after["connected_s"]) == (9.5, 8.5)
