"""What a media node tells us, brought into lobbies and sessions; implements `MediaListener`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from control.errors import Unavailable
from control.nodes.ports import Changes, LineCourses, LineRecords, LinkTests, Presence, Sessions
from control.presence.model import Lobbies, Lobby
from sfu.messages import (
    ClockTicked,
    Event,
    GateMoved,
    PeerClosed,
    PeerConnected,
    PeerJoined,
    PeerLost,
    PeerReported,
    RoomClosed,
    RoomState,
    StreamHello,
)

log = logging.getLogger(__name__)


class NodeService:
    """Handles the event stream; every handler may be called again with the same."""

    def __init__(
        self,
        *,
        lobbies: Lobbies,
        presence: Presence,
        sessions: Sessions,
        changes: Changes,
        lines: LineRecords,
        courses: LineCourses,
        tests: LinkTests,
        rooms: Callable[[], Awaitable[list[RoomState]]],
        clock: Callable[[], datetime],
    ) -> None:
        self._lobbies = lobbies
        self._presence = presence
        self._sessions = sessions
        self._changes = changes
        self._lines = lines
        self._courses = courses
        self._tests = tests
        self._rooms = rooms
        self._clock = clock

    async def handle_hello(self, hello: StreamHello) -> None:
        """Start from a snapshot, or go on; either way bring the node's rooms in line with ours."""
        now = self._clock()
        if not hello.resumed:
            rooms = {room.id: room for room in hello.rooms}
            for lobby in self._lobbies:
                room = rooms.get(lobby.session_id)
                lobby.replace_peers(room.peers if room else [])
                await self._presence.refresh(lobby, now=now)
        rooms_now = await self._rooms() if hello.resumed else hello.rooms
        of_sessions = [room for room in rooms_now if not self._tests.owns(room.id)]
        await self._sessions.reconcile(of_sessions, now=now)

    async def handle_event(self, event: Event) -> None:
        now = self._clock()
        lobby = self._lobbies.get(event.room)
        if lobby is None:
            # A test from a link, or a room that is being closed: what that says concerns nobody.
            await self._tests.handle_event(event, now=now)
            return
        match event:
            case PeerReported() | PeerJoined():
                lobby.put_peer(event.peer)
                self._changes.mark(lobby.therapist_id)
                await self._lines.note(lobby, event.peer)
                await self._courses.note(lobby, event.peer, now=now)
            case PeerConnected():
                lobby.set_connected(event.peer, True)
                _tell(lobby, event.peer, "is connected")
            case PeerLost():
                lobby.set_connected(event.peer, False)
                _tell(lobby, event.peer, "is lost")
            case PeerClosed():
                _tell(lobby, event.peer, f"is closed, {event.reason}")
                lobby.drop_peer(event.peer)
            case ClockTicked():
                await self._save_clock(lobby, event, now)
            case RoomClosed():
                lobby.replace_peers([])
                await self._sessions.align(lobby.session_id, now=now)
            case GateMoved():
                if event.open != lobby.gate_open:
                    await self._sessions.align(lobby.session_id, now=now)
        await self._presence.refresh(lobby, now=now)

    async def _save_clock(self, lobby: Lobby, event: ClockTicked, now: datetime) -> None:
        try:
            await self._sessions.save_clock(lobby.session_id, event.clock, now=now)
        except Unavailable:
            log.warning("the clock of a session could not be copied; the next tick will be")
        self._changes.mark(lobby.therapist_id)


def _tell(lobby: Lobby, peer_id: str, what: str) -> None:
    """Log what became of a peer, by the ids that the node's log has too."""
    peer = lobby.find_peer(peer_id)
    whose = "a former" if peer is None else f"the {peer.role}'s"
    ids = {"session": lobby.session_id, "peer": peer_id}
    log.info("session %s: %s connection %s %s", lobby.session_id, whose, peer_id, what, extra=ids)
