"""The search over sealed names, on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from control.auth.model import Therapist
from control.auth.store import AuthStore
from control.data.database import Database
from control.data.encryption import Place, Sealed, Vault
from control.patients.model import Person
from control.patients.search import KEPT_FOR, THERAPISTS, PatientSearch
from control.patients.store import PatientStore, patients

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class CountingVault(Vault):
    """Counts what was opened."""

    opened = 0

    def open(self, sealed: Sealed, place: Place) -> str:
        self.opened += 1
        return super().open(sealed, place)


VAULT = CountingVault(b"k" * 32)
STORE = PatientStore(VAULT)
OBRIEN = Person("p1", "t1", "O'Brien-Łukasz", "ob@example.org", "+39 333 1234567", "en", NOW)
ZOE = Person("p2", "t1", "Zoë Alesi", None, None, "en", NOW)
ALESI = Person("p3", "t1", "Álesi Zoe", None, None, "en", NOW)
OTHER = Person("p4", "t2", "O'Brien of somebody else", None, None, "en", NOW)


@pytest.fixture
async def peopled(database: Database) -> Database:
    async with database.write() as tx:
        for name in ("t1", "t2"):
            who = Therapist(name, f"{name}@example.org", name, "en")
            await AuthStore(VAULT).add_therapist(tx, who, who.email, "hash", NOW)
        for person in (ZOE, OBRIEN, OTHER, ALESI):
            await STORE.add(tx, person)
    return database


@pytest.fixture
def search() -> PatientSearch:
    return PatientSearch(STORE)


@pytest.fixture
def opened() -> Any:
    VAULT.opened = 0
    return lambda: VAULT.opened


async def found(database: Database, search: PatientSearch, typed: str) -> list[str]:
    async with database.read() as tx:
        return [entry.id for entry in await search.find(tx, "t1", typed, now=NOW)]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("", ["p3", "p1", "p2"]),
        (" - ", ["p3", "p1", "p2"]),
        ("obrien", ["p1"]),
        ("lukasz", ["p1"]),
        ("ŁUKASZ o’br", ["p1"]),
        ("zoe", ["p3", "p2"]),
        ("alesi ZOË", ["p3", "p2"]),
        ("ob@example", ["p1"]),
        ("333 12-34", ["p1"]),
        ("zoe obrien", []),
        ("zoealesi", []),
    ],
)
async def test_every_word_is_found_in_name_email_or_phone(
    peopled: Database, search: PatientSearch, typed: str, ids: list[str]
) -> None:
    assert await found(peopled, search, typed) == ids


async def test_names_are_opened_once(peopled: Database, search: PatientSearch, opened: Any) -> None:
    assert await found(peopled, search, "obrien") == ["p1"]
    before = opened()
    assert before == 5  # three names, an e-mail address and a number of this therapist alone
    assert await found(peopled, search, "zoe") == ["p3", "p2"]
    assert opened() == before


@pytest.mark.parametrize(
    ("column", "value", "typed"),
    [
        ("name", "Carla Bo", "carla"),
        ("email", "new@example.org", "new@"),
        ("phone", "0771", "0771"),
    ],
)
async def test_one_field_that_another_control_changes_is_found_at_once(
    peopled: Database, search: PatientSearch, opened: Any, column: str, value: str, typed: str
) -> None:
    assert await found(peopled, search, typed) == []
    before = opened()
    sealed = VAULT.seal(value, Place("patients", column, "p1"))
    async with peopled.write() as tx:
        await tx.execute(update(patients).where(patients.c.id == "p1").values({column: sealed}))
    assert await found(peopled, search, typed) == ["p1"]
    assert opened() == before + 3  # this patient's name, e-mail and phone, and no other's


async def test_added_and_erased_at_once_are_noticed(
    peopled: Database, search: PatientSearch
) -> None:
    await found(peopled, search, "")
    async with peopled.write() as tx:
        await STORE.erase(tx, "p1")
        await STORE.add(tx, replace(OBRIEN, id="p9"))
    assert await found(peopled, search, "obrien") == ["p9"]


async def test_rolled_back_change_is_not_kept(peopled: Database, search: PatientSearch) -> None:
    async def look_and_fail() -> None:
        async with peopled.write() as tx:
            await STORE.change(tx, replace(OBRIEN, name="Nobody"))
            assert await search.find_ids(tx, "t1", "nobody", now=NOW) == {"p1"}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await look_and_fail()
    assert await found(peopled, search, "nobody") == []
    assert await found(peopled, search, "obrien") == ["p1"]


async def test_names_leave_the_memory_with_time_and_with_many_therapists(
    peopled: Database, search: PatientSearch, opened: Any
) -> None:
    await found(peopled, search, "")
    search.sweep(now=NOW + KEPT_FOR / 2)
    await found(peopled, search, "")
    assert opened() == 5
    search.sweep(now=NOW + KEPT_FOR)
    await found(peopled, search, "")
    assert opened() == 10
    async with peopled.read() as tx:
        for number in range(THERAPISTS):
            await search.find(tx, f"other {number}", "", now=NOW)
    await found(peopled, search, "")
    assert opened() == 15
