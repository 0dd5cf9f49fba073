"""One page of the load: joins the node by its API as a browser does, and has its data channels."""

from __future__ import annotations

from itertools import count

from aiohttp import ClientSession

from benchmarks.relay.connection import Connection
from benchmarks.relay.traffic import PER_S, Peer, Stream

_SEEDS = count(1)


class Caller(Connection):
    """A peer of a room of the node: `join`, `receive`, and send what is `pending`."""

    def __init__(self, room: str, role: str) -> None:
        super().__init__(next(_SEEDS))
        self._room, self._role = room, role

    async def join(self, control: ClientSession) -> tuple[str, int]:
        """Post the offer, take the answer; returns where the node's media port is."""
        response = await control.post(
            f"/rooms/{self._room}/peers",
            params={"participant": f"{self._room}-{self._role}", "role": self._role},
            data=self.offer,
            headers={"Content-Type": "application/sdp"},
        )
        text = await response.text()
        if response.status != 201:
            raise RuntimeError(f"the node refused a join: {text}")
        return self.take_answer(text)

    def peer(self, address: str, other: Caller) -> Peer:
        """Return this page as a sender of streams that `other` receives."""
        down = other.down_ssrcs
        streams = {slot: Stream(self.lines[slot], down[slot][0]) for slot in PER_S}
        return Peer(address, self.node, streams, self.protect, self.unprotect)
