"""Stand-ins for what `Peer` and `Room` join, so that their rules are tested alone."""

from __future__ import annotations

from collections import deque
from math import inf
from types import SimpleNamespace
from typing import Any, cast

from sfu.base.address import Address
from sfu.base.credentials import IceCredentials
from sfu.base.media import Slot
from sfu.engine.peer import Peer
from sfu.messages import Role
from sfu.relay.seam import Intake, PacketCore, PeerActivity, Received
from sfu.sdp import Offer
from sfu.transport import KeysDerived, Transport, TransportEvent

ADDRESS: Address = ("192.0.2.1", 40_000, 0)
KEYS = KeysDerived(profile="SRTP_AEAD_AES_128_GCM", inbound_key=b"i" * 28, outbound_key=b"o" * 28)


OFFER = Offer(
    ice_ufrag="abcd",
    ice_pwd="p" * 24,
    fingerprints=(),
    setup="actpass",
    sections=(),
    sctp_port=5000,
    max_message_bytes=65536,
)


class FakeCore:
    """Remembers what it was told; `received_at` is when media last came, by peer."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.peers: set[int] = set()
        self.received_at: dict[int, float] = {}
        self.sends = True
        self.intakes: list[Intake] = []
        """What comes of publishers, look by look; nothing after the last."""

    def add_peer(self, peer: int, lines: object, **keys: object) -> None:
        self.calls.append(("add", peer))
        self.peers.add(peer)

    def remove_peer(self, peer: int, now: float) -> None:
        self.calls.append(("remove", peer))
        self.peers.remove(peer)

    def route(self, a: int, b: int, now: float) -> None:
        assert {a, b} <= self.peers
        self.calls.append(("route", *sorted((a, b))))

    def unroute(self, a: int, b: int, now: float) -> None:
        assert {a, b} <= self.peers
        self.calls.append(("unroute", *sorted((a, b))))

    def set_gate(self, peer: int, is_open: bool, now: float) -> None:
        assert peer in self.peers
        self.calls.append(("gate", peer, is_open))

    def refuse(self, peer: int, slot: Slot, refused: bool, now: float) -> None:
        assert peer in self.peers
        self.calls.append(("refuse", peer, slot, refused))

    def suspend(self, peer: int, now: float) -> None:
        assert peer in self.peers
        self.calls.append(("suspend", peer))

    def resume(self, peer: int, now: float) -> None:
        assert peer in self.peers
        self.calls.append(("resume", peer))

    def set_address(self, peer: int, addr: Address | None) -> None:
        self.calls.append(("address", peer, addr))

    def admit_address(self, peer: int, addr: Address) -> None:
        self.calls.append(("admit", peer, addr))

    def activity(self, peer: int) -> PeerActivity:
        assert peer in self.peers
        return PeerActivity(self.received_at.get(peer), inf if self.sends else None, None, 0.05)

    def take_intake(self, peer: int) -> Intake:
        assert peer in self.peers
        return self.intakes.pop(0) if self.intakes else Intake(0, 0, 0, None)

    def time_packets(self, peer: int, wanted: bool) -> None:
        assert peer in self.peers

    def take_received(self, peer: int) -> Received:
        assert peer in self.peers
        return Received((), (), ())

    def repair(self, peer: int, wanted: bool, now: float) -> None:
        assert peer in self.peers
        self.calls.append(("repair", peer, wanted))

    def report(self, peer: int, now: float) -> SimpleNamespace:
        assert peer in self.peers
        return SimpleNamespace(
            audio_last_at=now - 0.02 if self.sends else None,
            level_dbfs=-30.0,
            camera_last_at=None,
            frames_per_s=0.0,
            rtt_s=0.05,
            last_received_at=self.received_at.get(peer),
            packets_forwarded=7,
        )

    def cap(self, peer: int, video_bps: int | None, now: float) -> None:
        assert peer in self.peers
        self.calls.append(("cap", peer, video_bps))

    def take(self) -> list[tuple[Any, ...]]:
        """What it was told since the last time."""
        calls, self.calls = self.calls, []
        return calls


class FakeTransport:
    """Says whatever events a test gives it, at the next datagram."""

    def __init__(self) -> None:
        self.credentials: tuple[IceCredentials, ...] = (IceCredentials("ufrag", "password"),)
        self.events: deque[TransportEvent] = deque()
        self.last_check_at: float | None = None
        self.checked_addresses: tuple[Address, ...] = ()
        self.sent: list[bytes] = []
        self.closed_at: float | None = None
        self.asked: list[Address] = []

    def ask(self, addr: Address, now: float) -> None:
        self.asked.append(addr)

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        pass

    def handle_timeout(self, now: float) -> None:
        pass

    def next_timeout(self) -> float | None:
        return None

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return None

    def next_event(self) -> TransportEvent | None:
        return self.events.popleft() if self.events else None

    def send_data(self, data: bytes, now: float) -> bool:
        self.sent.append(data)
        return True

    def close(self, now: float) -> None:
        self.closed_at = now


def make_peer(
    core: FakeCore,
    transport: FakeTransport,
    *,
    number: int = 1,
    role: Role = Role.PATIENT,
    offer: Offer = OFFER,
) -> Peer:
    """Make a peer that joined at 0 s."""
    return Peer(
        f"peer-{number}",
        number,
        f"participant-{number}",
        role,
        room="room",
        offer=offer,
        transport=cast("Transport", transport),
        core=cast("PacketCore", core),
        cname="one-name",
        now=0.0,
    )
