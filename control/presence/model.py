"""Who is present, seen from sockets and media peers. PURE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from control.presence.messages import Devices
from sfu.messages import PeerState, Role

FLICKER = timedelta(seconds=3)
"""A break shorter than this (a reload) does not change what the therapist sees."""
GRACE = timedelta(minutes=2)
"""How long a participant may be away before the gate closes, and a device keeps its place."""
RESTART_ALLOWANCE = timedelta(seconds=10)
"""How long pages have to come back after control itself was away."""


def lobby_group(session_id: str) -> str:
    """Name the group of pages that are the patient's presence in this session."""
    return f"lobby:{session_id}"


@dataclass(slots=True)
class Presence:
    """Whether one participant is here, and when that was last so."""

    live: bool = False
    seen_at: datetime | None = None

    def observe(self, live: bool, now: datetime) -> None:
        if live or self.live:
            self.seen_at = now
        self.live = live

    def forget(self) -> None:
        """Count as gone at once, without the grace: a goodbye, or a link that was revoked."""
        self.live, self.seen_at = False, None

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


@dataclass(frozen=True, slots=True)
class Standing:
    """An open session, as far as presence needs to know it."""

    session_id: str
    patient_id: str
    therapist_id: str
    opened_at: datetime
    gate_open: bool
    waiting_since: datetime | None


@dataclass(slots=True)
class Lobby:
    """The living part of an open session; gone with the process, seen anew after a restart."""

    session_id: str
    patient_id: str
    therapist_id: str
    opened_at: datetime
    gate_open: bool = False
    patient: Presence = field(default_factory=Presence)
    therapist: Presence = field(default_factory=Presence)
    peers: dict[Role, PeerState] = field(default_factory=dict)
    peer_was_connected: set[Role] = field(default_factory=set)
    devices: dict[Role, Devices] = field(default_factory=dict)
    """What each side's page said last."""
    kept_checks: dict[Role, datetime] = field(default_factory=dict)
    """When the check began whose summary is written, of each side."""
    line_states: dict[Role, tuple[str, str]] = field(default_factory=dict)
    """How each side's line is, as it was last written for the session's page; in contact."""
    line_changes: dict[Role, int] = field(default_factory=dict)
    """How often that was written."""
    written_present: bool = False
    """Whether the tables say that the patient waits."""
    card_seen_at: datetime | None = None
    """When the therapist last saw, on a page that she used, that the patient waits."""
    shown: tuple[bool, ...] = ()
    """What the therapist was last shown of presence."""

    def refresh(self, now: datetime, *, patient_page: bool, therapist_page: bool) -> None:
        """Derive who is here from the open pages and the connected peers.

        Args:
            patient_page: The patient's page has its WebSocket open, in this very session.
        """
        self.patient.observe(patient_page or self.connected(Role.PATIENT), now)
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

    def therapist_in_room(self, entered: bool, now: datetime) -> bool:
        """Tell whether the therapist is in the virtual room.

        Args:
            entered: She has pressed ENTER in this session.
        """
        return self.connected(Role.THERAPIST) or (entered and self.therapist.is_present(now))

    def put_devices(self, role: Role, devices: Devices) -> bool:
        """Take over what a page says of its devices; tell whether it is news."""
        is_new = self.devices.get(role) != devices
        self.devices[role] = devices
        return is_new

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


class Lobbies:
    """The lobbies of this process, by session."""

    def __init__(self) -> None:
        self._lobbies: dict[str, Lobby] = {}

    def __iter__(self) -> Iterator[Lobby]:
        return iter(list(self._lobbies.values()))

    def open(self, standing: Standing) -> Lobby:
        """Return the lobby of this session, made when there is none."""
        lobby = self._lobbies.get(standing.session_id)
        if lobby is None:
            lobby = Lobby(
                standing.session_id,
                standing.patient_id,
                standing.therapist_id,
                standing.opened_at,
            )
            self._lobbies[standing.session_id] = lobby
        if standing.gate_open and not lobby.gate_open:
            lobby.line_states.clear()  # each contact has its own course
        lobby.gate_open = standing.gate_open
        return lobby

    def get(self, session_id: str | None) -> Lobby | None:
        return None if session_id is None else self._lobbies.get(session_id)

    def of_patient(self, patient_id: str) -> Lobby | None:
        mine = (one for one in self._lobbies.values() if one.patient_id == patient_id)
        return next(mine, None)

    def close(self, session_id: str) -> None:
        self._lobbies.pop(session_id, None)

    def in_session(self, therapist_id: str) -> bool:
        """Tell whether this therapist is in contact with somebody."""
        mine = (one for one in self._lobbies.values() if one.therapist_id == therapist_id)
        return any(one.gate_open and one.therapist.live for one in mine)
