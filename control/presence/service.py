"""From what is seen (sockets, peers) to what follows: waiting since, reconnecting, gate closed."""

from __future__ import annotations

from datetime import datetime

from control.data.database import Database
from control.errors import Conflict
from control.ports import Pages
from control.presence.book import LobbyBook
from control.presence.model import FLICKER, RESTART_ALLOWANCE, Lobby
from control.sessions.feed import Feed
from control.sessions.model import ABANDONED_AFTER
from control.sessions.service import SessionService
from control.sessions.store import SessionStore
from sfu.messages import Role


class PresenceService:
    """Looks at lobbies when something moved, and twice a second because time passed."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        book: LobbyBook,
        pages: Pages,
        feed: Feed,
        sessions: SessionService,
    ) -> None:
        self._database = database
        self._store = store
        self._book = book
        self._pages = pages
        self._feed = feed
        self._sessions = sessions

    async def resume(self, *, now: datetime) -> None:
        """After a start: give everybody who was here some seconds to be seen again."""
        async with self._database.read() as tx:
            records = await self._store.all_open(tx)
        seen_at = now + RESTART_ALLOWANCE - FLICKER
        for record in records:
            lobby = self._book.open(record)
            lobby.therapist.seen_at = seen_at
            if record.waiting_since is not None or record.facts.gate_open:
                lobby.patient.seen_at = seen_at
            lobby.shown = (record.waiting_since is not None,)

    async def look(self, lobby: Lobby, *, now: datetime) -> None:
        """Look again at one lobby; write down and push what changed."""
        lobby.refresh(now, therapist_page=self._pages.has_therapist(lobby.therapist_id))
        present = lobby.patient.is_present(now)
        shown = (
            present,
            lobby.reconnecting(Role.PATIENT),
            lobby.therapist.is_present(now),
            lobby.connected(Role.PATIENT),
            lobby.connected(Role.THERAPIST),
        )
        if shown == lobby.shown:
            return
        was_present = bool(lobby.shown and lobby.shown[0])
        lobby.shown = shown
        if present != was_present:
            async with self._database.write() as tx:
                await self._store.write_waiting(tx, lobby.session_id, now if present else None)
        await self._feed.changed(lobby.session_id, now=now, therapist_only=True)

    async def look_all(self, therapist_id: str, *, now: datetime) -> None:
        """Look again at a therapist's lobbies: a page of hers opened or closed."""
        for lobby in self._book:
            if lobby.therapist_id == therapist_id:
                await self.look(lobby, now=now)

    async def tick(self, *, now: datetime) -> None:
        """Let time pass: flicker over, grace over, abandoned sessions ended."""
        for lobby in self._book:
            try:
                await self._let_pass(lobby, now)
            except Conflict:  # it ended a moment ago, or another control ended it
                self._book.close(lobby.session_id)

    async def _let_pass(self, lobby: Lobby, now: datetime) -> None:
        await self.look(lobby, now=now)
        if lobby.gate_open and lobby.someone_gone(now):
            await self._sessions.hold_absent(lobby.session_id, now=now)
        elif lobby.abandoned(now, ABANDONED_AFTER):
            await self._sessions.finish(lobby.session_id, now=now)
