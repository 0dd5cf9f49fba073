"""Use cases of TURN: credentials for whoever holds a place in a lobby, and for nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Ended
from control.sessions.model import participant_id
from control.turn.messages import IceServer, IceServers
from control.turn.model import Turn
from control.turn.ports import LinkTests, Sessions, Visitor
from sfu.messages import Role


class TurnService:
    """Issues credentials; without TURN it answers that there are no servers."""

    def __init__(
        self, database: Database, sessions: Sessions, tests: LinkTests, turn: Turn | None
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._tests = tests
        self._turn = turn

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
        return self._issue(visit.id, now)

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
        return self._issue(participant_id(record.id, Role.THERAPIST, record.therapist_id), now)

    async def for_test(
        self, token: str, jar: Mapping[str, str], address: str, *, now: datetime
    ) -> IceServers:
        """Serve a test from the link.

        Raises:
            NotFound: link_unknown.
            Conflict: taken, when a one-time link belongs to another device.
            SlowDown: Too many links that open nothing from this address.
        """
        return self._issue(await self._tests.patient_of(token, jar, address, now=now), now)

    def _issue(self, holder: str, now: datetime) -> IceServers:
        if self._turn is None:
            return IceServers(servers=[], lifetime_s=0)
        own = self._turn.issue(holder, now)
        server = IceServer(
            urls=list(self._turn.urls), username=own.username, credential=own.password
        )
        lifetime_s = int(self._turn.lifetime.total_seconds())
        return IceServers(servers=[server], lifetime_s=lifetime_s)
