"""People of first consultations: kept as patients are, and in no list of patients until added."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from control.data.database import Transaction
from control.patients.messages import NewPatient
from control.patients.model import Person
from control.patients.ports import Links, Settings
from control.patients.store import PatientStore, no_patient


class Guests:
    """Makes guests and patients of them, within the caller's transaction."""

    def __init__(self, store: PatientStore, *, settings: Settings, links: Links) -> None:
        self._store = store
        self._settings = settings
        self._links = links

    async def add_in(
        self, tx: Transaction, therapist_id: str, language: str, *, now: datetime
    ) -> Person:
        """Make a guest without a name, with a one-time link and a setting."""
        person = Person(
            id=uuid4().hex,
            therapist_id=therapist_id,
            name="",
            email=None,
            phone=None,
            language=language,
            created_at=now,
            is_guest=True,
        )
        await self._store.add(tx, person)
        await self._settings.add_first_of_guest(tx, therapist_id, person.id, now)
        await self._links.issue(tx, person.id, now=now, one_time=True)
        return person

    async def of_in(
        self, tx: Transaction, therapist_id: str, guest_ids: list[str]
    ) -> dict[str, Person]:
        """Return those of these people who are this therapist's guests, by id."""
        people = await self._store.owned_of(tx, therapist_id, guest_ids)
        return {one.id: one for one in people.values() if one.is_guest}

    async def change_in(self, tx: Transaction, guest: Person) -> None:
        """Write a guest's contact and language."""
        await self._store.change(tx, guest)

    async def admit_in(
        self, tx: Transaction, guest: Person, form: NewPatient, *, now: datetime
    ) -> None:
        """Make a patient of a guest: sessions and setting stay, the link is a new one.

        Raises:
            NotFound: no_patient, when somebody has done so, or discarded the guest, meanwhile.
        """
        person = replace(
            guest,
            name=form.name,
            email=form.email,
            phone=form.phone,
            language=form.language,
            is_guest=False,
        )
        if not await self._store.admit(tx, person):
            raise no_patient()
        await self._settings.add_alert_of_patients(tx, guest.therapist_id, guest.id, now)
        await self._links.make_lasting_in(tx, guest.id, now=now)
