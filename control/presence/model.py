"""Who is present, seen from sockets and media peers; and which device is in a visit. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sfu.messages import PeerState, Role

FLICKER = timedelta(seconds=3)
"""A break shorter than this (a reload) does not change what the therapist sees."""
GRACE = timedelta(minutes=2)
"""How long a participant may be away before the gate closes, and a device keeps its place."""
RESTART_ALLOWANCE = timedelta(seconds=10)
"""How long pages have to come back after control itself was away."""
VISIT_LIFETIME = timedelta(hours=24)


@dataclass(slots=True)
class Presence:
    """Whether one participant is here, and when that was last so."""

    live: bool = False
    seen_at: datetime | None = None

    def observe(self, live: bool, now: datetime) -> None:
        if live or self.live:
            self.seen_at = now
        self.live = live

    def is_present(self, now: datetime) -> bool:
        """Tell whether the participant is here, short breaks bridged."""
        return self.live or (self.seen_at is not None and now - self.seen_at < FLICKER)

    def is_gone(self, now: datetime) -> bool:
        """Tell whether the participant has been away for longer than the grace."""
        return not self.live and (self.seen_at is None or now - self.seen_at > GRACE)

    def absent_for(self, now: datetime) -> timedelta:
        if self.live:
            return timedelta()
        return timedelta.max if self.seen_at is None else now - self.seen_at


@dataclass(slots=True)
class Lobby:
    """The living part of an open session; gone with the process, seen anew after a restart."""

    session_id: str
    patient_id: str
    therapist_id: str
    opened_at: datetime
    gate_open: bool = False
    patient_page: bool = False
    """The patient's page has its WebSocket open, in this very session."""
    patient: Presence = field(default_factory=Presence)
    therapist: Presence = field(default_factory=Presence)
    peers: dict[Role, PeerState] = field(default_factory=dict)
    peer_was_connected: set[Role] = field(default_factory=set)
    shown: tuple[bool, ...] = ()
    """What the therapist was last shown of presence."""

    def refresh(self, now: datetime, *, therapist_page: bool) -> None:
        """Look again at who is here."""
        self.patient.observe(self.patient_page or self.connected(Role.PATIENT), now)
        self.therapist.observe(therapist_page or self.connected(Role.THERAPIST), now)

    def connected(self, role: Role) -> bool:
        peer = self.peers.get(role)
        return peer is not None and peer.connected

    def reconnecting(self, role: Role) -> bool:
        """Tell whether, in contact, this side's line is down."""
        if not self.gate_open or self.connected(role):
            return False
        presence = self.patient if role is Role.PATIENT else self.therapist
        return role in self.peer_was_connected or not presence.live

    def put_peer(self, peer: PeerState) -> None:
        self.peers[peer.role] = peer
        if peer.connected:
            self.peer_was_connected.add(peer.role)

    def find_peer(self, peer_id: str) -> PeerState | None:
        return next((peer for peer in self.peers.values() if peer.id == peer_id), None)

    def set_connected(self, peer_id: str, connected: bool) -> None:
        peer = self.find_peer(peer_id)
        if peer is not None:
            self.put_peer(peer.model_copy(update={"connected": connected}))

    def drop_peer(self, peer_id: str) -> None:
        """Forget a peer; one that was already replaced by a newer is not there any more."""
        peer = self.find_peer(peer_id)
        if peer is not None:
            del self.peers[peer.role]

    def replace_peers(self, peers: list[PeerState]) -> None:
        """Take over the whole truth of a snapshot."""
        self.peers.clear()
        for peer in peers:
            self.put_peer(peer)

    def someone_gone(self, now: datetime) -> bool:
        return self.patient.is_gone(now) or self.therapist.is_gone(now)

    def abandoned(self, now: datetime, after: timedelta) -> bool:
        """Tell whether nobody has been here for so long, since it was opened."""
        away = min(self.patient.absent_for(now), self.therapist.absent_for(now))
        return away >= after and now - self.opened_at >= after


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One device that a patient's link has let into the waiting room."""

    id: str
    patient_id: str
    token_hash: bytes
    created_at: datetime
    last_seen_at: datetime
    session_id: str | None = None
    left_at: datetime | None = None

    def is_recent(self, now: datetime) -> bool:
        return now - self.last_seen_at < GRACE

    def is_too_old(self, now: datetime) -> bool:
        return now - self.created_at >= VISIT_LIFETIME
