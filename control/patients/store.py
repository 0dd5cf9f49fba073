"""Patients in the database; every read names the therapist, so that nobody sees another's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    case,
    delete,
    false,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from control.data.database import Transaction, UtcDateTime, metadata
from control.data.encryption import EncryptedText, Place, Sealed, Vault
from control.errors import NotFound
from control.patients.model import Called, Person

patients = Table(
    "patients",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("name", EncryptedText, nullable=False),
    Column("email", EncryptedText),
    Column("phone", EncryptedText),
    Column("language", String(8), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("is_guest", Boolean, nullable=False, server_default=false()),
    Column("archived_at", UtcDateTime),
)
GUESTS = Index(
    "guests",
    patients.c.therapist_id,
    sqlite_where=text("is_guest = 1"),
    postgresql_where=text("is_guest"),
)
SEALED = ("name", "email", "phone")
TAG_BYTES = 16  # the end of a sealed value, another one for every writing (AES-GCM)
AT_ONCE = 100  # rows opened before others have their turn: below 2 ms


class HexText(GenericFunction[str]):
    """Bytes as text, which each database calls by another name."""

    type = String()
    inherit_cache = True


@compiles(HexText, "sqlite")
def _hex_on_sqlite(element: HexText, compiler: SQLCompiler, **options: Any) -> str:
    return f"hex({compiler.process(element.clauses, **options)})"


@compiles(HexText, "postgresql")
def _hex_on_postgres(element: HexText, compiler: SQLCompiler, **options: Any) -> str:
    return f"encode({compiler.process(element.clauses, **options)}, 'hex')"


def _tag(column: Column[Sealed]) -> HexText:
    return HexText(func.substr(column, func.length(column) - (TAG_BYTES - 1)))


class PatientStore:
    """Reads and writes patients within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add(self, tx: Transaction, person: Person) -> None:
        await self.add_all(tx, [person])

    async def add_all(self, tx: Transaction, people: list[Person]) -> None:
        rows = [
            {
                "id": person.id,
                "therapist_id": person.therapist_id,
                "language": person.language,
                "created_at": person.created_at,
                "is_guest": person.is_guest,
            }
            | self._sealed(person)
            for person in people
        ]
        await tx.execute(insert(patients), rows)

    async def change(self, tx: Transaction, person: Person) -> None:
        query = update(patients).where(patients.c.id == person.id)
        await tx.execute(query.values(self._sealed(person) | {"language": person.language}))

    async def write_archived(self, tx: Transaction, patient_id: str, at: datetime | None) -> None:
        query = update(patients).where(patients.c.id == patient_id)
        await tx.execute(query.values(archived_at=at))

    async def owned_patient(self, tx: Transaction, therapist_id: str, patient_id: str) -> Person:
        """Return the patient, or raise `NotFound` (no_patient) for none, another's and a guest."""
        person = await self.owned(tx, therapist_id, patient_id)
        if person.is_guest:
            raise no_patient()
        return person

    async def owned(self, tx: Transaction, therapist_id: str, patient_id: str) -> Person:
        """Return the patient or guest; `NotFound` (no_patient) for none and another's alike."""
        mine = patients.c.therapist_id == therapist_id
        query = select(patients).where(patients.c.id == patient_id, mine)
        row = (await tx.execute(query)).one_or_none()
        if row is None:
            raise no_patient()
        return self.to_person(row)

    async def get(self, tx: Transaction, patient_id: str) -> Person | None:
        """Return the patient whoever owns them; for the patient's own visit."""
        row = (await tx.execute(select(patients).where(patients.c.id == patient_id))).one_or_none()
        return None if row is None else self.to_person(row)

    async def names(self, tx: Transaction, ids: set[str]) -> dict[str, Called]:
        """Return how these patients and guests are called."""
        columns = (patients.c.id, patients.c.name, patients.c.is_guest)
        rows = await tx.execute(select(*columns).where(patients.c.id.in_(ids)))
        return {
            row.id: Called(
                self._vault.open(row.name, Place("patients", "name", row.id)), row.is_guest
            )
            for row in rows
        }

    async def added_before(self, tx: Transaction, therapist_id: str, at: datetime) -> set[str]:
        """Return a therapist's patients and guests that were added before an instant."""
        mine = patients.c.therapist_id == therapist_id
        return set(await tx.scalars(select(patients.c.id).where(mine, patients.c.created_at < at)))

    async def guests_of(self, tx: Transaction, therapist_id: str) -> set[str]:
        """Return the ids of a therapist's guests."""
        mine = patients.c.therapist_id == therapist_id
        return set(await tx.scalars(select(patients.c.id).where(mine, patients.c.is_guest)))

    async def name_guest(self, tx: Transaction, guest_id: str, name: str) -> None:
        """Write the name that a guest gave; that of a patient is the therapist's to write."""
        sealed = self._vault.seal(name, Place("patients", "name", guest_id))
        query = update(patients).where(patients.c.id == guest_id, patients.c.is_guest)
        await tx.execute(query.values(name=sealed))

    async def admit(self, tx: Transaction, person: Person) -> bool:
        """Write a guest as a patient; False when there is no such guest any more."""
        query = update(patients).where(patients.c.id == person.id, patients.c.is_guest)
        values = self._sealed(person) | {"language": person.language, "is_guest": False}
        return (await tx.execute(query.values(values))).rowcount == 1

    async def therapist_of(self, tx: Transaction, patient_id: str) -> str:
        query = select(patients.c.therapist_id).where(patients.c.id == patient_id)
        therapist_id: str = (await tx.execute(query)).scalar_one()
        return therapist_id

    async def owned_of(
        self, tx: Transaction, therapist_id: str, ids: Collection[str]
    ) -> dict[str, Person]:
        """Return those of these patients who are this therapist's, by id."""
        mine = patients.c.therapist_id == therapist_id
        rows = await tx.execute(select(patients).where(patients.c.id.in_(ids), mine))
        return {row.id: self.to_person(row) for row in rows}

    async def fingerprint(self, tx: Transaction, therapist_id: str) -> str | None:
        """Return what changes with every writing to this therapist's patients; None without any.

        Guests are none of them.

        Derived from the rows themselves, so that no writer can forget to tell.
        """
        tags = [func.coalesce(_tag(patients.c[column]), "-") for column in SEALED]
        mine = (patients.c.therapist_id == therapist_id) & ~patients.c.is_guest
        archived = case((patients.c.archived_at.is_(None), "-"), else_="+")
        row = patients.c.id + tags[0] + tags[1] + tags[2] + archived
        ordered = select(row.label("tags")).where(mine).order_by(patients.c.id).subquery()
        found: str | None = await tx.scalar(select(func.aggregate_strings(ordered.c.tags, " ")))
        return found

    async def sealed_of_therapist(
        self, tx: Transaction, therapist_id: str
    ) -> AsyncIterator[tuple[Row[Any], tuple[Sealed | None, ...]]]:
        """Yield the patients of a therapist for `to_person`, each with its sealed values.

        Others have their turn now and then.
        """
        mine = (patients.c.therapist_id == therapist_id) & ~patients.c.is_guest
        query = select(patients).where(mine)
        async with tx.stream(query) as result:
            async for rows in result.partitions(AT_ONCE):
                for row in rows:
                    yield row, (row.name, row.email, row.phone)

    async def erase(self, tx: Transaction, patient_id: str) -> None:
        """Delete the patient and, by the foreign keys, everything that belongs to them."""
        await tx.execute(delete(patients).where(patients.c.id == patient_id))

    def _sealed(self, person: Person) -> dict[str, Sealed | None]:
        fields: dict[str, Sealed | None] = {}
        for column in SEALED:
            text = getattr(person, column)
            place = Place("patients", column, person.id)
            fields[column] = None if text is None else self._vault.seal(text, place)
        return fields

    def to_person(self, row: Row[Any]) -> Person:
        """Open the sealed values of a row."""
        clear: dict[str, Any] = {}
        for column in SEALED:
            sealed = getattr(row, column)
            place = Place("patients", column, row.id)
            clear[column] = None if sealed is None else self._vault.open(sealed, place)
        return Person(
            id=row.id,
            therapist_id=row.therapist_id,
            language=row.language,
            created_at=row.created_at,
            is_guest=row.is_guest,
            archived_at=row.archived_at,
            **clear,
        )


def no_patient() -> NotFound:
    return NotFound("no_patient", "There is no such patient.")
