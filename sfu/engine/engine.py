"""The whole media plane as one object: rooms, peers, deadlines, packets.

Bytes, commands and time come in; bytes, events and deadlines go out. After each call drain
`poll_transmit` and `next_event`, then call `handle_timeout` at `next_timeout`. Everything below
end-to-end tests drives this object, in virtual time.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from sfu.base.address import Address
from sfu.base.limits import NodeLimits
from sfu.base.stats import DropReason
from sfu.base.timers import Timers
from sfu.engine import peer_events as happened
from sfu.engine.admission import Admission
from sfu.engine.directory import Directory
from sfu.engine.entrance import Entrance
from sfu.engine.fencing import Validity
from sfu.engine.measuring import Measuring
from sfu.engine.outputs import (
    ChannelData,
    ChannelOutput,
    ChannelsStarted,
    HeartbeatAsked,
    PeerGone,
    PingEcho,
)
from sfu.engine.peer import Peer
from sfu.engine.recipient import ask_newcomers, recipient_of_check, recipient_of_record
from sfu.engine.room import Room
from sfu.engine.rooms import Rooms
from sfu.engine.tally import Tally
from sfu.errors import NoPeer, PlaceTaken
from sfu.messages import Event, PeerClosedReason, Role, RoomCommand, RoomState
from sfu.transport.demux import DatagramKind, demux

MAX_PING_BYTES = 64
STALL_S = 0.5
"""A deadline met so much too late means that this process stood still."""

EngineEvent = Event | ChannelOutput
_TimerKey = tuple[str, str]  # ("peer" | "room" | "report" | "check", id)


class Engine:
    """Feed it, drain it; it never asks anything of the machine."""

    def __init__(
        self, entrance: Entrance, *, utc_offset: float, limits: NodeLimits | None = None
    ) -> None:
        """Make an empty media plane.

        Args:
            utc_offset: Unix time minus monotonic time, in seconds.
            limits: What it takes in at most.
        """
        self.utc_offset = utc_offset
        self.stats = entrance.stats
        self.stalls = 0
        """How often this process stood still for more than `STALL_S`."""
        self.core = entrance.core
        self.peers = Directory()
        self.current: str | None = None
        """The peer being handled: whom to close when handling it raised."""
        self._entrance = entrance
        self._admission = Admission(limits or NodeLimits())
        self.rooms = Rooms(self.core, self._admission, self._utc)
        self._timers = Timers[_TimerKey]()
        self.tally = Tally()
        self.measuring = Measuring(self.core, self.rooms, self._admission, self._timers, self._utc)
        self._events: deque[EngineEvent] = deque()
        self._outgoing: deque[tuple[bytes, Address]] = deque()

    # -- commands of control ---------------------------------------------------------------

    def admit_command(self, room_id: str, validity: Validity, now: float) -> None:
        """Judge a command to a room; call it with the same `now` right before the command.

        Raises:
            Late, Stale: It must not be given.
        """
        room = self.rooms.admit_command(room_id, validity, now)
        if room is not None:
            self._drain_room(room)

    def ensure_room(self, room_id: str, command: RoomCommand, now: float) -> RoomState:
        """Make the room, or bring it to this state; idempotent.

        Raises:
            Full: The node has as many rooms as it may.
        """
        room = self.rooms.ensure(room_id, command, now)
        self._drain_room(room)
        return room.state(now)

    def set_gate(self, room_id: str, is_open: bool, now: float) -> RoomState:
        """Open or close the room's gate.

        Raises:
            NoRoom: There is none of this id.
        """
        room = self.rooms.find(room_id)
        room.set_gate(is_open, now)
        self._drain_room(room)
        return room.state(now)

    def join(
        self,
        room_id: str,
        participant: str,
        role: Role,
        offer_sdp: str,
        now: float,
        *,
        light: bool = False,
    ) -> tuple[str, str]:
        """Give a browser's offer a peer; the same participant's older peer is replaced.

        Args:
            light: Its check is to spend few bytes: somebody pays for them.

        Returns:
            The new peer's id and the answer.

        Raises:
            NoRoom: There is none of this id.
            PlaceTaken: Another participant holds the role.
            SlowDown: This participant joins too often.
            Full: Too many connections of this node are half-open.
            SdpError: The offer cannot be understood or answered; nothing was changed.
        """
        room = self.rooms.find(room_id)
        holder = room.places.get(role)
        if holder is not None and holder.participant != participant:
            raise PlaceTaken("another participant holds this place")
        self._admission.admit_peer(room_id, participant, self.peers, holder, now)
        peer, answer_sdp = self._entrance.admit(room.id, participant, role, offer_sdp, now)
        peer.is_light = light
        if holder is not None:
            self._remove(holder, PeerClosedReason.REPLACED, now)
        self._add(peer, now)
        return peer.id, answer_sdp

    def leave(self, room_id: str, peer_id: str, now: float, *, displaced: bool = False) -> None:
        """Close one peer.

        Args:
            displaced: Another one takes its place, so that its page does not come back.

        Raises:
            NoRoom, NoPeer: There is none of this id.
        """
        reason = PeerClosedReason.REPLACED if displaced else PeerClosedReason.LEFT
        self._remove(self._find(room_id, peer_id), reason, now)

    def _find(self, room_id: str, peer_id: str) -> Peer:
        room = self.rooms.find(room_id)
        peer = self.peers.open(peer_id)
        if peer is None or peer.room != room.id:
            raise NoPeer("no such peer in this room")
        return peer

    def check(self, room_id: str, peer_id: str, light: bool, now: float) -> None:
        """Check a peer's line, as `Measuring.begin_check`.

        Raises:
            NoRoom, NoPeer: There is none of this id, or it has no connection yet.
            InCall, SlowDown, Full: Not now.
        """
        peer = self._find(room_id, peer_id)
        if not peer.has_address:
            raise NoPeer("no such peer is connected")
        self.measuring.begin_check(peer, now, light=light)

    def close_room(self, room_id: str, now: float) -> None:
        """Close the room and its peers.

        Raises:
            NoRoom: There is none of this id.
        """
        room = self.rooms.find(room_id)
        members = tuple(room.places.values())
        room.close(now)
        self._drain_room(room)
        for peer in members:
            self.measuring.stop(peer)
            self._drain_peer(peer, now)
        self.rooms.remove(room, now)
        self._timers.cancel(("room", room_id))

    def fail(self, peer_id: str, now: float) -> None:
        """Close a peer whose handling raised; unknown and closed ones are left alone."""
        peer = self.peers.open(peer_id)
        if peer is not None:
            self._remove(peer, PeerClosedReason.FAILED, now)

    def shut_down(self, now: float) -> None:
        """Say goodbye to every browser; rooms and places stay as they are, for a last look."""
        for peer in self.peers:
            peer.hang_up(now)
            self._drain_peer(peer, now)

    # -- network ---------------------------------------------------------------------------

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        """Feed one datagram from the network.

        Args:
            data: The datagram, 1 to 1500 bytes; not kept after return.
            now: Monotonic time, in seconds.
        """
        kind = demux(data)
        if kind is DatagramKind.MEDIA:
            self.core.receive_datagram(data, addr, now)
            if self.core.newcomers:
                for peer in ask_newcomers(self.core, self.peers, now):
                    self._drain_peer(peer, now)
            return
        self.tally.received[kind].add(data)
        if kind is DatagramKind.STUN:
            self._feed(recipient_of_check(self.peers, self.stats, data, addr, now), data, addr, now)
        elif kind is DatagramKind.DTLS:
            self._feed(recipient_of_record(self.peers, self.stats, addr, now), data, addr, now)
        else:
            self.stats.drop(DropReason.MALFORMED)

    def forget_address(self, addr: Address, now: float) -> None:
        """Note that an address is gone for good: its TCP connection ended.

        Its peer is as silent as one without a network, until a check comes from elsewhere.
        """
        peer = self.peers.by_address(addr)
        if peer is not None:
            self.current = peer.id
            peer.forget_address(addr, now)
            self._drain_peer(peer, now)
            self.current = None

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        """The next datagram to send, or None."""
        return self._outgoing.popleft() if self._outgoing else self.core.poll_transmit()

    def next_event(self) -> EngineEvent | None:
        """The next event, or None."""
        return self._events.popleft() if self._events else None

    def next_timeout(self) -> float | None:
        """When `handle_timeout` is due, or None."""
        own, core = self._timers.next_timeout(), self.core.next_timeout()
        if own is None or core is None:
            return own if core is None else core
        return min(own, core)

    def handle_timeout(self, now: float) -> None:
        """Do everything that is due at `now`."""
        due = self.next_timeout()
        late_s = 0.0 if due is None else now - due
        self.measuring.health.note_lateness(late_s, now)
        if late_s > STALL_S:
            self._note_stall(late_s, now)
        self.core.handle_timeout(now)
        while (key := self._timers.pop_due(now)) is not None:
            kind, id = key
            if kind == "room":
                self._handle_room_timeout(self.rooms[id], now)
                continue
            self.current = id
            peer = self.peers[id]
            if kind == "peer":
                peer.handle_timeout(now)
            else:
                self._events.extend(self.measuring.handle_timeout(kind, peer, now))
            self._drain_peer(peer, now)
            self.current = None

    # -- data channels ---------------------------------------------------------------------

    def channels_opened(self, peer_id: str, now: float) -> None:
        """The peer's association is up: greet it with the state of things."""
        peer = self.peers.open(peer_id)
        if peer is None or peer.channels_open:
            return
        peer.channels_open = True
        room = self.rooms[peer.room]
        room.greet(peer, now)
        self.measuring.try_check(peer, now)
        self._drain_room(room)

    def receive_ping(self, peer_id: str, data: str | bytes, now: float) -> None:
        """Echo a short message of the `ping` channel; longer ones are ignored."""
        del now  # every step takes the time; an echo needs none
        if peer_id in self.peers and len(data) <= MAX_PING_BYTES:
            self._events.append(PingEcho(peer_id, data))

    def send_data(self, peer_id: str, data: bytes, now: float) -> None:
        """Send one SCTP packet of the peer's association; nothing when it is gone."""
        if peer_id in self.peers:
            peer = self.peers[peer_id]
            peer.send_data(data, now)
            self._drain_peer(peer, now)

    # -- inside ----------------------------------------------------------------------------

    def _handle_room_timeout(self, room: Room, now: float) -> None:
        if room.unclaimed(now):
            self.close_room(room.id, now)
        else:
            room.handle_timeout(now)
            self._drain_room(room)

    def _utc(self, now: float) -> datetime:
        return datetime.fromtimestamp(now + self.utc_offset, UTC)

    def _note_stall(self, stalled_s: float, now: float) -> None:
        self.stalls += 1
        for room in self.rooms.values():
            room.note_stall(stalled_s, now)
        for peer in self.peers.all_open():
            self._drain_peer(peer, now)

    def _feed(self, peer: Peer | None, data: bytes, addr: Address, now: float) -> None:
        if peer is None:
            return
        self.current = peer.id
        peer.receive_datagram(data, addr, now)
        self._drain_peer(peer, now)
        self.current = None

    def _add(self, peer: Peer, now: float) -> None:
        room = self.rooms[peer.room]
        self.peers.add(peer)
        room.add(peer, now)
        self._drain_peer(peer, now)
        self._drain_room(room)

    def _remove(self, peer: Peer, reason: PeerClosedReason, now: float) -> None:
        """Close a peer; it lingers in `peers` until `_forget`."""
        room = self.rooms[peer.room]
        room.remove(peer, reason, now)
        self.measuring.stop(peer)
        self._drain_room(room)
        self._drain_peer(peer, now)

    def _drain_peer(self, peer: Peer, now: float) -> None:
        """Drain a peer after it was touched, and set its timer."""
        while (event := peer.next_event()) is not None:
            self._follow(peer, event, now)
        while (datagram := peer.poll_transmit()) is not None:
            self._outgoing.append(datagram)
            self.tally.sent[demux(datagram[0])].add(datagram[0])
        if peer.gone(now):
            self._forget(peer)
        else:
            self._timers.set(("peer", peer.id), peer.next_timeout())

    def _follow(self, peer: Peer, event: happened.PeerEvent, now: float) -> None:
        if isinstance(event, happened.Checked):
            self.peers.admit(event.addr, peer)
        elif isinstance(event, happened.Forgotten):
            self.peers.expel(event.addr, peer)
        elif peer.closed is not None:
            return
        elif isinstance(event, happened.Data):
            self._events.append(ChannelData(peer.id, event.data))
        elif isinstance(event, happened.Asked):
            self._events.append(HeartbeatAsked(peer.id))
        elif isinstance(event, happened.Ended):
            self._remove(peer, event.reason, now)
        else:
            room = self.rooms[peer.room]
            if isinstance(event, happened.Lost):
                room.peer_lost(peer, now)
            else:
                self._connected(room, peer, event, now)
            self._drain_room(room)

    def _connected(self, room: Room, peer: Peer, event: happened.Connected, now: float) -> None:
        room.peer_connected(peer, first=event.first, now=now)
        self._drain_room(room)
        if event.first:
            self.tally.note_joined(peer, now)
            if peer.offer.sctp_port is not None:
                limit = peer.offer.max_message_bytes or 0
                self._events.append(ChannelsStarted(peer.id, peer.offer.sctp_port, limit))
            self.measuring.start(peer, now)

    def _drain_room(self, room: Room) -> None:
        while (event := room.next_event()) is not None:
            self._events.append(event)
        self._timers.set(("room", room.id), room.next_timeout())

    def _forget(self, peer: Peer) -> None:
        self.measuring.stop(peer)
        self.tally.note_forgotten(peer)
        self._timers.cancel(("peer", peer.id))
        self.peers.remove(peer)
        self._events.append(PeerGone(peer.id))
