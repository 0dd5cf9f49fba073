"""Keeping what was measured of lines; implements `nodes.ports.LineRecords`."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from control.auth.ports import Caller
from control.data.database import Authority, Database, Transaction
from control.errors import Unavailable
from control.lines.messages import UsualAnswer, UsualLine
from control.lines.model import MOST, RETENTION, LineSummary, Source, summary_of_check, usual_of
from control.lines.ports import Patients
from control.lines.store import LineStore
from control.presence.model import Lobby
from sfu.messages import CheckReport, PeerState, Role

log = logging.getLogger(__name__)


class UsualLines:
    """Tells a therapist what is usual for a patient's line."""

    def __init__(self, database: Database, store: LineStore, patients: Patients) -> None:
        self._database = database
        self._store = store
        self._patients = patients

    async def usual(self, me: Caller, patient_id: str, *, but: str | None) -> UsualAnswer:
        """Return the medians of the last measurements.

        Args:
            but: A session whose own measurements are left out.

        Raises:
            NotFound: no_patient.
        """
        async with self._database.read(by=me) as tx:
            await self._patients.owned(tx, me.id, patient_id)
            usual = usual_of(await self._store.recent(tx, patient_id, MOST, but=but))
        return UsualAnswer(usual=None if usual is None else UsualLine(**asdict(usual)))


class LineRecords:
    """Writes one row for each side of a session, its last check that is done.

    A node tells of a check with every report, so that one which could not be written is written by
    a later report, and one that is written is passed over.
    """

    def __init__(self, database: Database, store: LineStore) -> None:
        self._database = database
        self._store = store

    async def note(self, lobby: Lobby, peer: PeerState) -> None:
        """Keep the check of a session's peer, once it is done."""
        report = peer.check
        if report is None or lobby.kept_checks.get(peer.role) == report.started_at:
            return
        summary = summary_of_check(
            lobby.patient_id, lobby.session_id, peer.role, Source.CHECK, report
        )
        if summary is not None and await self._keep(summary):
            lobby.kept_checks[peer.role] = report.started_at

    async def note_test(self, patient_id: str, report: CheckReport, *, by: Authority) -> bool:
        """Keep a test from the link; tell whether nothing is left to do.

        Args:
            by: Whose test it is, judged as it is written; what that raises is raised.
        """
        summary = summary_of_check(patient_id, None, Role.PATIENT, Source.TEST, report)
        return summary is None or await self._keep(summary, by)

    async def sweep(self, *, now: datetime) -> None:
        """Forget what is older than 90 days."""
        async with self._database.write() as tx:
            await self._store.sweep(tx, now - RETENTION)

    async def _keep(self, summary: LineSummary, by: Authority | None = None) -> bool:
        async def write(tx: Transaction) -> None:
            if not await self._store.has(tx, summary):
                await self._store.put_check(tx, summary)

        try:
            await self._database.transact(write, by=by)
        except IntegrityError:  # the patient was erased a moment ago
            return True
        except Unavailable:
            log.warning("a check of a line could not be kept, will try again")
            return False
        return True
