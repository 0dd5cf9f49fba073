"""The media plane in a virtual world: an engine, browsers around it, and control's words to it."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

from sfu.base.address import Address
from sfu.base.media import Slot
from sfu.engine.engine import Engine, EngineEvent
from sfu.engine.entrance import Entrance
from sfu.engine.outputs import StateMessage
from sfu.io.tcp import transit_of
from sfu.messages import PeerState, Role, RoomCommand, RoomState
from sfu.relay.native import make_packet_core
from sfu.transport import Certificate
from tests.support.browser import VirtualBrowser
from tests.support.network import Network, Path

SERVER: Address = ("198.51.100.1", 50_000, 0)
STRANGER: Address = ("203.0.113.66", 6_666, 0)
UTC_OFFSET = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() - 1000.0
KEYFRAME, DELTA = b"\x10\x00\x00\x00\x9d\x01\x2a", b"\x10\x01\x00\x00"  # RFC 7741, 4.2 and 4.3
CERTIFICATE = Certificate.generate()


class Node:
    """The engine as a party of the network; keeps what it tells."""

    def __init__(self, now: float) -> None:
        ids = count(1)
        entrance = Entrance(
            make_packet_core(now=now, ntp_offset=UTC_OFFSET, random=random.Random(1)),
            CERTIFICATE,
            addresses=[SERVER[:2]],
            new_id=lambda: f"peer-{next(ids)}",
            transit=transit_of,
        )
        self.engine = Engine(entrance, utc_offset=UTC_OFFSET)
        self.told: list[EngineEvent] = []

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        self.engine.receive_datagram(data, addr, now)

    def handle_timeout(self, now: float) -> None:
        self.engine.handle_timeout(now)

    def next_timeout(self) -> float | None:
        return self.engine.next_timeout()

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        while (event := self.engine.next_event()) is not None:
            self.told.append(event)
        return self.engine.poll_transmit()


class Person:
    """A browser that sends sound 50 times and picture 25 times a second once it can."""

    def __init__(self, world: World, role: Role, address: Address, seed: int) -> None:
        self.world, self.role, self.address = world, role, address
        self.browser = VirtualBrowser(seed=seed)
        self.path = Path(delay_s=0.01)
        self.id = ""
        self.talks = True
        self.room = "room"
        self._seq: dict[Slot, Iterator[int]] = {slot: count(seed * 1000) for slot in Slot}
        self._frames = 0

    def join(self, participant: str = "") -> None:
        now = self.world.network.clock.now
        self.id, answer = self.world.engine.join(
            self.room, participant or self.role.value, self.role, self.browser.offer, now
        )
        self.world.network.attach(self.browser, self.address, self.path)
        self.browser.set_answer(answer, now)
        self.world.network.call_at(now, self._talk)

    def _talk(self) -> None:
        if self.browser.connected and self.talks:
            self._send(Slot.AUDIO, b"opus" * 20)
            if self._frames % 2 == 0:
                # The first picture is a key frame, and each one that the SFU asked for.
                asked = any(b[1] == 206 for c in self.browser.received_rtcp for b in parts(c))
                self.browser.received_rtcp.clear()
                first = self._frames == 0
                self._send(Slot.CAMERA, (KEYFRAME if asked or first else DELTA) + bytes(500))
            self._frames += 1
        self.world.network.call_at(self.world.network.clock.now + 0.02, self._talk)

    def _send(self, slot: Slot, payload: bytes) -> None:
        line = self.browser.lines[slot]
        ssrc = line.up_ssrc
        assert ssrc is not None
        seq = next(self._seq[slot])
        ts = round(self.world.network.clock.now * line.codecs[0].clock_hz) & 0xFFFFFFFF
        marker = 0x80 if slot is not Slot.AUDIO else 0
        head = struct.pack("!BBHII", 0x80, marker | line.codecs[0].pt, seq & 0xFFFF, ts, ssrc)
        self.browser.send_rtp(head + payload)

    def heard(self, slot: Slot, since: float = 0.0) -> list[int]:
        """Sequence numbers that came on this slot since then."""
        ssrc = self.browser.down_ssrcs[slot][0]
        packets = zip(self.browser.received_rtp, self.browser.received_at, strict=True)
        return [
            int.from_bytes(packet[2:4], "big")
            for packet, at in packets
            if at >= since and int.from_bytes(packet[8:12], "big") == ssrc
        ]

    @property
    def state(self) -> PeerState:
        return next(peer for peer in self.world.room.peers if peer.id == self.id)


class World:
    def __init__(self, seed: int = 1) -> None:
        self.network = Network(seed=seed)
        self.node = Node(self.now)
        self.network.attach(self.node, SERVER)
        self.engine = self.node.engine
        self.engine.ensure_room("room", RoomCommand(), self.now)

    @property
    def now(self) -> float:
        return self.network.clock.now

    @property
    def room(self) -> RoomState:
        return self.engine.rooms.find("room").state(self.now)

    def person(self, role: Role, port: int, seed: int) -> Person:
        return Person(self, role, ("192.0.2.1", port, 0), seed)

    def pair(self, *, gate_open: bool = False) -> tuple[Person, Person]:
        """Both in the room, connected, their state channels open."""
        therapist = self.person(Role.THERAPIST, 40_001, 1)
        patient = self.person(Role.PATIENT, 40_002, 2)
        for person in (therapist, patient):
            person.join()
        self.network.run_until(lambda: therapist.browser.connected and patient.browser.connected)
        for person in (therapist, patient):
            self.engine.channels_opened(person.id, self.now)
        if gate_open:
            self.gate(True)
        return therapist, patient

    def gate(self, is_open: bool) -> None:
        self.engine.set_gate("room", is_open, self.now)

    def run(self, seconds: float) -> list[EngineEvent]:
        """Let time pass; what the engine told since the last time."""
        self.network.run(seconds)
        told, self.node.told = self.node.told, []
        return told


def parts(compound: bytes) -> Iterator[bytes]:
    while compound:
        size = 4 * (1 + int.from_bytes(compound[2:4], "big"))
        yield compound[:size]
        compound = compound[size:]


def said(told: list[EngineEvent], person: Person, kind: str) -> list[dict[str, object]]:
    return [
        e.message
        for e in told
        if isinstance(e, StateMessage) and e.peer == person.id and e.message["type"] == kind
    ]
