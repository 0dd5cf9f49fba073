"""Who may do what, judged at the moment of effect; and one conversation at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from control.auth.ports import Trusted
from sfu.messages import Role
from tests.control.call import Call
from tests.control.fakes import OFFER
from tests.control.faults import LateAnswer, Slow, replaced
from tests.control.stage import Page, Stage, make_control


async def held_offer(page: Page, path: str, entered: asyncio.Event, go: asyncio.Event) -> int:
    """Send an offer whose body is finished only when it is let go; return the status."""

    async def body() -> AsyncIterator[bytes]:
        yield OFFER[:5].encode()
        entered.set()
        await go.wait()
        yield OFFER[5:].encode()

    headers = {"X-Visavis": "1", "Content-Type": "application/sdp"}
    async with page.client.post(path, data=body(), headers=headers) as answer:
        await answer.read()
        return answer.status


# -- authority at the moment of effect ---------------------------------------------------------


@pytest.mark.parametrize("what", ["revoked", "taken over", "erased"])
async def test_patients_offer_that_was_held_has_no_effect_after_the_right_is_gone(
    stage: Stage, what: str
) -> None:
    call = await Call.begin(stage)
    entered, go = asyncio.Event(), asyncio.Event()
    held = asyncio.create_task(held_offer(call.visiting.page, "/api/visit/offer", entered, go))
    await entered.wait()
    path = f"/api/patients/{call.visiting.patient_id}"
    if what == "revoked":
        await call.therapist.call("DELETE", f"{path}/invitation", expect=204)
    elif what == "erased":
        await call.therapist.call("DELETE", path, expect=204)
    else:
        tablet = stage.page()
        body = {"token": call.visiting.token, "take_over": True}
        await tablet.post("/api/visit", body)
        ws = await tablet.live("/api/visit/live")
        await ws.next()
        await tablet.offer("/api/visit/offer")
    peer = stage.media.peer(call.id, Role.PATIENT)
    go.set()
    assert await held == 401
    assert stage.media.peer(call.id, Role.PATIENT) == peer
    assert (peer is None) == (what != "taken over")


async def test_therapists_offer_that_was_held_has_no_effect_after_log_out(stage: Stage) -> None:
    call = await Call.begin(stage)
    peer = stage.media.peer(call.id, Role.THERAPIST)
    entered, go = asyncio.Event(), asyncio.Event()
    held = asyncio.create_task(held_offer(call.therapist, f"{call.path}/offer", entered, go))
    await entered.wait()
    await call.therapist.post("/api/logout", expect=204)
    go.set()
    assert await held == 401
    assert stage.media.peer(call.id, Role.THERAPIST) == peer


async def test_peer_made_while_the_link_was_revoked_is_closed_again(stage: Stage) -> None:
    """Another control revokes while this one waits for the node's answer."""
    call = await Call.begin(stage)
    other = make_control(stage.config, stage.media, stage.clock)
    me = Trusted((await call.therapist.get("/api/me"))["id"])
    slow = Slow(stage.media.offer)
    with replaced(stage.media, "offer", slow):
        joining = asyncio.create_task(call.visiting.page.offer("/api/visit/offer", expect=401))
        await slow.entered.wait()
        await other.invitations.revoke(me, call.visiting.patient_id, now=stage.clock())
        slow.go.set()
        await joining
    await other.close()
    assert stage.media.peer(call.id, Role.PATIENT) is None
    assert not call.room.gate_open


async def test_offer_that_waited_for_its_turn_over_a_revocation_never_reaches_the_node(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    locks = stage.control.sessions._locks
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    async with locks.hold(call.id):
        joining = asyncio.create_task(call.visiting.page.offer("/api/visit/offer", expect=401))
        while locks._users[call.id] < 2:  # noqa: ASYNC110 (one line)
            await asyncio.sleep(0)
        await call.therapist.call("DELETE", path, expect=204)
        stage.media.calls.clear()
    await joining
    assert "offer" not in [name for name, _ in stage.media.calls]


@pytest.mark.parametrize("late", [Slow, LateAnswer])
async def test_offer_under_way_at_the_end_is_refused(stage: Stage, late: type[Slow]) -> None:
    call = await Call.begin(stage)
    slow = late(stage.media.offer)
    with replaced(stage.media, "offer", slow):
        joining = asyncio.create_task(call.visiting.page.offer("/api/visit/offer", expect=409))
        await slow.entered.wait()
        await call.therapist.post(f"{call.path}/end")
        slow.go.set()
        assert (await joining)["code"] == "ended"
    assert stage.media.room(call.id) is None


# -- one conversation at a time ----------------------------------------------------------------


async def test_second_patient_is_not_let_in_during_a_conversation(stage: Stage) -> None:
    call = await Call.begin(stage)
    other = await stage.visit(call.therapist, "Bruna T.")
    await other.arrive()
    (session,) = (await call.therapist.get(f"/api/sessions?patient={other.patient_id}"))["items"]
    path = f"/api/sessions/{session['id']}"
    await call.therapist.post(f"{path}/enter")
    error = await call.therapist.post(f"{path}/accept", expect=409)
    assert (error["code"], error["session_id"]) == ("in_conversation", call.id)
    room = stage.media.room(session["id"])
    assert room is None or not room.gate_open
    await call.therapist.post(f"{call.path}/hold")
    assert (await call.therapist.post(f"{path}/accept"))["state"] == "in_contact"


async def test_two_accepts_at_once_let_one_patient_in(stage: Stage) -> None:
    therapist = await stage.therapist()
    paths = []
    for name in ("Alex M.", "Bruna T."):
        visiting = await stage.visit(therapist, name)
        await visiting.arrive()
        (session,) = (await therapist.get(f"/api/sessions?patient={visiting.patient_id}"))["items"]
        paths.append(f"/api/sessions/{session['id']}")
        await therapist.post(f"{paths[-1]}/enter")
    answers = await asyncio.gather(*(therapist.call("POST", f"{path}/accept") for path in paths))
    assert sorted(answer.get("code", answer.get("state")) for answer in answers) == [
        "in_contact",
        "in_conversation",
    ]
    rooms = [stage.media.room(path.rpartition("/")[2]) for path in paths]
    assert [room is not None and room.gate_open for room in rooms].count(True) == 1
