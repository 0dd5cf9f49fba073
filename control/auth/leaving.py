"""Use cases of who goes: take everything along, and delete the account."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from control.auth.account import AccountService, Browser
from control.auth.ports import OpenSessions, RunningSessions, Search, StandingVisits
from control.auth.service import AuthService, LoginCaller
from control.auth.store import AuthStore, therapists
from control.data.database import TRIES, Database, LostRace, Transaction
from control.data.encryption import Vault
from control.data.export import Exporter, Rows
from control.errors import Conflict

FORMAT = 1


class LeavingService:
    """Exports and erases one therapist's account."""

    def __init__(
        self,
        database: Database,
        store: AuthStore,
        vault: Vault,
        *,
        auth: AuthService,
        account: AccountService,
        open_sessions: OpenSessions,
        sessions: RunningSessions,
        visits: StandingVisits,
        search: Search,
    ) -> None:
        self._database = database
        self._store = store
        self._exporter = Exporter(vault, therapists)
        self._auth = auth
        self._account = account
        self._open_sessions = open_sessions
        self._sessions = sessions
        self._visits = visits
        self._search = search

    async def export(self, me: LoginCaller, *, now: datetime) -> str:
        """Return all that the therapist owns as one JSON text, without secrets."""
        therapist_id = (await self._auth.identify(me)).id

        async def read(rows: Rows) -> list[object]:
            async with self._database.read(by=me) as tx:
                return await rows(tx)

        tables = await self._exporter.read(therapist_id, read)
        content = {"format": FORMAT, "made_at": now.isoformat(), "tables": tables}
        return await asyncio.to_thread(json.dumps, content, ensure_ascii=False, indent=1)

    async def erase(
        self, me: LoginCaller, password: str, browser: Browser, *, now: datetime
    ) -> str:
        """Delete the account with all that belongs to it; running sessions end first.

        Returns:
            The id that the therapist had, for whoever closes the pages.

        Raises:
            Forbidden: wrong_password.
            SlowDown, Unavailable: As for a log-in; or a session could not be closed.
        """
        proven = await self._account.prove(me, password, browser, now=now)
        therapist_id = proven.person.id

        async def erase_in(tx: Transaction) -> bool:
            await self._account.confirm_in(tx, proven)
            if await self._open_sessions.all_open(tx, therapist_id):
                return False  # a patient came meanwhile
            await self._store.erase(tx, therapist_id)
            return True

        for _ in range(TRIES):
            await self._close_sessions(me, therapist_id, now)
            if await self._database.transact(erase_in, by=me):
                break
        else:
            raise LostRace
        self._search.forget(therapist_id)
        return therapist_id

    async def _close_sessions(self, me: LoginCaller, therapist_id: str, now: datetime) -> None:
        """End every open session: the visit, then its media, then the room."""

        async def end_visits(tx: Transaction) -> list[tuple[str, str]]:
            found = await self._open_sessions.all_open(tx, therapist_id)
            for session in found:
                await self._visits.end_in(tx, session.patient_id, now)
            return [(session.id, session.patient_id) for session in found]

        for session_id, patient_id in await self._database.transact(end_visits, by=me):
            await self._visits.cut(patient_id, now=now)
            try:
                await self._sessions.finish(session_id, now=now)
            except Conflict:  # it has ended meanwhile
                continue
