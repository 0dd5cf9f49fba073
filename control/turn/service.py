"""Use cases of TURN: credentials for whoever holds a place in a lobby, for longer than a visit.

Whoever tests from a valid link gets some as well, which hold for minutes; nobody else gets any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Ended
from control.http.pace import Pace
from control.sessions.model import participant_id
from control.turn.messages import IceServer, IceServers
from control.turn.model import Turn
from control.turn.ports import LinkTests, Sessions, Visitor
from sfu.messages import Role


class TurnService:
    """Issues credentials; without TURN it answers that there are no servers."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        tests: LinkTests,
        turn: Turn | None,
        *,
        asks: Pace,
    ) -> None:
        """Serve from these servers, if any.

        Args:
            asks: The bound of what one link is given for tests.
        """
        self._database = database
        self._sessions = sessions
        self._tests = tests
        self._turn = turn
        self._asks = asks

    async def for_patient(self, me: Visitor, *, now: datetime) -> IceServers:
        """Serve the one device that the patient's link has let in.

        Raises:
            Conflict: ended, also when the patient has left.
        """
        async with self._database.read(by=me) as tx:
            visit = me.visit
            if visit.left_at is not None:
                raise Ended()
            if visit.session_id is not None:  # none yet where the page asks before its socket is up
                record = await self._sessions.get(tx, visit.session_id)
                if record is None or record.facts.ended_at is not None:
                    raise Ended()
        return _issue(self._turn, visit.id, now)

    async def for_therapist(self, me: Caller, session_id: str, *, now: datetime) -> IceServers:
        """Serve the therapist of this session.

        Raises:
            NotFound: no_session.
            Conflict: ended.
        """
        async with self._database.read(by=me) as tx:
            record = await self._sessions.owned(tx, me.id, session_id)
        if record.facts.ended_at is not None:
            raise Ended()
        holder = participant_id(record.id, Role.THERAPIST, record.therapist_id)
        return _issue(self._turn, holder, now)

    async def for_test(
        self, token: str, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> IceServers:
        """Serve a test from the link.

        Raises:
            NotFound: link_unknown.
            Conflict: taken, when a one-time link belongs to another device.
            SlowDown: Asked too often with this link, or too many links that open nothing from
                this address.
        """
        patient_id = await self._tests.patient_of(token, jar, address, now=now)
        self._asks.take(patient_id, asyncio.get_running_loop().time())
        turn = None if self._turn is None else self._turn.for_tests()
        return _issue(turn, participant_id("test", Role.PATIENT, patient_id), now)


def _issue(turn: Turn | None, holder: str, now: datetime) -> IceServers:
    if turn is None:
        return IceServers(servers=[], lifetime_s=0)
    own = turn.issue(holder, now)
    server = IceServer(urls=list(turn.urls), username=own.username, credential=own.password)
    return IceServers(servers=[server], lifetime_s=int(turn.lifetime.total_seconds()))
