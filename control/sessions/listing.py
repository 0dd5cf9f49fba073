"""The therapist's list of sessions, page by page."""

from __future__ import annotations

from datetime import datetime

from control.auth.ports import Caller
from control.data.cursors import Cursors
from control.data.database import Database, Transaction
from control.http.paging import Asked
from control.sessions.feed import Feed
from control.sessions.messages import SessionPage
from control.sessions.model import SessionRecord
from control.sessions.ports import Patients, PatientSearch
from control.sessions.store import SessionStore


class SessionListing:
    """Finds sessions of a therapist's, by patient and by what is typed."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        patients: Patients,
        search: PatientSearch,
        feed: Feed,
        cursors: Cursors,
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._search = search
        self._feed = feed
        self._cursors = cursors

    async def find(
        self,
        me: Caller,
        asked: Asked,
        patient_id: str | None,
        *,
        ended: bool = False,
        now: datetime,
    ) -> SessionPage:
        """Return a page of the sessions with patients, newest first; guests have a list apart.

        Args:
            asked: `search` is for the patient.
            patient_id: One patient's sessions only; None for all.
            ended: Those that have ended only.

        Raises:
            Invalid: bad_cursor.
        """
        async with self._database.read(by=me) as tx:
            after = None
            if asked.cursor is not None:
                opened_at, session_id = self._cursors.open(me.id, asked.cursor)
                after = datetime.fromisoformat(opened_at), session_id
            with_whom = await self._with_whom(tx, me.id, asked.search, patient_id, now)
            guests = await self._patients.guests_of(tx, me.id)
            records = await self._store.newest(
                tx,
                me.id,
                with_whom,
                without=guests,
                ended=ended,
                after=after,
                limit=asked.limit + 1,
            )
            page, rest = records[: asked.limit], records[asked.limit :]
            return SessionPage(
                items=await self._feed.views(tx, page, now),
                next=self._cursor_after(page[-1]) if rest else None,
            )

    def _cursor_after(self, record: SessionRecord) -> str:
        opened_at = record.facts.opened_at.isoformat()
        return self._cursors.seal(record.therapist_id, opened_at, record.id)

    async def _with_whom(
        self, tx: Transaction, therapist_id: str, search: str, patient_id: str | None, now: datetime
    ) -> set[str] | None:
        """Return whose sessions are asked for; None for everybody's."""
        if not search and patient_id is None:
            return None
        found = await self._search.find_ids(tx, therapist_id, search, now=now)
        return found if patient_id is None else found & {patient_id}
