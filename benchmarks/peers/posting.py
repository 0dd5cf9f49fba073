"""Servers that take an offer by HTTP and return their answer: `POST /rooms/NAME`, two to a room."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import IO

from aiohttp import ClientSession

from benchmarks.peers.adapter import START_S, last_words, process
from benchmarks.peers.guest import Guest, Person
from benchmarks.relay.joining import Pair
from benchmarks.relay.load import Load
from benchmarks.relay.processes import Relay
from benchmarks.relay.traffic import Call


@asynccontextmanager
async def posted(name: str, arguments: Sequence[str]) -> AsyncIterator[tuple[Relay, ClientSession]]:
    """Run such a program, which says the port of its API first; yields it and a way to post."""
    with process(name, arguments) as (relay, log):
        url = f"http://127.0.0.1:{await _port_in(log, relay)}"
        async with ClientSession(url) as http:
            yield relay, http


async def _port_in(log: IO[str], relay: Relay) -> int:
    """Wait for the line of a log that is the port of the program's API."""
    async with asyncio.timeout(START_S):
        while relay.process.poll() is None:
            if found := re.search(r"^(\d+)\n", last_words(log), re.MULTILINE):
                return int(found[1])
            await asyncio.sleep(0.05)
    raise RuntimeError(f"{relay.name} did not start: {last_words(log)}")


class PostServer:
    """Such a server; the session's base URL tells where."""

    def __init__(self, http: ClientSession) -> None:
        self._http = http

    def pair(self, number: int) -> Pair:
        return PostPair(self._http, f"/rooms/{number}")


class PostPair:
    """Two who post their offers to the same room."""

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
