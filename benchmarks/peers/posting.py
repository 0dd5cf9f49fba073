"""Servers that take an offer by HTTP and return their answer: `POST /rooms/NAME`, two to a room."""

from __future__ import annotations

import asyncio

from aiohttp import ClientSession

from benchmarks.peers.guest import Guest, Person
from benchmarks.relay.joining import Pair
from benchmarks.relay.load import Load
from benchmarks.relay.traffic import Call


class PostServer:
    """Such a server; the session's base URL tells where."""

    def __init__(self, http: ClientSession) -> None:
        self._http = http

    def pair(self, number: int) -> Pair:
        return _PostPair(self._http, f"/rooms/{number}")


class _PostPair:
    def __init__(self, http: ClientSession, path: str) -> None:
        self._http, self._path = http, path
        self._guests = [Guest(), Guest()]

    async def prepare(self) -> None:
        """Rooms make themselves."""

    async def join(self, load: Load) -> None:
        await asyncio.gather(*(self._join(load, guest) for guest in self._guests))

    async def _join(self, load: Load, guest: Guest) -> None:
        guest.sit(load)
        async with self._http.post(self._path, data=guest.offer) as response:
            text = await response.text()
            if response.status != 200:
                raise RuntimeError(f"a join was refused: {text}")
        guest.take_answer(text)
        await load.connect(guest.address)

    async def settle(self) -> None:
        """Nothing comes after."""

    def call(self) -> Call:
        one, other = (Person(guest, guest) for guest in self._guests)
        return Call(one.peer(other), other.peer(one))
