"""How both lines of a session went in contact: a row for each change, for the session's page."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Unavailable
from control.lines.messages import LineChange, LineCourse
from control.lines.model import RETENTION, state_of
from control.lines.ports import Sessions
from control.lines.store import LineStore
from control.presence.model import Lobby
from sfu.messages import PeerState

log = logging.getLogger(__name__)

MOST_CHANGES = 500
"""Of one side in one sitting of this process: a change each ten seconds for over an hour."""


class LineCourses:
    """Writes changes as the node tells of them, and tells them to the session's therapist."""

    def __init__(self, database: Database, store: LineStore, sessions: Sessions) -> None:
        self._database = database
        self._store = store
        self._sessions = sessions

    async def note(self, lobby: Lobby, peer: PeerState, *, now: datetime) -> None:
        """Keep how this side's line is, where that is news; only contact counts."""
        if not lobby.gate_open:
            lobby.line_states.pop(peer.role, None)
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
