"""Waiting for running visits to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from control.errors import Unavailable
from control.run import visits
from control.run.visits import none_runs
from sfu.messages import PeerState, Role, RoomState

CALM_LOOKS = 30


def room(*roles: Role, is_open: bool = True) -> RoomState:
    peers = [PeerState(id=role, participant=role, role=role, connected=True) for role in roles]
    return RoomState(id="r1", gate_open=is_open, show_clock_to_patient=True, peers=peers)


BOTH = room(Role.THERAPIST, Role.PATIENT)
ALONE = room(Role.THERAPIST)
WAITING = room(Role.THERAPIST, Role.PATIENT, is_open=False)
AWAY = Unavailable("media_away", "Try again.")
Look = list[RoomState] | Unavailable


class _TooLongError(Exception):
    """It is still waited for after four times the calm."""


class Node:
    """Tells what a test has prepared, the last of it for ever."""

    def __init__(self, *looks: Look) -> None:
        self._looks = list(looks)
        self.looks = 0
        self.drained: list[bool] = []

    async def rooms(self) -> list[RoomState]:
        self.looks += 1
        if self.looks > 4 * CALM_LOOKS:
            raise _TooLongError
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        if isinstance(look, Unavailable):
            raise look
        return look

    async def drain(self, draining: bool) -> None:
        self.drained.append(draining)

    async def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _virtual_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module's own clock: a second is over as soon as it is waited for."""
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    loop = SimpleNamespace(time=lambda: now)
    virtual = SimpleNamespace(sleep=sleep, get_running_loop=lambda: loop)
    monkeypatch.setattr(visits, "asyncio", virtual)
    monkeypatch.setattr(visits, "CALM_S", float(CALM_LOOKS))


async def looks_until_over(node: Node, on_wait: Callable[[], None] = lambda: None) -> int:
    await none_runs(node, on_wait=on_wait)
    return node.looks


async def lasts(node: Node) -> bool:
    try:
        await none_runs(node)
    except _TooLongError:
        return True
    return False


@pytest.mark.parametrize("look", [[], [WAITING], [room(is_open=True)]])
async def test_node_without_a_visit_is_not_waited_for(look: Look) -> None:
    said: list[int] = []
    assert await looks_until_over(Node(look), lambda: said.append(1)) == 1
    assert said == []


async def test_two_in_contact_are_waited_for_and_it_is_said_once() -> None:
    said: list[int] = []
    node = Node([BOTH], [BOTH], [WAITING])
    assert await looks_until_over(node, lambda: said.append(1)) > 3
    assert said == [1]
    assert await lasts(Node([BOTH]))


async def test_reload_is_waited_for_and_someone_alone_is_not() -> None:
    assert await looks_until_over(Node([ALONE])) > 1
    assert not await lasts(Node([ALONE]))
    assert await lasts(Node([ALONE], [ALONE], [BOTH]))


async def test_node_that_starts_again_is_waited_for_a_while() -> None:
    assert await lasts(Node(AWAY, AWAY, [], [BOTH])) is False  # nobody at the first look
    assert await lasts(Node([BOTH], AWAY, [], [BOTH]))
    assert not await lasts(Node([BOTH], AWAY))
    assert await looks_until_over(Node(AWAY)) > 1


async def test_node_is_told_at_each_look_that_it_drains() -> None:
    node = Node([BOTH], [BOTH], [])
    await none_runs(node, draining=True)
    assert node.drained == [True] * node.looks
    quiet = Node([])
    await none_runs(quiet)
    assert quiet.drained == []
