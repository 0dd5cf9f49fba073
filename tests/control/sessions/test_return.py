"""ACCEPT right after a patient left and came back, however slowly the node closes behind them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sfu.messages import Role
from tests.control.call import Call
from tests.control.stage import Live, Stage

COMMANDS = ("close_gate", "close_room", "delete_peer", "ensure_room", "offer", "room_state")
ROUNDS = 8


async def leave(call: Call) -> None:
    await call.visiting.page.post("/api/visit/leave", expect=204)


async def come_back(call: Call) -> Live:
    """Press Continue again, with sound and picture."""
    await call.visiting.open()
    live = await call.visiting.arrive()
    await connect(call)
    return live


async def connect(call: Call) -> None:
    await call.visiting.page.offer("/api/visit/offer")
    await call.stage.media.connect(call.id, Role.PATIENT)


async def press_accept_now(call: Call, chance: random.Random) -> str:
    await turns(chance.randrange(200))
    return await press_accept(call)


async def press_accept(call: Call) -> str:
    """Press ACCEPT; returns the session's state, or why not."""
    answer = await call.therapist.call("POST", f"{call.path}/accept")
    return str(answer.get("state") or answer["code"])


async def assert_in_contact(call: Call) -> None:
    await call.stage.tick()
    session = await call.read()
    assert (session["state"], session["patient_present"]) == ("in_contact", True)
    assert session["patient_left_at"] is None
    assert call.room.gate_open
    assert sorted(peer.role for peer in call.room.peers) == [Role.PATIENT, Role.THERAPIST]


class Held:
    """A command to the node that does not answer until it is let go."""

    def __init__(self, media: Any, name: str) -> None:
        self._command: Callable[..., Awaitable[Any]] = getattr(media, name)
        self.reached, self.let_go = asyncio.Event(), asyncio.Event()
        setattr(media, name, self)

    async def __call__(self, *args: Any) -> Any:
        self.reached.set()
        await self.let_go.wait()
        return await self._command(*args)


async def test_accept_waits_for_the_gate_that_is_still_closed_behind_who_left(stage: Stage) -> None:
    call = await Call.begin(stage)
    slow = Held(stage.media, "close_gate")
    leaving = asyncio.create_task(leave(call))
    await slow.reached.wait()
    back = await come_back(call)
    pressing = asyncio.create_task(press_accept(call))
    await turns(500)  # it is pressed, and control waits
    assert not pressing.done()
    slow.let_go.set()
    assert await pressing == "in_contact"
    await leaving
    await back.visit("in_contact")
    await assert_in_contact(call)


async def test_what_leaving_closes_late_is_not_the_connection_made_since(stage: Stage) -> None:
    call = await Call.begin(stage)
    slow = Held(stage.media, "room_state")
    leaving = asyncio.create_task(leave(call))
    await slow.reached.wait()
    await come_back(call)
    slow.let_go.set()
    await leaving
    assert stage.media.peer(call.id, Role.PATIENT) is not None
    assert await press_accept(call) == "in_contact"
    await assert_in_contact(call)


async def test_a_node_that_does_not_answer_is_told_as_such(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.is_away = True
    await leave(call)
    await call.visiting.open()
    await call.visiting.arrive()
    assert await press_accept(call) == "still_closing"
    stage.media.is_away = False
    assert (await call.therapist.post(f"{call.path}/accept"))["state"] == "in_contact"


@pytest.mark.parametrize("early", [False, True], ids=["after the return", "meanwhile too"])
async def test_accept_lets_in_who_left_and_came_back_however_the_two_overlap(
    stage: Stage, early: bool
) -> None:
    call = await Call.begin(stage)
    chance = random.Random(11)
    left = Noticed(stage.media, "close_gate")
    for name in COMMANDS:
        setattr(stage.media, name, late(getattr(stage.media, name), chance))
    for _ in range(ROUNDS):
        left.happened.clear()
        leaving = asyncio.create_task(leave(call))
        await left.happened.wait()  # it is written that they left, and being done
        pressing = asyncio.create_task(press_accept_now(call, chance)) if early else None
        await turns(chance.randrange(200))
        await call.visiting.open()
        live = await call.visiting.arrive()
        connecting = asyncio.create_task(connect(call))
        if pressing is not None:
            assert await pressing in {"in_contact", "patient_absent", "closed_meanwhile"}
        assert await press_accept(call) == "in_contact"
        await asyncio.gather(connecting, leaving)
        await assert_in_contact(call)
        await live.ws.close()


class Noticed:
    """Tells when a command was given to the node."""

    def __init__(self, media: Any, name: str) -> None:
        self._command: Callable[..., Awaitable[Any]] = getattr(media, name)
        self.happened = asyncio.Event()
        setattr(media, name, self)

    async def __call__(self, *args: Any) -> Any:
        self.happened.set()
        return await self._command(*args)


def late(command: Callable[..., Awaitable[Any]], chance: random.Random) -> Callable[..., Any]:
    """Let a command take some turns of the loop to reach the node, and to be answered."""

    async def slow(*args: Any) -> Any:
        await turns(chance.randrange(200))
        answer = await command(*args)
        await turns(chance.randrange(200))
        return answer

    return slow


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)
