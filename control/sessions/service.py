"""Use cases of a session, mostly the therapist's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from control.data.database import Database, Transaction
from control.errors import Conflict
from control.patients.store import PatientStore
from control.ports import Pages
from control.presence.book import LobbyBook
from control.sessions.feed import Feed
from control.sessions.messages import Session
from control.sessions.model import SessionFacts, SessionRecord, State
from control.sessions.rooms import Rooms
from control.sessions.store import SessionStore
from control.settings.store import SettingStore
from sfu.messages import Role

Move = Callable[[SessionFacts], SessionFacts]


class SessionService:
    """Opens, moves and ends sessions; implements `ports.SessionWatcher`."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        *,
        patients: PatientStore,
        settings: SettingStore,
        rooms: Rooms,
        feed: Feed,
        book: LobbyBook,
        pages: Pages,
    ) -> None:
        self._database = database
        self._store = store
        self._patients = patients
        self._settings = settings
        self._rooms = rooms
        self._feed = feed
        self._book = book
        self._pages = pages

    async def open(
        self, therapist_id: str, patient_id: str, *, now: datetime
    ) -> tuple[Session, bool]:
        """Open a session, or find the open one; tell whether it is new."""
        async with self._database.read() as tx:
            await self._patients.owned(tx, therapist_id, patient_id)
        record, is_new = await self.ensure_open(patient_id, now=now)
        if is_new:
            await self._feed.changed(record.id, now=now)
        return await self._view(record, now), is_new

    async def ensure_open(self, patient_id: str, *, now: datetime) -> tuple[SessionRecord, bool]:
        """Return the patient's one open session, opened now when there is none."""
        try:
            async with self._database.write() as tx:
                return await self.ensure_open_in(tx, patient_id, now=now)
        except IntegrityError:  # another control opened it between our read and our write
            async with self._database.read() as tx:
                record = await self._store.open_of_patient(tx, patient_id)
        if record is None:
            raise Conflict("ended", "This session has just ended.")
        self._book.open(record)
        return record, False

    async def ensure_open_in(
        self, tx: Transaction, patient_id: str, *, now: datetime
    ) -> tuple[SessionRecord, bool]:
        """Do the same within the caller's transaction, which may fail by an `IntegrityError`."""
        record = await self._store.open_of_patient(tx, patient_id)
        is_new = record is None
        if record is None:
            record = await self._new_record(tx, patient_id, now)
            await self._store.add(tx, record)
        lobby = self._book.open(record)
        lobby.refresh(now, therapist_page=self._pages.has_therapist(record.therapist_id))
        return record, is_new

    async def find(
        self, therapist_id: str, patient_id: str | None, *, now: datetime
    ) -> list[Session]:
        async with self._database.read() as tx:
            records = await self._store.of_therapist(tx, therapist_id, patient_id)
            return await self._feed.views(tx, records, now)

    async def get(self, therapist_id: str, session_id: str, *, now: datetime) -> Session:
        async with self._database.read() as tx:
            record = await self._store.owned(tx, therapist_id, session_id)
            return (await self._feed.views(tx, [record], now))[0]

    async def enter(self, therapist_id: str, session_id: str, *, now: datetime) -> Session:
        async with self._book.lock(session_id):
            record = await self._owned(therapist_id, session_id)
            record = await self._write(record, record.facts.enter(now))
        await self._feed.changed(session_id, now=now)
        return await self._view(record, now)

    async def accept(self, therapist_id: str, session_id: str, *, now: datetime) -> Session:
        """Open the gate: the node does it first, then it is written down.

        Raises:
            Conflict: ended, not_entered, patient_absent.
            Unavailable: The node does not answer; nothing has changed.
        """
        async with self._book.lock(session_id):
            record = await self._owned(therapist_id, session_id)
            lobby = self._book.get(session_id)
            present = lobby is not None and lobby.patient.is_present(now)
            if lobby is not None:
                lobby.therapist.seen_at = now  # this very request is a sign of life
            facts = record.facts.accept(now, patient_present=present)
            await self._rooms.ensure(record, gate_open=True, now=now)
            try:
                record = await self._write(record, facts)
            except BaseException:
                await self._rooms.align(session_id, now=now)
                raise
        await self._feed.changed(session_id, now=now)
        return await self._view(record, now)

    async def hold(self, therapist_id: str, session_id: str, *, now: datetime) -> Session:
        """Send the patient back to the waiting room."""
        await self._owned(therapist_id, session_id)
        record = await self._hold(session_id, SessionFacts.hold, now)
        return await self._view(record, now)

    async def hold_absent(self, session_id: str, *, now: datetime) -> None:
        """Close the gate because somebody has gone, if it is open."""
        await self._hold(session_id, _close_gate, now)

    async def end(self, therapist_id: str, session_id: str, *, now: datetime) -> Session:
        """X: end it for both."""
        await self._owned(therapist_id, session_id)
        record = await self.finish(session_id, now=now)
        return await self._view(record, now)

    async def finish(self, session_id: str, *, now: datetime) -> SessionRecord:
        """End a session whoever owns it; written down first, then the room is closed."""
        async with self._book.lock(session_id):
            record = await self._get(session_id)
            record = await self._write(record, record.facts.end(now))
            await self._feed.ended(record, now=now)
            await self._rooms.finish(record, now=now)
        self._book.close(session_id)
        return await self._get(session_id)

    async def offer(self, therapist_id: str, session_id: str, sdp: str, *, now: datetime) -> str:
        """Answer the therapist's offer."""
        await self._owned(therapist_id, session_id)
        return await self.connect(session_id, Role.THERAPIST, sdp, now=now)

    async def connect(self, session_id: str, role: Role, sdp: str, *, now: datetime) -> str:
        """Ensure the room and make a peer in it.

        Raises:
            Conflict: ended.
            Invalid: bad_sdp.
            Unavailable: The node does not answer.
        """
        async with self._book.lock(session_id):
            record = await self._get(session_id)
            if record.facts.ended_at is not None:
                raise Conflict("ended", "This session has ended.")
            await self._rooms.ensure(record, gate_open=record.facts.gate_open, now=now)
            return await self._rooms.answer(record, role, sdp)

    async def apply_setting(self, patient_id: str, *, now: datetime) -> None:
        async with self._database.write() as tx:
            record = await self._store.open_of_patient(tx, patient_id)
            if record is None:
                return
            setting = await self._settings.newest(tx, patient_id)
            await self._store.write_setting(tx, record.id, setting.version)
        async with self._book.lock(record.id):
            await self._rooms.align(record.id, now=now)
        await self._feed.changed(record.id, now=now)

    async def end_open(self, patient_id: str, *, now: datetime) -> None:
        async with self._database.read() as tx:
            record = await self._store.open_of_patient(tx, patient_id)
        if record is not None:
            await self.finish(record.id, now=now)

    async def _hold(self, session_id: str, move: Move, now: datetime) -> SessionRecord:
        async with self._book.lock(session_id):
            record = await self._get(session_id)
            record = await self._write(record, move(record.facts))
            await self._rooms.align(session_id, now=now)
        await self._feed.changed(session_id, now=now)
        return record

    async def _new_record(self, tx: Transaction, patient_id: str, now: datetime) -> SessionRecord:
        person = (await self._patients.by_id(tx, {patient_id}))[patient_id]
        setting = await self._settings.newest(tx, patient_id)
        return SessionRecord(
            id=uuid4().hex,
            patient_id=patient_id,
            therapist_id=person.therapist_id,
            facts=SessionFacts(opened_at=now),
            setting_version=setting.version,
        )

    async def _write(self, record: SessionRecord, facts: SessionFacts) -> SessionRecord:
        if facts != record.facts:
            async with self._database.write() as tx:
                await self._store.write_facts(tx, record.id, facts)
        moved = replace(record, facts=facts)
        if facts.ended_at is None:
            self._book.open(moved)
        return moved

    async def _owned(self, therapist_id: str, session_id: str) -> SessionRecord:
        async with self._database.read() as tx:
            return await self._store.owned(tx, therapist_id, session_id)

    async def _get(self, session_id: str) -> SessionRecord:
        async with self._database.read() as tx:
            record = await self._store.get(tx, session_id)
        if record is None:
            raise Conflict("ended", "This session has ended.")
        return record

    async def _view(self, record: SessionRecord, now: datetime) -> Session:
        async with self._database.read() as tx:
            return (await self._feed.views(tx, [record], now))[0]


def _close_gate(facts: SessionFacts) -> SessionFacts:
    """Hold what is in contact; what is not stays, and what has ended is an error."""
    return facts if facts.state in (State.OPEN, State.HELD) else facts.hold()
