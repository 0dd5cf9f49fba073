"""Patients in the order of their names, and the search, over names that the database cannot read.

A therapist's names are opened once and kept in memory, folded and sorted, while they are asked
for. Before each use one query over the sealed values tells whether anything was written since, by
this control or another; what was is opened anew. The work is done in slices, so that nobody waits.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from control.data.database import Transaction
from control.data.encryption import Sealed
from control.patients.folding import digits, fold
from control.patients.model import Person
from control.patients.store import PatientStore

THERAPISTS = 64  # whose names are in memory at most; 2,000 patients take about 2 MB
KEPT_FOR = timedelta(minutes=15)  # after the last use
SORTED_BY = 60  # characters of the folded name; also bounds the length of a cursor


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient as the search sees them."""

    key: tuple[str, str]
    """The place in the list: folded name, id."""
    text: str
    """What is searched: name, e-mail and digits of the telephone, folded."""
    sealed: tuple[Sealed | None, ...]
    """What it was opened from."""
    archived: bool

    @property
    def id(self) -> str:
        return self.key[1]

    @classmethod
    def of(cls, person: Person, sealed: tuple[Sealed | None, ...]) -> Entry:
        key = fold(person.name)[:SORTED_BY], person.id
        return cls(key, _search_text(person), sealed, person.archived_at is not None)

    def matches(self, words: Collection[str]) -> bool:
        return all(word in self.text for word in words)


@dataclass(slots=True)
class _Index:
    """The entries of one therapist, by name."""

    fingerprint: str | None = None
    entries: list[Entry] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used_at: datetime | None = None


class PatientSearch:
    """Finds patients by what was typed, within the caller's transaction."""

    def __init__(self, store: PatientStore) -> None:
        self._store = store
        self._indexes: OrderedDict[str, _Index] = OrderedDict()

    async def find(
        self,
        tx: Transaction,
        therapist_id: str,
        search: str,
        *,
        archived: bool = True,
        now: datetime,
    ) -> list[Entry]:
        """Return the patients that have every word of `search` somewhere, by name.

        Args:
            archived: Whether those who are archived are among them.
        """
        entries = await self._entries(tx, therapist_id, now)
        if not archived:
            entries = [entry for entry in entries if not entry.archived]
        words = set(fold(search).split())
        return [entry for entry in entries if entry.matches(words)] if words else entries

    async def find_ids(
        self, tx: Transaction, therapist_id: str, search: str, *, now: datetime
    ) -> set[str]:
        """Return the ids of the patients that match."""
        return {entry.id for entry in await self.find(tx, therapist_id, search, now=now)}

    def forget(self, therapist_id: str) -> None:
        """Drop the names of this therapist's patients from memory."""
        self._indexes.pop(therapist_id, None)

    def sweep(self, *, now: datetime) -> None:
        """Drop what nobody has asked for lately."""
        for therapist_id, index in list(self._indexes.items()):
            if index.used_at is not None and now - index.used_at >= KEPT_FOR:
                self.forget(therapist_id)

    async def _entries(self, tx: Transaction, therapist_id: str, now: datetime) -> list[Entry]:
        index = self._indexes.setdefault(therapist_id, _Index())
        index.used_at = now
        self._indexes.move_to_end(therapist_id)
        while len(self._indexes) > THERAPISTS:
            self._indexes.popitem(last=False)
        fingerprint = await self._store.fingerprint(tx, therapist_id)
        async with index.lock:
            if index.fingerprint != fingerprint:
                index.entries = await self._read(tx, therapist_id, index.entries)
                index.fingerprint = fingerprint
            return index.entries

    async def _read(self, tx: Transaction, therapist_id: str, known: list[Entry]) -> list[Entry]:
        """Read all rows, and open those that are not known as they stand."""
        before = {entry.id: entry for entry in known}
        entries = []
        async for row, sealed in self._store.sealed_of_therapist(tx, therapist_id):
            entry = before.get(row.id)
            archived = row.archived_at is not None
            if entry is None or (entry.sealed, entry.archived) != (sealed, archived):
                entry = Entry.of(self._store.to_person(row), sealed)
            entries.append(entry)
        entries.sort(key=lambda entry: entry.key)
        return entries


def _search_text(person: Person) -> str:
    fields = (fold(person.name), fold(person.email or ""), digits(person.phone or ""))
    return "\n".join(fields)
