"""All sessions of some days as CSV, piece by piece: nobody holds 50,000 of them in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from control.auth.ports import Caller
from control.data.database import Database
from control.http.sheets import BOM, write_row
from control.sessions.ports import Patients
from control.sessions.sheet import HEADERS, Period, cells
from control.sessions.store import SessionStore

AT_ONCE = 200  # sessions read in one transaction


class SessionExport:
    """Reads a therapist's sessions with patients; the login is judged anew for each piece."""

    def __init__(self, database: Database, store: SessionStore, patients: Patients) -> None:
        self._database = database
        self._store = store
        self._patients = patients

    async def pieces(self, me: Caller, period: Period, language: str) -> AsyncGenerator[bytes]:
        """Yield the sheet, newest session first; the first piece has the headers.

        Raises:
            Unauthenticated: Before the first piece, or later for a login that has ended meanwhile.
        """
        text = BOM + write_row(HEADERS[language])
        after = None
        while True:
            async with self._database.read(by=me) as tx:
                records = await self._store.newest(
                    tx,
                    me.id,
                    None,
                    without=await self._patients.guests_of(tx, me.id),
                    after=after,
                    opened=period.instants,
                    limit=AT_ONCE,
                )
                names = await self._patients.names(tx, {one.patient_id for one in records})
            for record in records:
                who = names.get(record.patient_id)
                if who is not None:  # else erased since it was read
                    text += write_row(cells(record, who.name, period.zone, language))
            yield text.encode()
            if len(records) < AT_ONCE:
                return
            text, after = "", (records[-1].facts.opened_at, records[-1].id)
