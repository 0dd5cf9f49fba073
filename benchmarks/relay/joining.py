"""How the two people of a call join a server: what the load asks of it, and the node's way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from aiohttp import ClientSession

from benchmarks.relay.caller import Caller
from benchmarks.relay.traffic import Call

if TYPE_CHECKING:
    from benchmarks.relay.load import Load

LIMIT_S = 20.0
"""For anything that must happen at all."""


class Pair(Protocol):
    """Two people who are about to join; their keys and certificates are made."""

    async def prepare(self) -> None:
        """Do what is no part of joining, such as making the room."""

    async def join(self, load: Load) -> None:
        """Post their offers, and return when media could flow; let the load connect them."""

    async def settle(self) -> None:
        """Wait for what comes after, such as data channels."""

    def call(self) -> Call:
        """Return their call, once they have joined."""


class Server(Protocol):
    """What a load plays calls through."""

    def pair(self, number: int) -> Pair:
        """Make the two people of a call; `number` is its own."""


class Node:
    """A node of Visavis, by its API."""

    def __init__(self, control: ClientSession) -> None:
        self._control = control

    def pair(self, number: int) -> Pair:
        return _NodePair(self._control, f"call-{number}")


class _NodePair:
    def __init__(self, control: ClientSession, room: str) -> None:
        self._control, self._room = control, room
        self._callers = [Caller(room, role) for role in ("therapist", "patient")]
        self._addresses: list[str] = []

    async def prepare(self) -> None:
        await self._control.put(f"/rooms/{self._room}", json={"gate_open": True})

    async def join(self, load: Load) -> None:
        self._addresses = [load.seat(caller) for caller in self._callers]
        await asyncio.gather(*(self._join(load, n) for n in range(2)))

    async def _join(self, load: Load, which: int) -> None:
        await self._callers[which].join(self._control)
        await load.connect(self._addresses[which])

    async def settle(self) -> None:
        for caller in self._callers:
            await asyncio.wait_for(caller.channels_open.wait(), LIMIT_S)

    def call(self) -> Call:
        (one, other), (here, there) = self._callers, self._addresses
        return Call(one.peer(here, other), other.peer(there, one))
