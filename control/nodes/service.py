"""What a media node tells us, brought into lobbies and sessions; implements `MediaListener`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from control.data.database import Database
from control.presence.book import LobbyBook
from control.presence.model import Lobby
from control.presence.service import PresenceService
from control.sessions.feed import Feed
from control.sessions.rooms import Rooms
from control.sessions.store import SessionStore
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
    StreamHello,
)

log = logging.getLogger(__name__)


class NodeService:
    """Handles the event stream; every handler may be called again with the same."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        book: LobbyBook,
        presence: PresenceService,
        feed: Feed,
        rooms: Rooms,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._store = store
        self._book = book
        self._presence = presence
        self._feed = feed
        self._rooms = rooms
        self._clock = clock

    async def handle_hello(self, hello: StreamHello) -> None:
        """Start from a snapshot, or go on; either way bring the node's rooms in line with ours."""
        now = self._clock()
        if not hello.resumed:
            rooms = {room.id: room for room in hello.rooms}
            for lobby in self._book:
                room = rooms.get(lobby.session_id)
                lobby.replace_peers(room.peers if room else [])
                await self._presence.look(lobby, now=now)
        await self._rooms.reconcile(None if hello.resumed else hello.rooms, now=now)

    async def handle_event(self, event: Event) -> None:
        now = self._clock()
        lobby = self._book.get(event.room)
        if lobby is None:
            return  # a room that is being closed; what it says concerns nobody any more
        match event:
            case PeerReported():
                lobby.put_peer(event.peer)
                self._feed.proofs_moved(lobby.therapist_id)
            case PeerJoined():
                lobby.put_peer(event.peer)
                self._feed.proofs_moved(lobby.therapist_id)
            case PeerConnected():
                lobby.set_connected(event.peer, True)
            case PeerLost():
                lobby.set_connected(event.peer, False)
            case PeerClosed():
                lobby.drop_peer(event.peer)
            case ClockTicked():
                await self._save_clock(lobby, event, now)
            case RoomClosed():
                lobby.replace_peers([])
                await self._rooms.align(lobby.session_id, now=now)
            case GateMoved():
                await self._check_gate(lobby, event, now)
        await self._presence.look(lobby, now=now)

    async def _save_clock(self, lobby: Lobby, event: ClockTicked, now: datetime) -> None:
        async with self._database.write() as tx:
            await self._store.write_clock(tx, lobby.session_id, event.clock, now)
        self._feed.proofs_moved(lobby.therapist_id)

    async def _check_gate(self, lobby: Lobby, event: GateMoved, now: datetime) -> None:
        """A gate that moved otherwise than we wrote down is moved back.

        The session's lock waits for a move under way, whose echo this event usually is.
        """
        if event.open == lobby.gate_open:
            return
        async with self._book.lock(lobby.session_id):
            if event.open != lobby.gate_open:
                await self._rooms.align(lobby.session_id, now=now)
