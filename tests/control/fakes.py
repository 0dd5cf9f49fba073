"""A media server in memory, with the contract of `sessions.ports.MediaServer`, and a clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

from control.errors import Conflict, ControlError, Invalid, NotFound, Unavailable
from control.http.wire import Offer
from control.nodes.figures import NodeFigures, read_figures
from control.nodes.ports import MediaListener
from control.sessions.ports import Overtaken
from sfu.messages import (
    CheckReport,
    CheckState,
    ClockState,
    ClockTicked,
    Event,
    Level,
    LineQuality,
    MediaProof,
    NodeLoad,
    PeerClosed,
    PeerClosedReason,
    PeerConnected,
    PeerJoined,
    PeerLost,
    PeerReported,
    PeerState,
    Role,
    RoomCommand,
    RoomState,
    StreamHello,
)

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
ANSWER = "v=0\r\no=- 2 2 IN IP4 127.0.0.1\r\n"


class FakeClock:
    """The time of a test; it moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


class FakeMedia:
    """One node: rooms, peers and events, without media."""

    def __init__(self) -> None:
        self.listener: MediaListener | None = None
        self.is_away = False
        self.is_connected = True
        self.is_closed = False
        self.calls: list[tuple[str, str]] = []
        self.participants: list[str] = []
        self.light: list[bool] = []
        """Of each offer, whether its browser saves data."""
        self.opened: list[str] = []
        self.synthetic: dict[str, bool] = {}
        """Of each room that was ever made, whether nobody real meets there."""
        """Rooms whose gate opened, the latest last."""
        self.checked: list[tuple[Role, bool]] = []
        """Whose line was checked, and whether with few bytes."""
        self.refuses_checks: ControlError | None = None
        self.closed: list[PeerClosedReason] = []
        """Why the peers went that control closed, the latest last."""
        self.node_load = NodeLoad(
            boot_id="boot1",
            rooms=0,
            peers=0,
            loop_lag_p95_ms=1.0,
            cpu_ratio=0.05,
            draining=False,
            packet_core="native",
        )
        self.metrics = ""
        """What the node's `/metrics` says."""
        self._rooms: dict[str, RoomState] = {}
        self._ids = count(1)
        self._generations = count(1)
        self._obeyed: dict[str, int] = {}
        """The highest generation of each room."""
        self._followed = asyncio.Event()

    # What control calls

    def draw_generation(self) -> int:
        return next(self._generations)

    async def ensure_room(self, room: str, command: RoomCommand, generation: int) -> RoomState:
        self._answer("ensure_room", room)
        self._obey(room, generation)
        self.synthetic[room] = command.is_synthetic
        known = self._rooms.get(room)
        clock = known.clock if known and known.clock else command.clock
        if command.gate_open and clock is None:
            clock = ClockState(
                started_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC), wall_s=0, connected_s=0
            )
        state = RoomState(
            id=room,
            gate_open=command.gate_open,
            show_clock_to_patient=command.show_clock_to_patient,
            relay_patients_screen=command.relay_patients_screen,
            sound_first=command.sound_first,
            clock=clock,
            peers=known.peers if known else [],
        )
        self._rooms[room] = state
        if state.gate_open and not (known and known.gate_open):
            self.opened.append(room)
        return state

    async def close_gate(self, room: str) -> RoomState | None:
        self._answer("close_gate", room)
        self._obey(room, self.draw_generation())
        known = self._rooms.get(room)
        if known is not None:
            known = self._rooms[room] = known.model_copy(update={"gate_open": False})
        return known

    async def room_state(self, room: str) -> RoomState | None:
        self._answer("room_state", room)
        return self._rooms.get(room)

    async def rooms(self) -> list[RoomState]:
        self._answer("rooms", "")
        return list(self._rooms.values())

    async def close_room(self, room: str) -> None:
        self._answer("close_room", room)
        self._obey(room, self.draw_generation())
        self._rooms.pop(room, None)

    async def offer(self, room: str, participant: str, role: Role, offer: Offer) -> str:
        self._answer("offer", room)
        self._obey(room, self.draw_generation())
        if "m=nonsense" in offer.sdp:
            raise Invalid("bad_sdp", "The offer has an m-line we do not know.")
        if room not in self._rooms:
            raise NotFound("no_room", "There is no such room on this node.")
        old = self.peer(room, role)
        if old is not None and old.participant != participant:
            raise Conflict("place_taken", "This place is taken.")
        self.participants.append(participant)
        self.light.append(offer.light)
        peer = PeerState(
            id=f"peer{next(self._ids)}", participant=participant, role=role, connected=False
        )
        if old is not None:
            self._remove(room, old)
            reason = PeerClosedReason.REPLACED
            await self.tell(PeerClosed(room=room, peer=old.id, reason=reason))
        self._put(room, peer)
        await self.tell(PeerJoined(room=room, peer=peer))
        return ANSWER

    async def check(self, room: str, peer: str, *, light: bool) -> None:
        self._answer("check", room)
        if self.refuses_checks is not None:
            raise self.refuses_checks
        peers = self._rooms[room].peers if room in self._rooms else []
        known = next((each for each in peers if each.id == peer), None)
        if known is None:
            raise NotFound("no_peer", "There is no such peer in this room.")
        if self._rooms[room].gate_open:
            raise Conflict("in_call", "The two are in contact; a check is for before.")
        self.checked.append((known.role, light))
        report = CheckReport(
            state=CheckState.RUNNING,
            started_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            quality=LineQuality(level=Level.UNKNOWN),
        )
        self._change(room, known.role, check=report)

    async def delete_peer(self, room: str, peer: str, *, replaced: bool = False) -> None:
        self._answer("delete_peer", room)
        self._obey(room, self.draw_generation())
        for known in self._rooms[room].peers if room in self._rooms else []:
            if known.id == peer:
                self._remove(room, known)
                reason = PeerClosedReason.REPLACED if replaced else PeerClosedReason.LEFT
                self.closed.append(reason)

    async def load(self) -> NodeLoad:
        self._answer("load", "")
        return self.node_load

    async def figures(self) -> NodeFigures:
        self._answer("figures", "")
        return read_figures(self.metrics)

    async def drain(self, draining: bool) -> None:
        self._answer("drain", str(draining))
        self.node_load = self.node_load.model_copy(update={"draining": draining})

    async def follow(self, listener: MediaListener) -> None:
        self.listener = listener
        await listener.handle_hello(self.hello())
        self._followed.set()
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.is_closed = True

    # What a test does

    async def wait_followed(self) -> None:
        await self._followed.wait()

    def hello(self, boot_id: str = "boot1", *, resumed: bool = False) -> StreamHello:
        rooms = [] if resumed else list(self._rooms.values())
        return StreamHello(boot_id=boot_id, seq=0, resumed=resumed, rooms=rooms)

    def room(self, room: str) -> RoomState | None:
        return self._rooms.get(room)

    def peer(self, room: str, role: Role) -> PeerState | None:
        state = self._rooms.get(room)
        peers = state.peers if state else []
        return next((peer for peer in peers if peer.role is role), None)

    def forget_follower(self) -> None:
        """Control stopped; the node lives on."""
        self.listener = None
        self._followed = asyncio.Event()

    def put_room(self, state: RoomState) -> None:
        self._rooms[state.id] = state

    def lose_everything(self) -> None:
        """The node's process was killed and started again."""
        self._rooms.clear()

    async def connect(self, room: str, role: Role) -> None:
        """The peer's handshake is done."""
        peer = self._change(room, role, connected=True)
        await self.tell(PeerConnected(room=room, peer=peer.id))

    async def lose(self, room: str, role: Role) -> None:
        peer = self._change(room, role, connected=False)
        await self.tell(PeerLost(room=room, peer=peer.id))

    async def report(self, room: str, role: Role, proof: MediaProof) -> None:
        peer = self._change(room, role, proof=proof)
        await self.tell(PeerReported(room=room, peer=peer))

    def measure(self, room: str, role: Role, **measured: object) -> None:
        """Know something new of a peer, and report it to nobody."""
        self._change(room, role, **measured)

    async def tick(self, room: str, wall_s: float, connected_s: float) -> None:
        state = self._rooms[room]
        assert state.clock is not None
        clock = state.clock.model_copy(update={"wall_s": wall_s, "connected_s": connected_s})
        self._rooms[room] = state.model_copy(update={"clock": clock})
        await self.tell(ClockTicked(room=room, clock=clock))

    async def tell(self, event: Event) -> None:
        if self.listener is not None:
            await self.listener.handle_event(event)

    def _answer(self, call: str, room: str) -> None:
        self.calls.append((call, room))
        if self.is_away:
            raise Unavailable("media_away", "The media server does not answer.")

    def _obey(self, room: str, generation: int) -> None:
        if generation <= self._obeyed.get(room, 0):
            raise Overtaken("media_away", "The room was closed, or its gate, after this was drawn.")
        self._obeyed[room] = generation

    def _put(self, room: str, peer: PeerState) -> None:
        state = self._rooms[room]
        others = [known for known in state.peers if known.role is not peer.role]
        self._rooms[room] = state.model_copy(update={"peers": [*others, peer]})

    def _remove(self, room: str, peer: PeerState) -> None:
        state = self._rooms[room]
        others = [known for known in state.peers if known.id != peer.id]
        self._rooms[room] = state.model_copy(update={"peers": others})

    def _change(self, room: str, role: Role, **update: object) -> PeerState:
        peer = self.peer(room, role)
        assert peer is not None
        changed = peer.model_copy(update=update)
        self._put(room, changed)
        return changed
