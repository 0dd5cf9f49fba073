"""A room with peers of stand-ins, and what it tells them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from sfu.engine.outputs import StateMessage
from sfu.engine.peer import Peer
from sfu.engine.room import Room, RoomOutput
from sfu.messages import Role, RoomCommand
from sfu.relay.seam import PacketCore
from sfu.sdp import Offer
from tests.sfu.engine.fakes import KEYS, OFFER, FakeCore, FakeTransport, make_peer

T, P = 1, 2
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class World:
    def __init__(self, command: RoomCommand | None = None) -> None:
        self.core = FakeCore()
        self.room = Room(
            "room",
            command or RoomCommand(),
            core=cast("PacketCore", self.core),
            utc=lambda now: datetime.fromtimestamp(NOON.timestamp() + now, UTC),
            now=0.0,
        )

    def add(self, role: Role, number: int, now: float = 0.0, offer: Offer = OFFER) -> Peer:
        peer = make_peer(self.core, FakeTransport(), number=number, role=role, offer=offer)
        self.room.add(peer, now)
        return peer

    def connect(self, peer: Peer, now: float, *, greet: bool = True) -> None:
        """Let the handshake end, and the state channel open."""
        transport = cast("FakeTransport", peer._transport)
        transport.events.append(KEYS)
        peer.receive_datagram(b"", ("192.0.2.1", 1, 0), now)
        self.room.peer_connected(peer, first=True, now=now)
        if greet:
            peer.channels_open = True
            self.room.greet(peer, now)

    def lose(self, peer: Peer, now: float) -> None:
        peer.connected = False
        self.room.peer_lost(peer, now)

    def regain(self, peer: Peer, now: float) -> None:
        peer.connected = True
        self.room.peer_connected(peer, first=False, now=now)

    def drain(self) -> list[RoomOutput]:
        outputs = []
        while (output := self.room.next_event()) is not None:
            outputs.append(output)
        return outputs

    def run(self, until: float) -> list[RoomOutput]:
        while (at := self.room.next_timeout()) is not None and at <= until:
            self.room.handle_timeout(at)
        return self.drain()

    def pair(self, now: float = 0.0) -> tuple[Peer, Peer]:
        therapist, patient = self.add(Role.THERAPIST, T), self.add(Role.PATIENT, P)
        self.connect(therapist, now)
        self.connect(patient, now)
        self.drain()
        self.core.take()
        return therapist, patient


def said(outputs: Sequence[RoomOutput], peer: Peer) -> list[dict[str, object]]:
    return [o.message for o in outputs if isinstance(o, StateMessage) and o.peer == peer.id]
