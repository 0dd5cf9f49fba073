"""How both lines of a session are, asked of the media node anew."""

from __future__ import annotations

import asyncio
from datetime import datetime

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Ended
from control.http.pace import Pace
from control.sessions.messages import LineCheck, Proof
from control.sessions.ports import MediaServer
from control.sessions.store import SessionStore
from sfu.messages import Role, RoomState


class LineChecks:
    """Asks past what the node reports by itself: also where its events do not come through."""

    def __init__(
        self, database: Database, store: SessionStore, media: MediaServer, pace: Pace
    ) -> None:
        self._database = database
        self._store = store
        self._media = media
        self._pace = pace

    async def check(self, me: Caller, session_id: str, *, now: datetime) -> LineCheck:
        """Return what the node measures of both sides now.

        Raises:
            NotFound: no_session.
            Conflict: ended.
            SlowDown: Too many checks of this login.
            Unavailable: media_away.
        """
        async with self._database.read(by=me) as tx:
            await self._store.owned(tx, me.id, session_id)
            login_id = me.login_id
            if not await self._store.is_open(tx, session_id):
                raise Ended()
        self._pace.take(login_id, asyncio.get_running_loop().time())
        room = await self._media.room_state(session_id)
        return LineCheck(
            checked_at=now,
            therapist=_proof(room, Role.THERAPIST),
            patient=_proof(room, Role.PATIENT),
        )


def _proof(room: RoomState | None, role: Role) -> Proof | None:
    peers = room.peers if room else ()
    return next((Proof.of(peer) for peer in peers if peer.role is role), None)
