"""Sessions and visits as pages read them: composed from the tables and the lobbies, and pushed."""

from __future__ import annotations

from datetime import datetime

from control.auth.store import AuthStore
from control.data.database import Database, Transaction
from control.live_messages import SessionMessage, SessionsMessage, VisitMessage
from control.patients.store import PatientStore
from control.ports import Pages
from control.presence.book import LobbyBook
from control.presence.model import Lobby
from control.sessions.messages import Lost, Proof, Session
from control.sessions.model import SessionRecord, State
from control.sessions.store import SessionStore
from control.settings.messages import VisitSetting
from control.settings.model import SettingVersion
from control.settings.service import to_wire
from control.settings.store import SettingStore
from control.visits.messages import Visit, VisitState
from sfu.messages import LostTime, Role

VISIT_STATES = {
    State.OPEN: VisitState.WAITING,
    State.HELD: VisitState.WAITING,
    State.IN_CONTACT: VisitState.IN_CONTACT,
    State.ENDED: VisitState.ENDED,
}


class Feed:
    """Builds the wire views, and sends them to the pages they concern."""

    def __init__(
        self,
        database: Database,
        *,
        sessions: SessionStore,
        patients: PatientStore,
        settings: SettingStore,
        auth: AuthStore,
        book: LobbyBook,
        pages: Pages,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._patients = patients
        self._settings = settings
        self._auth = auth
        self._book = book
        self._pages = pages
        self._proofs_moved: set[str] = set()

    async def views(
        self, tx: Transaction, records: list[SessionRecord], now: datetime
    ) -> list[Session]:
        """Compose the therapist's view of these sessions."""
        ids = {record.patient_id for record in records}
        people = await self._patients.by_id(tx, ids)
        versions = await self._settings.versions(tx, ids)
        return [
            self._view(
                record,
                people[record.patient_id].name,
                versions[record.patient_id, record.setting_version],
                now,
            )
            for record in records
        ]

    async def open_views(self, therapist_id: str, now: datetime) -> SessionsMessage:
        async with self._database.read() as tx:
            return await self._open_views(tx, therapist_id, now)

    async def visit(
        self, tx: Transaction, patient_id: str, record: SessionRecord | None, *, left: bool = False
    ) -> Visit:
        """Compose the patient's view of a visit, whose session may not have begun."""
        person = (await self._patients.by_id(tx, {patient_id}))[patient_id]
        therapist = await self._auth.therapist(tx, person.therapist_id)
        newest = await self._settings.newest(tx, patient_id)
        state = VisitState.WAITING if record is None else VISIT_STATES[record.facts.state]
        return Visit(
            state=VisitState.ENDED if left else state,
            name=person.name,
            therapist_name="" if therapist is None else therapist.name,
            language=person.language,
            setting=VisitSetting(self_view=newest.self_view, clock=newest.clock),
        )

    async def changed(
        self, session_id: str, *, now: datetime, therapist_only: bool = False
    ) -> None:
        """Push a session that goes on to both its pages."""
        async with self._database.read() as tx:
            record = await self._sessions.get(tx, session_id)
            if record is None:
                return
            await self._push_open(tx, record.therapist_id, now)
            if not therapist_only and self._pages.has_patient(record.patient_id):
                visit = await self.visit(tx, record.patient_id, record)
                self._pages.send_to_patient(record.patient_id, VisitMessage(visit=visit))

    async def ended(self, record: SessionRecord, *, now: datetime) -> None:
        """Push a session that has just ended: to the patient first, it is the one who waits."""
        async with self._database.read() as tx:
            visit = await self.visit(tx, record.patient_id, record)
            self._pages.send_to_patient(record.patient_id, VisitMessage(visit=visit))
            view = (await self.views(tx, [record], now))[0]
            self._pages.send_to_therapist(record.therapist_id, SessionMessage(session=view))
            await self._push_open(tx, record.therapist_id, now)

    def proofs_moved(self, therapist_id: str) -> None:
        """Remember to push at the next second."""
        self._proofs_moved.add(therapist_id)

    async def push_proofs(self, *, now: datetime) -> None:
        """Push what `proofs_moved` remembered; called once a second."""
        for therapist_id in list(self._proofs_moved):
            async with self._database.read() as tx:
                await self._push_open(tx, therapist_id, now)

    async def _push_open(self, tx: Transaction, therapist_id: str, now: datetime) -> None:
        self._proofs_moved.discard(therapist_id)
        if self._pages.has_therapist(therapist_id):
            message = await self._open_views(tx, therapist_id, now)
            self._pages.send_to_therapist(therapist_id, message)

    async def _open_views(
        self, tx: Transaction, therapist_id: str, now: datetime
    ) -> SessionsMessage:
        records = await self._sessions.all_open(tx, therapist_id)
        return SessionsMessage(sessions=await self.views(tx, records, now))

    def _view(
        self, record: SessionRecord, name: str, setting: SettingVersion, now: datetime
    ) -> Session:
        facts, clock = record.facts, record.clock
        lost = LostTime() if clock is None else clock.lost
        lobby = self._book.get(record.id)
        entered = facts.entered_at is not None
        return Session(
            id=record.id,
            patient_id=record.patient_id,
            patient_name=name,
            state=facts.state,
            therapist_entered=entered,
            therapist_present=lobby is not None
            and (lobby.connected(Role.THERAPIST) or (entered and lobby.therapist.is_present(now))),
            patient_present=lobby is not None and lobby.patient.is_present(now),
            patient_reconnecting=lobby is not None and lobby.reconnecting(Role.PATIENT),
            gate_open=facts.gate_open,
            waiting_since=record.waiting_since,
            opened_at=facts.opened_at,
            contact_at=facts.contact_at,
            ended_at=facts.ended_at,
            outcome=facts.outcome,
            wall_s=0.0 if clock is None else clock.wall_s,
            connected_s=0.0 if clock is None else clock.connected_s,
            lost=Lost(patient=lost.patient, therapist=lost.therapist, server=lost.server),
            patient_devices=self._book.devices.get(record.id),
            patient_proof=_proof(lobby, Role.PATIENT),
            therapist_proof=_proof(lobby, Role.THERAPIST),
            setting=to_wire(setting),
        )


def _proof(lobby: Lobby | None, role: Role) -> Proof | None:
    peer = None if lobby is None else lobby.peers.get(role)
    if peer is None:
        return None
    return Proof(connected=peer.connected, rtt_ms=peer.rtt_ms, **peer.proof.model_dump())
