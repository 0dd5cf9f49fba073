"""Use cases about patients."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from control.auth.ports import Caller
from control.data.cursors import Cursors
from control.data.database import Database, Transaction
from control.http.paging import Asked
from control.lines import messages as line_messages
from control.lines.model import LastCheck
from control.patients.messages import (
    LinkState,
    NewPatient,
    Patient,
    PatientChange,
    PatientPage,
)
from control.patients.model import Person
from control.patients.ports import Checks, Contacts, Links, Sessions, Settings, Visits
from control.patients.search import PatientSearch
from control.patients.store import PatientStore


class PatientService:
    """Adds, finds, changes and erases the patients of one therapist."""

    def __init__(
        self,
        database: Database,
        store: PatientStore,
        *,
        search: PatientSearch,
        cursors: Cursors,
        settings: Settings,
        contacts: Contacts,
        checks: Checks,
        sessions: Sessions,
        links: Links,
        visits: Visits,
    ) -> None:
        self._database = database
        self._store = store
        self._search = search
        self._cursors = cursors
        self._settings = settings
        self._contacts = contacts
        self._checks = checks
        self._sessions = sessions
        self._links = links
        self._visits = visits

    async def add(self, me: Caller, form: NewPatient, *, now: datetime) -> Patient:
        """Add a patient, with a link and the first version of the setting."""
        async with self._database.write(by=me) as tx:
            person = Person(
                id=uuid4().hex,
                therapist_id=me.id,
                name=form.name,
                email=form.email,
                phone=form.phone,
                language=form.language,
                created_at=now,
            )
            await self._store.add(tx, person)
            await self._settings.add_all_first(tx, me.id, [person.id], now)
            await self._links.issue(tx, person.id, now=now)
            return (await self._to_wire(tx, [person], now))[0]

    async def find(
        self, me: Caller, asked: Asked, *, archived: bool = False, now: datetime
    ) -> PatientPage:
        """Return a page of the therapist's patients that match, by name.

        Args:
            archived: Whether those who are archived are among them.

        Raises:
            Invalid: bad_cursor.
        """
        async with self._database.read(by=me) as tx:
            found = await self._search.find(tx, me.id, asked.search, archived=archived, now=now)
            start = 0
            if asked.cursor is not None:
                after = self._cursors.open(me.id, asked.cursor)
                start = bisect_right(found, after, key=lambda entry: entry.key)
            page = found[start : start + asked.limit]
            people = await self._store.owned_of(tx, me.id, [entry.id for entry in page])
            there = [people[entry.id] for entry in page if entry.id in people]
            more = start + asked.limit < len(found)
            return PatientPage(
                items=await self._to_wire(tx, there, now),
                next=self._cursors.seal(me.id, *page[-1].key) if more else None,
            )

    async def get(self, me: Caller, patient_id: str, *, now: datetime) -> Patient:
        async with self._database.read(by=me) as tx:
            person = await self._store.owned_patient(tx, me.id, patient_id)
            return (await self._to_wire(tx, [person], now))[0]

    async def change(
        self, me: Caller, patient_id: str, form: PatientChange, *, now: datetime
    ) -> Patient:
        said = form.model_dump(exclude_unset=True)
        kept = {
            field: value
            for field, value in said.items()
            if not (value is None and field in ("name", "language"))
        }
        async with self._database.write(by=me) as tx:
            person = replace(await self._store.owned_patient(tx, me.id, patient_id), **kept)
            await self._store.change(tx, person)
            return (await self._to_wire(tx, [person], now))[0]

    async def archive(self, me: Caller, patient_id: str, *, now: datetime) -> Patient:
        """Take the patient out of the lists; nothing of theirs ends, the link stays as it is."""
        return await self._write_archived(me, patient_id, now, now)

    async def restore(self, me: Caller, patient_id: str, *, now: datetime) -> Patient:
        """Put an archived patient back into the lists."""
        return await self._write_archived(me, patient_id, None, now)

    async def _write_archived(
        self, me: Caller, patient_id: str, at: datetime | None, now: datetime
    ) -> Patient:
        async with self._database.write(by=me) as tx:
            person = replace(await self._store.owned_patient(tx, me.id, patient_id), archived_at=at)
            await self._store.write_archived(tx, patient_id, at)
            return (await self._to_wire(tx, [person], now))[0]

    async def erase(self, me: Caller, patient_id: str, *, now: datetime) -> None:
        """Erase the patient with all that belongs to them; a running session ends first."""
        async with self._database.read(by=me) as tx:
            await self._store.owned_patient(tx, me.id, patient_id)
        await self.erase_anyone(me, patient_id, now=now)

    async def erase_anyone(self, me: Caller, patient_id: str, *, now: datetime) -> None:
        """Erase a patient or a guest."""

        async def end_visit(tx: Transaction) -> None:
            await self._store.owned(tx, me.id, patient_id)
            await self._visits.end_in(tx, patient_id, now)

        await self._database.transact(end_visit, by=me)
        await self._visits.cut(patient_id, now=now)
        await self._sessions.end_open(patient_id, now=now)

        async def erase(tx: Transaction) -> None:
            await self._store.erase(tx, patient_id)

        await self._database.transact(erase, by=me)
        self._search.forget(me.id)

    def sweep(self, *, now: datetime) -> None:
        """Drop names from memory that nobody has asked for lately."""
        self._search.sweep(now=now)

    async def _to_wire(self, tx: Transaction, people: list[Person], now: datetime) -> list[Patient]:
        ids = [person.id for person in people]
        latest = await self._contacts.latest_contacts(tx, ids)
        links = await self._links.of_patients(tx, ids)
        checks = await self._checks.last_checks(tx, ids)
        return [
            Patient(
                id=person.id,
                name=person.name,
                email=person.email,
                phone=person.phone,
                language=person.language,
                created_at=person.created_at,
                archived_at=person.archived_at,
                last_session_at=latest.get(person.id),
                link_state=LinkState(links[person.id].state(now)),
                last_check=_wire_check(checks.get(person.id)),
            )
            for person in people
        ]


def _wire_check(check: LastCheck | None) -> line_messages.LastCheck | None:
    return None if check is None else line_messages.LastCheck(at=check.at, level=check.level)
