"""From what is seen (sockets, peers) to what follows: waiting since, reconnecting, gate closed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from control.auth.model import therapist_group
from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Conflict, Ended, Unavailable
from control.live.hub import Pages
from control.presence.messages import Devices
from control.presence.model import FLICKER, RESTART_ALLOWANCE, Lobbies, Lobby, lobby_group
from control.presence.ports import Changes, Sessions, Store
from sfu.messages import Role

log = logging.getLogger(__name__)

ABANDONED_AFTER = timedelta(minutes=10)
"""A session in which nobody has been for so long ends by itself."""


class PresenceService:
    """Derives presence anew when something moved, and twice a second because time passed.

    What is written and shown is compared with what is derived, so a write or a push that failed
    is made up for by the next turn.
    """

    def __init__(
        self,
        database: Database,
        store: Store,
        *,
        lobbies: Lobbies,
        pages: Pages,
        changes: Changes,
        sessions: Sessions,
    ) -> None:
        self._database = database
        self._store = store
        self._lobbies = lobbies
        self._pages = pages
        self._changes = changes
        self._sessions = sessions

    async def resume(self, *, now: datetime) -> None:
        """After a start: give everybody who was here some seconds to be seen again."""
        async with self._database.read() as tx:
            standing = await self._store.standing(tx)
        seen_at = now + RESTART_ALLOWANCE - FLICKER
        for session in standing:
            lobby = self._lobbies.open(session)
            lobby.therapist.seen_at = seen_at
            if session.waiting_since is not None or session.gate_open:
                lobby.patient.seen_at = seen_at
            lobby.written_present = session.waiting_since is not None

    async def refresh(self, lobby: Lobby, *, now: datetime) -> None:
        """Derive one lobby's presence; write down and push what changed."""
        lobby.refresh(
            now,
            patient_page=self._pages.has(lobby_group(lobby.session_id)),
            therapist_page=self._pages.has(therapist_group(lobby.therapist_id)),
        )
        present = lobby.patient.is_present(now)
        if present != lobby.written_present:
            await self._write_waiting(lobby, now if present else None)
        shown = (
            present,
            lobby.reconnecting(Role.PATIENT),
            lobby.therapist.is_present(now),
            lobby.connected(Role.PATIENT),
            lobby.connected(Role.THERAPIST),
            lobby.written_present,
        )
        if shown != lobby.shown:
            lobby.shown = shown
            await self._changes.presence_changed(lobby.session_id, now=now)

    async def refresh_all(self, therapist_id: str, *, now: datetime) -> None:
        """Derive a therapist's lobbies anew: a page of hers opened or closed."""
        for lobby in self._lobbies:
            if lobby.therapist_id == therapist_id:
                await self.refresh(lobby, now=now)

    async def tell_therapist_devices(
        self, me: Caller, session_id: str, devices: Devices, *, now: datetime
    ) -> None:
        """Take note of what the therapist's page says of its devices, for the patient's page.

        Raises:
            NotFound: no_session.
            Conflict: ended.
        """
        async with self._database.read(by=me) as tx:
            await self._store.owned(tx, me.id, session_id)
            lobby = self._lobbies.get(session_id)
            if lobby is None or not await self._store.is_open(tx, session_id):
                raise Ended()
            is_new = lobby.put_devices(Role.THERAPIST, devices)
        if is_new:
            await self._changes.presence_changed(session_id, now=now)

    async def tell_patient_devices(
        self, session_id: str, devices: Devices, *, now: datetime
    ) -> None:
        """Take note of what the patient's page says of its devices, for the therapist's page."""
        lobby = self._lobbies.get(session_id)
        if lobby is not None and lobby.put_devices(Role.PATIENT, devices):
            await self._changes.presence_changed(session_id, now=now)

    async def tick(self, *, now: datetime) -> None:
        """Let time pass: flicker over, grace over, abandoned sessions ended.

        Raises:
            Unavailable: After all lobbies had their turn, when something could not be done for one.
        """
        away: Unavailable | None = None
        for lobby in self._lobbies:
            try:
                await self._let_pass(lobby, now)
            except Conflict:  # it ended a moment ago, or another control ended it
                self._lobbies.close(lobby.session_id)
            except Unavailable as error:
                away = error
        if away is not None:
            raise away

    async def _let_pass(self, lobby: Lobby, now: datetime) -> None:
        await self.refresh(lobby, now=now)
        if lobby.gate_open and lobby.someone_gone(now):
            await self._sessions.hold_absent(lobby.session_id, now=now)
        elif lobby.abandoned(now, ABANDONED_AFTER):
            await self._sessions.finish(lobby.session_id, now=now)

    async def _write_waiting(self, lobby: Lobby, since: datetime | None) -> None:
        try:
            async with self._database.write() as tx:
                await self._store.write_waiting(tx, lobby.session_id, since)
        except Unavailable:
            log.warning("since when a patient waits could not be written, will try again")
        else:
            lobby.written_present = since is not None
            what = "came to the waiting room" if since is not None else "is not here any more"
            ids = {"session": lobby.session_id}
            log.info("session %s: the patient %s", lobby.session_id, what, extra=ids)
