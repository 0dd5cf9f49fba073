"""How both lines of a session went in contact: a row for each change, for the session's page."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Unavailable
from control.lines.messages import LineChange, LineCourse
from control.lines.model import RETENTION, state_of
from control.lines.ports import Sessions
from control.lines.store import LineStore
from control.lines.sums import LineSum
from control.presence.model import Lobby
from sfu.messages import PeerState, Role

log = logging.getLogger(__name__)

WRITE_EVERY = timedelta(minutes=1)
FORGET_AFTER = timedelta(minutes=10)
MOST_CHANGES = 500
"""Of one side in one sitting of this process: a change each ten seconds for over an hour."""


class LineCourses:
    """Writes changes as the node tells of them, and tells them to the session's therapist."""

    def __init__(self, database: Database, store: LineStore, sessions: Sessions) -> None:
        self._database = database
        self._store = store
        self._sessions = sessions
        self._sums: dict[tuple[str, Role], LineSum] = {}
        """Of those in contact."""

    async def note(self, lobby: Lobby, peer: PeerState, *, now: datetime) -> None:
        """Keep how this side's line is, where that is news; only contact counts."""
        await self._sum_up(lobby, peer, now)
        if not lobby.gate_open:
            return
        state = state_of(peer)
        written = lobby.line_changes.get(peer.role, 0)
        if state is None or state == lobby.line_states.get(peer.role) or written >= MOST_CHANGES:
            return
        try:
            async with self._database.write() as tx:
                await self._store.add_change(tx, lobby.session_id, peer.role, now, *state)
        except IntegrityError:  # the patient was erased a moment ago
            return
        except Unavailable:
            log.warning("how a line changed could not be kept, will try again")
            return
        lobby.line_states[peer.role] = state
        lobby.line_changes[peer.role] = written + 1

    async def _sum_up(self, lobby: Lobby, peer: PeerState, now: datetime) -> None:
        """Look at this side's line in contact, and write each minute what came of it."""
        key = lobby.session_id, peer.role
        if key not in self._sums:
            if not lobby.gate_open:
                return
            self._forget_ended(now)
            self._sums[key] = LineSum(now)
        line = self._sums[key]
        line.looked_at = now
        if lobby.gate_open and peer.connected:
            line.add(peer.quality, now)
        if line.written_at is not None and now - line.written_at < WRITE_EVERY:
            return
        summary = line.summary(lobby.patient_id, *key)
        if summary is None:
            return
        try:
            async with self._database.write() as tx:
                await self._store.put_session(tx, summary, now)
        except IntegrityError:  # the patient was erased a moment ago
            return
        except Unavailable:
            log.warning("what a line was like could not be kept, will try again")
            return
        line.written_at = now

    def _forget_ended(self, now: datetime) -> None:
        """Drop sums of which nothing was reported for a while: their sessions have ended."""
        ended = [key for key, one in self._sums.items() if now - one.looked_at > FORGET_AFTER]
        for key in ended:
            del self._sums[key]

    async def course(self, me: Caller, session_id: str) -> LineCourse:
        """Return how both lines changed, oldest first.

        Raises:
            NotFound: no_session.
        """
        async with self._database.read(by=me) as tx:
            await self._sessions.owned(tx, me.id, session_id)
            changes = await self._store.changes(tx, session_id)
        return LineCourse(
            items=[
                LineChange(role=one.role, at=one.at, state=one.state, cause=one.cause)
                for one in changes
            ]
        )

    async def sweep(self, *, now: datetime) -> None:
        """Forget what is older than 90 days."""
        async with self._database.write() as tx:
            await self._store.sweep_changes(tx, now - RETENTION)
