"""Sessions as the therapist's pages read them, and pushing what changed to both sides.

A push that failed, because the database was away, is made up for within a second: what is kept is
who has to hear, not what, so that it is always the newest state that is sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from control.auth.model import therapist_group
from control.data.database import Database, Transaction
from control.errors import NotFound, Unavailable
from control.live.hub import Pages
from control.presence.model import Lobbies, Lobby
from control.sessions.messages import Lost, Pause, Proof, Session, SessionMessage, SessionsMessage
from control.sessions.model import SessionRecord
from control.sessions.ports import Chats, Links, Patients, Settings, Visits
from control.sessions.store import SessionStore
from control.settings.messages import to_wire
from sfu.messages import LostTime, Role

log = logging.getLogger(__name__)


class Feed:
    """Builds the wire views, and sends them to the pages they concern."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        patients: Patients,
        settings: Settings,
        links: Links,
        visits: Visits,
        chats: Chats,
        is_closing: Callable[[str], bool],
        lobbies: Lobbies,
        pages: Pages,
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._settings = settings
        self._links = links
        self._visits = visits
        self._chats = chats
        self._is_closing = is_closing
        self._lobbies = lobbies
        self._pages = pages
        self._untold_patients: set[str] = set()
        self._untold_therapists: set[str] = set()

    async def views(
        self, tx: Transaction, records: list[SessionRecord], now: datetime
    ) -> list[Session]:
        """Compose the therapist's view of these sessions, but those erased since they were read."""
        ids = {record.patient_id for record in records}
        names = await self._patients.names(tx, ids)
        versions = await self._settings.versions(
            tx, {(record.patient_id, record.setting_version) for record in records}
        )
        links = await self._links.of_patients(tx, list(ids))
        left = await self._visits.left(tx, ids)
        open_ids = {record.patient_id for record in records if record.facts.ended_at is None}
        met = await self._store.met_before(tx, open_ids)
        views = []
        for record in records:
            setting = versions.get((record.patient_id, record.setting_version))
            if setting is None or record.patient_id not in names.keys() & links.keys():
                continue
            facts, lobby = record.facts, self._lobbies.get(record.id)
            entered = facts.entered_at is not None
            views.append(
                Session(
                    id=record.id,
                    patient_id=record.patient_id,
                    patient_name=names[record.patient_id].name,
                    is_guest=names[record.patient_id].is_guest,
                    is_first=_is_first(record, met),
                    state=facts.state,
                    therapist_entered=entered,
                    therapist_present=lobby is not None and lobby.therapist_in_room(entered, now),
                    patient_present=lobby is not None and lobby.patient.is_present(now),
                    patient_reconnecting=lobby is not None and lobby.reconnecting(Role.PATIENT),
                    patient_left_at=left.get(record.patient_id),
                    link_state=links[record.patient_id].state(now),
                    gate_open=facts.gate_open,
                    sent_back_at=facts.sent_back_at,
                    pauses=[
                        Pause(since=one.since, until=one.until, sent_back=one.sent_back)
                        for one in facts.pauses
                    ],
                    sound_first=facts.sound_first,
                    waiting_since=record.waiting_since,
                    opened_at=facts.opened_at,
                    came_at=facts.came_at,
                    entered_at=facts.entered_at,
                    contact_at=facts.contact_at,
                    ended_at=facts.ended_at,
                    outcome=facts.outcome,
                    wall_s=0.0 if record.clock is None else record.clock.wall_s,
                    connected_s=0.0 if record.clock is None else record.clock.connected_s,
                    lost=_lost(record),
                    patient_devices=None if lobby is None else lobby.devices.get(Role.PATIENT),
                    therapist_devices=None if lobby is None else lobby.devices.get(Role.THERAPIST),
                    closing=self._is_closing(record.id),
                    patient_proof=_proof(lobby, Role.PATIENT),
                    therapist_proof=_proof(lobby, Role.THERAPIST),
                    setting=to_wire(setting),
                    chat=self._chats.state(record.id),
                )
            )
        return views

    async def view(self, tx: Transaction, record: SessionRecord, now: datetime) -> Session:
        """Compose the view of one session, or raise `NotFound` (no_session): erased since."""
        views = await self.views(tx, [record], now)
        if not views:
            raise NotFound("no_session", "There is no such session.")
        return views[0]

    async def open_views(
        self, tx: Transaction, therapist_id: str, now: datetime
    ) -> SessionsMessage:
        """Compose all sessions of a therapist that have not ended."""
        records = await self._store.all_open(tx, therapist_id)
        return SessionsMessage(now=now, sessions=await self.views(tx, records, now))

    async def changed(self, record: SessionRecord, *, now: datetime) -> None:
        """Push a session to both its pages."""
        self._untold_patients.add(record.patient_id)
        self._untold_therapists.add(record.therapist_id)
        await self.push(now=now)

    async def presence_changed(self, session_id: str, *, now: datetime) -> None:
        """Push to both sides: somebody came, went, or lost the line."""
        lobby = self._lobbies.get(session_id)
        if lobby is not None:
            self._untold_patients.add(lobby.patient_id)
            self._untold_therapists.add(lobby.therapist_id)
            await self.push(now=now)

    async def ended(self, record: SessionRecord, *, now: datetime) -> None:
        """Push a session that has just ended: to the patient first, it is the one who waits."""
        await self.changed(record, now=now)
        try:
            async with self._database.read() as tx:
                view = await self.view(tx, record, now)
        except (NotFound, Unavailable):
            log.warning("a page is not told how a session ended; its list will be")
        else:
            self._pages.send(therapist_group(record.therapist_id), SessionMessage(session=view))

    def mark(self, therapist_id: str) -> None:
        """Remember to push at the next second: a measurement moved."""
        self._untold_therapists.add(therapist_id)

    async def push(self, *, now: datetime) -> None:
        """Push to everybody who has to hear something; called once a second as well."""
        patients, self._untold_patients = self._untold_patients, set()
        therapists, self._untold_therapists = self._untold_therapists, set()
        if not patients and not therapists:
            return
        try:
            async with self._database.read() as tx:
                for patient_id in patients:
                    await self._visits.push(tx, patient_id, now)
                for therapist_id in therapists:
                    group = therapist_group(therapist_id)
                    if self._pages.has(group):
                        self._pages.send(group, await self.open_views(tx, therapist_id, now))
        except BaseException as error:
            self._untold_patients |= patients
            self._untold_therapists |= therapists
            if not isinstance(error, Unavailable):
                raise
            log.warning("pages could not be told what changed, will try again")


def _is_first(record: SessionRecord, met: set[str]) -> bool:
    return record.facts.ended_at is None and record.patient_id not in met


def _lost(record: SessionRecord) -> Lost:
    lost = LostTime() if record.clock is None else record.clock.lost
    return Lost(patient=lost.patient, therapist=lost.therapist, server=lost.server)


def _proof(lobby: Lobby | None, role: Role) -> Proof | None:
    peer = None if lobby is None else lobby.peers.get(role)
    return None if peer is None else Proof.of(peer)
