"""Change a session's facts: read, decide by the model, compare-and-set, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container

from prometheus_client import Counter, Histogram

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.errors import Ended
from control.presence.model import Lobbies
from control.sessions import journal
from control.sessions.model import Outcome, SessionFacts, SessionRecord
from control.sessions.store import SessionStore

Decide = Callable[[Transaction, SessionRecord], Awaitable[SessionFacts]]
Move = Callable[[SessionFacts], SessionFacts]
WAIT_BUCKETS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)


class Moves:
    """Reads and writes one session at a time, and keeps its lobby's gate in step."""

    def __init__(
        self, database: Database, store: SessionStore, lobbies: Lobbies, canaries: Container[str]
    ) -> None:
        self._database = database
        self._store = store
        self._lobbies = lobbies
        self._canaries = canaries
        self.ended = Counter(
            "visavis_control_ended_sessions_total",
            "Sessions that ended, by how they are remembered.",
            ("outcome",),
            registry=None,
        )
        for outcome in Outcome:
            self.ended.labels(outcome.value)
        self.wait_seconds = Histogram(
            "visavis_control_wait_seconds",
            "From a patient's arrival to the first ACCEPT.",
            buckets=WAIT_BUCKETS,
            registry=None,
        )

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
        self._note(before, after)
        if after.facts.ended_at is None:
            self._lobbies.open(after.standing)
        else:
            self._lobbies.close(session_id)
        return before, after

    def _note(self, before: SessionRecord, after: SessionRecord) -> None:
        """Log and count what was moved, once it is written."""
        journal.write(before, after)
        if after.therapist_id in self._canaries:
            return
        outcome = after.facts.outcome
        if outcome is not None and before.facts.outcome is None:
            self.ended.labels(outcome.value).inc()
        contact_at, since = after.facts.contact_at, before.waiting_since
        if contact_at is not None and before.facts.contact_at is None and since is not None:
            self.wait_seconds.observe(max(0.0, (contact_at - since).total_seconds()))

    async def _load(self, tx: Transaction, session_id: str, by: Caller | None) -> SessionRecord:
        if by is not None:
            return await self._store.owned(tx, by.id, session_id)
        record = await self._store.get(tx, session_id)
        if record is None:
            raise Ended()
        return record
