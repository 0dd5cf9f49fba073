"""What holds when something fails, comes late, or happens twice between two steps."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from control.auth.ports import Trusted
from control.errors import Conflict, ControlError, Unavailable
from control.presence.model import GRACE
from sfu.messages import Role, RoomCommand, RoomState
from tests.control.call import Call
from tests.control.faults import AWAY, Slow, fails, no_database, replaced
from tests.control.stage import Stage, make_control


async def settled(stage: Stage) -> None:
    for _ in range(5):
        await stage.tick(1)


# -- closing never waits for a database --------------------------------------------------------


@pytest.mark.parametrize("away", [("write",), ("write", "read")])
async def test_send_back_closes_the_gate_while_the_database_is_away(
    stage: Stage, away: tuple[str, ...]
) -> None:
    call = await Call.begin(stage)
    with no_database(stage, *away):
        error = await call.therapist.post(f"{call.path}/hold", expect=503)
        assert error["code"] == "closed_unsaved"
        assert not call.room.gate_open
        lobby = stage.control.lobbies.get(call.id)
        assert lobby is not None
        assert not lobby.gate_open
    await stage.tick()
    after = await call.read()
    assert (after["state"], after["sent_back_at"] is not None) == ("held", True)
    assert not call.room.gate_open


@pytest.mark.parametrize("away", [("write",), ("write", "read")])
async def test_end_closes_the_room_while_the_database_is_away(
    stage: Stage, away: tuple[str, ...]
) -> None:
    call = await Call.begin(stage)
    with no_database(stage, *away):
        await call.therapist.post(f"{call.path}/end", expect=503)
        assert stage.media.room(call.id) is None
    await stage.tick()
    assert (await call.read())["state"] == "ended"
    assert stage.media.room(call.id) is None


async def test_closing_under_way_is_not_done_twice_by_the_retry(stage: Stage) -> None:
    call = await Call.begin(stage)
    slow = Slow(stage.media.close_room)
    with replaced(stage.media, "close_room", slow):
        ending = asyncio.create_task(call.therapist.post(f"{call.path}/end"))
        await slow.entered.wait()
        retrying = asyncio.create_task(stage.control.sessions.retry(now=stage.clock()))
        for _ in range(10):
            await asyncio.sleep(0)
        slow.go.set()
        assert (await ending)["state"] == "ended"
        await retrying
    assert [name for name, _ in stage.media.calls].count("close_room") == 1


async def test_absence_closes_the_gate_while_the_database_is_away(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.waiting.ws.close()
    await stage.media.lose(call.id, Role.PATIENT)
    stage.clock.advance(GRACE.total_seconds() + 1)
    with no_database(stage, "write"):
        with contextlib.suppress(ControlError):
            await stage.control.refresh()
        assert not call.room.gate_open
    await stage.tick()
    assert (await call.read())["state"] == "held"


async def test_absence_of_one_is_noticed_though_that_of_another_cannot_be_written(
    stage: Stage,
) -> None:
    """Two calls of two therapists, both abandoned while the database is away."""
    calls = []
    for email in ("rossi@example.org", "bianchi@example.org"):
        therapist = await stage.therapist(email)
        visiting = await stage.visit(therapist)
        waiting = await visiting.arrive()
        (session,) = (await therapist.get("/api/sessions"))["items"]
        await visiting.page.offer("/api/visit/offer")
        await therapist.post(f"/api/sessions/{session['id']}/enter")
        await therapist.post(f"/api/sessions/{session['id']}/accept")
        await waiting.ws.close()
        calls.append(session["id"])
    stage.clock.advance(GRACE.total_seconds() + 1)
    with no_database(stage, "write"):
        for _ in range(2):  # a socket's end may still be on its way
            stage.clock.advance(GRACE.total_seconds() + 1)
            with contextlib.suppress(Unavailable):
                await stage.control.refresh()
        rooms = [stage.media.room(session_id) for session_id in calls]
        assert [room is not None and room.gate_open for room in rooms] == [False, False]


async def test_gate_closed_before_control_died_stays_closed(stage: Stage) -> None:
    """What could not be written dies with control; the node's closed gate is the later word."""
    call = await Call.begin(stage)
    with no_database(stage, "write"):
        await call.therapist.post(f"{call.path}/hold", expect=503)
    await stage.restart()
    await stage.tick()
    assert not call.room.gate_open
    assert (await call.read())["state"] == "held"


async def test_nothing_is_opened_that_cannot_be_written(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/hold")
    with no_database(stage, "write"):
        await call.therapist.post(f"{call.path}/accept", expect=503)
    assert not call.room.gate_open
    await settled(stage)
    assert not call.room.gate_open
    assert (await call.read())["state"] == "held"


async def test_stranger_closes_nothing(stage: Stage) -> None:
    call = await Call.begin(stage)
    stranger = await stage.therapist("bianchi@example.org", "Dr. Bianchi")
    for verb in ("hold", "end"):
        await stranger.post(f"{call.path}/{verb}", expect=404)
        await stage.page().post(f"{call.path}/{verb}", expect=401)
    assert call.room.gate_open


# -- work outside the transaction --------------------------------------------------------------


async def test_end_closes_the_room_though_telling_fails(stage: Stage) -> None:
    call = await Call.begin(stage)
    with replaced(stage.control.feed, "ended", fails):
        await call.therapist.post(f"{call.path}/end", expect=503)
    assert stage.media.room(call.id) is None
    await call.therapist.post(f"{call.path}/end", expect=409)
    assert (await call.read())["state"] == "ended"


async def test_push_that_failed_is_made_up_for(stage: Stage) -> None:
    call = await Call.begin(stage)
    with no_database(stage, "read"), contextlib.suppress(ControlError):
        await stage.control.sessions.hold_absent(call.id, now=stage.clock())
    await stage.tick()
    await call.waiting.visit("waiting")
    await call.home.session(lambda one: one["state"] == "held")


async def test_revoked_link_ends_the_visit_though_control_dies_between(stage: Stage) -> None:
    call = await Call.begin(stage)
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    with replaced(stage.control.visits, "cut", fails):
        await call.therapist.call("DELETE", path, expect=503)
    await stage.restart()
    await call.visiting.page.get("/api/visit", 401)
    assert stage.media.peer(call.id, Role.PATIENT) is None
    assert not call.room.gate_open


async def test_revoking_again_cuts_what_the_first_try_could_not(stage: Stage) -> None:
    call = await Call.begin(stage)
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    with replaced(stage.control.visits, "_remove", fails):
        await call.therapist.call("DELETE", path, expect=503)
    assert call.room.gate_open
    await call.therapist.call("DELETE", path, expect=204)
    assert stage.media.peer(call.id, Role.PATIENT) is None
    assert not call.room.gate_open


async def test_both_pages_are_told_of_a_revoked_link(stage: Stage) -> None:
    call = await Call.begin(stage)
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    await call.therapist.call("DELETE", path, expect=204)
    await call.waiting.until(lambda message: message["type"] == "revoked")
    assert await call.waiting.close_code() == 4003
    told = await call.home.session(lambda one: one["link_state"] == "revoked")
    assert (told["state"], told["patient_present"]) == ("held", False)


async def test_two_controls_do_not_undo_an_end(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/hold")
    other = make_control(stage.config, stage.media, stage.clock)
    me = Trusted((await call.therapist.get("/api/me"))["id"])
    slow = Slow(stage.media.ensure_room)
    with replaced(stage.media, "ensure_room", slow):
        accept = asyncio.create_task(stage.control.sessions.accept(me, call.id, now=stage.clock()))
        await slow.entered.wait()
        ended = await other.sessions.end(me, call.id, now=stage.clock())
        assert ended.state == "ended"
        slow.go.set()
        with pytest.raises(Conflict):
            await accept
    await other.close()
    await settled(stage)
    assert (await call.read())["state"] == "ended"
    assert stage.media.room(call.id) is None


async def test_unknown_and_ended_sessions_leave_nothing_behind(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/end")
    for verb in ("enter", "accept", "hold", "end"):
        for n in range(20):
            await call.therapist.post(f"/api/sessions/nope{n}/{verb}", expect=404)
        await call.therapist.post(f"{call.path}/{verb}", expect=409)
    await call.therapist.offer("/api/sessions/nope/offer", expect=404)
    await call.therapist.offer(f"{call.path}/offer", expect=409)
    sessions = stage.control.sessions
    assert not len(sessions._locks)
    assert not sessions._misaligned
    assert not sessions._closings._unfinished
    assert not list(stage.control.lobbies)


async def test_arrival_shows_though_one_write_failed(stage: Stage) -> None:
    therapist = await stage.therapist()
    home = await therapist.live("/api/live")
    visiting = await stage.visit(therapist)
    with replaced(stage.control.presence._store, "write_waiting", fails):
        live = await visiting.arrive()
        await home.session(lambda one: one["patient_present"])
    await stage.tick(0.5)
    session = await home.session(lambda one: one["waiting_since"] is not None)
    assert session["patient_present"]
    await live.ws.close()


@pytest.mark.parametrize("error", [AWAY, asyncio.CancelledError()])
async def test_gate_that_the_node_opened_without_answering_is_closed_again(
    stage: Stage, error: BaseException
) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/hold")
    real = stage.media.ensure_room

    async def answer_lost(room: str, command: RoomCommand, generation: int) -> RoomState:
        await real(room, command, generation)
        raise error

    me = Trusted((await call.therapist.get("/api/me"))["id"])
    with replaced(stage.media, "ensure_room", answer_lost), pytest.raises(type(error)):
        await stage.control.sessions.accept(me, call.id, now=stage.clock())
    await stage.tick()
    after = await call.read()
    assert (after["state"], call.room.gate_open) == ("held", False)


@pytest.mark.parametrize(("verb", "status"), [("hold", 201), ("end", 409)])
async def test_offer_that_began_before_a_closing_opens_nothing(
    stage: Stage, verb: str, status: int
) -> None:
    """The session was read as open, then closed, and only then did the offer reach the node."""
    call = await Call.begin(stage)
    rooms = stage.control.sessions._rooms
    slow = Slow(rooms.ensure)
    with replaced(rooms, "ensure", slow):
        offer = asyncio.create_task(call.visiting.page.offer("/api/visit/offer", expect=status))
        await slow.entered.wait()
        await call.therapist.post(f"{call.path}/{verb}")
        stage.media.opened.clear()
        slow.go.set()
        await offer
    assert stage.media.opened == []
    assert (await call.read())["state"] == ("held" if verb == "hold" else "ended")


async def test_room_is_not_made_again_by_a_late_alignment(stage: Stage) -> None:
    call = await Call.begin(stage)
    slow = Slow(stage.media.ensure_room)
    with replaced(stage.media, "ensure_room", slow):
        hello = stage.media.hello(resumed=True)
        late = asyncio.create_task(stage.control.nodes.handle_hello(hello))
        await slow.entered.wait()
        await call.therapist.post(f"{call.path}/end")
        assert stage.media.room(call.id) is None
        slow.go.set()
        await late
    assert stage.media.room(call.id) is None


async def test_late_goodbye_of_a_reloaded_page_changes_nothing(stage: Stage) -> None:
    """The new page's socket is open before the old one's end is noticed."""
    call = await Call.begin(stage)
    again = await call.visiting.page.live("/api/visit/live")
    await again.visit("in_contact")
    await call.waiting.close_code()
    await stage.tick(10)
    assert (await call.read())["patient_present"]
    await again.ws.close()


async def test_session_that_somebody_joined_and_never_came_to_ends_by_itself(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    await visiting.page.offer("/api/visit/offer")
    (session,) = (await therapist.get("/api/sessions"))["items"]
    await stage.tick(601)
    assert stage.media.room(session["id"]) is None
    assert (await visiting.page.get("/api/visit"))["state"] == "ended"


async def test_view_of_a_patient_who_was_erased_meanwhile_is_left_out(stage: Stage) -> None:
    """The session was read, then another control erased its patient."""
    call = await Call.begin(stage)
    record = await stage.control.sessions._moves.read(call.id)
    assert record is not None
    await call.therapist.call("DELETE", f"/api/patients/{call.visiting.patient_id}", expect=204)
    async with stage.control.database.read() as tx:
        assert await stage.control.feed.views(tx, [record], stage.clock()) == []
