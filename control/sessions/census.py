"""How many sessions are open, in which state, and how long patients have waited; for operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from datetime import datetime

from control.data.database import Transaction
from control.operations.ports import OpenSessions
from control.sessions.model import State
from control.sessions.store import SessionStore


class SessionCensus:
    """Implements `operations.ports.SessionCounter`; of all controls of one database alike."""

    def __init__(self, store: SessionStore, canaries: Container[str]) -> None:
        self._store = store
        self._canaries = canaries

    async def count(self, tx: Transaction, now: datetime) -> OpenSessions:
        everything = await self._store.all_open(tx)
        records = [one for one in everything if one.therapist_id not in self._canaries]
        states = Counter(record.facts.state for record in records)
        waiting = [
            now - record.waiting_since
            for record in records
            if record.waiting_since is not None and not record.gate_open
        ]
        longest_s = max((wait.total_seconds() for wait in waiting), default=0.0)
        by_state = {state.value: states[state] for state in State if state is not State.ENDED}
        return OpenSessions(by_state, len(waiting), max(0.0, longest_s))
