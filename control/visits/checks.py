"""Checks of the patient's line, as the patient asks for them."""

from __future__ import annotations

from control.data.database import Database
from control.errors import Ended
from control.visits.ports import Checks
from control.visits.service import Staying, VisitorCookie


class VisitChecks:
    """Judges the device, then has the line of its visit checked."""

    def __init__(self, database: Database, checks: Checks) -> None:
        self._database = database
        self._checks = checks

    async def check(self, me: VisitorCookie, *, light: bool) -> None:
        """Begin a check.

        Raises:
            Conflict: ended, not_connected, in_call.
            SlowDown: Too many checks of this patient.
            Unavailable: media_away.
        """
        async with self._database.read(by=Staying(me)):
            session_id = me.visit.session_id
        if session_id is None:
            raise Ended()
        await self._checks.check_patient(session_id, light=light)
