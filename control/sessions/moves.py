"""Change a session's facts: read, decide by the model, compare-and-set, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.errors import Ended
from control.presence.model import Lobbies
from control.sessions.model import SessionFacts, SessionRecord
from control.sessions.store import SessionStore

Decide = Callable[[Transaction, SessionRecord], Awaitable[SessionFacts]]
Move = Callable[[SessionFacts], SessionFacts]


class Moves:
    """Reads and writes one session at a time, and keeps its lobby's gate in step."""

    def __init__(self, database: Database, store: SessionStore, lobbies: Lobbies) -> None:
        self._database = database
        self._store = store
        self._lobbies = lobbies

    async def read(self, session_id: str) -> SessionRecord | None:
        async with self._database.read() as tx:
            return await self._store.get(tx, session_id)

    async def make(self, session_id: str, move: Move, by: Caller | None = None) -> SessionRecord:
        """Make a move that needs nothing but the facts."""

        async def decide(tx: Transaction, record: SessionRecord) -> SessionFacts:
            return move(record.facts)

        _, after = await self.decide(session_id, decide, by)
        return after

    async def decide(
        self, session_id: str, decide: Decide, by: Caller | None = None
    ) -> tuple[SessionRecord, SessionRecord]:
        """Return the record before and after the move.

        Raises:
            NotFound: no_session, when it is not this caller's.
            Conflict: What the model says of an illegal move.
        """

        async def move(tx: Transaction) -> tuple[SessionRecord, SessionRecord]:
            before = await self._load(tx, session_id, by)
            facts = await decide(tx, before)
            if facts == before.facts:
                return before, before
            return before, await self._store.write_facts(tx, before, facts)

        before, after = await self._database.transact(move, by=by)
        if after.facts.ended_at is None:
            self._lobbies.open(after.standing)
        else:
            self._lobbies.close(session_id)
        return before, after

    async def _load(self, tx: Transaction, session_id: str, by: Caller | None) -> SessionRecord:
        if by is not None:
            return await self._store.owned(tx, by.id, session_id)
        record = await self._store.get(tx, session_id)
        if record is None:
            raise Ended()
        return record
