"""What a therapist does about a weak line: stop the pictures, or send the patient a hint."""

from __future__ import annotations

import asyncio
from datetime import datetime

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Conflict, Ended
from control.http.pace import Allowance
from control.sessions.feed import Feed
from control.sessions.messages import Session
from control.sessions.model import SessionFacts
from control.sessions.moves import Moves
from control.sessions.ports import Visits
from control.sessions.service import SessionService
from control.sessions.store import SessionStore

HINTS, WITHIN_S = 3, 300.0


def hint_allowance() -> Allowance:
    """Return the bound of hints to one patient: more of them would nag."""
    return Allowance(HINTS, WITHIN_S)


class WeakLines:
    """The switch "Sound first", and the one hint there is."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        moves: Moves,
        sessions: SessionService,
        feed: Feed,
        visits: Visits,
        hints: Allowance,
    ) -> None:
        self._database = database
        self._store = store
        self._moves = moves
        self._sessions = sessions
        self._feed = feed
        self._visits = visits
        self._hints = hints

    async def put_sound_first(
        self, me: Caller, session_id: str, *, on: bool, now: datetime
    ) -> Session:
        """Stop the pictures of both sides while in contact, or let them go on.

        Written first, and done at the node now or as soon as it answers.

        Raises:
            NotFound: no_session.
            Conflict: ended.
        """

        def move(facts: SessionFacts) -> SessionFacts:
            return facts.put_sound_first(on)

        record = await self._moves.make(session_id, move, me)
        await self._sessions.align(session_id, now=now)
        await self._feed.changed(record, now=now)
        return await self._sessions.get(me, session_id, now=now)

    async def hint(self, me: Caller, session_id: str) -> None:
        """Have the patient's page say what may help the line.

        Raises:
            NotFound: no_session.
            Conflict: ended; no_page, where no page of the patient's is open to say it.
            SlowDown: Too many hints to this patient.
        """
        async with self._database.read(by=me) as tx:
            record = await self._store.owned(tx, me.id, session_id)
        if record.facts.ended_at is not None:
            raise Ended()
        now = asyncio.get_running_loop().time()
        self._hints.check(record.patient_id, now)
        if not self._visits.hint(record.patient_id):
            raise Conflict("no_page", "No page of the patient’s is open.")
        self._hints.take(record.patient_id, now)
