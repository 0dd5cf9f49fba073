"""Read, decide, write: who loses a race reads again; a right that is held cannot be taken away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from control.auth.model import Login, Therapist, hash_secret
from control.auth.store import AuthStore
from control.data.database import TRIES, Database, LostRace, Transaction
from control.data.encryption import Vault
from control.data.keycheck import key_checks
from control.errors import Conflict, Unauthenticated
from tests.control.data import tables
from tests.control.stage import Stage, make_config

AUTH = AuthStore(Vault(b"k" * 32))
PATIENCE_S = 20.0


async def read_value(tx: Transaction, number: int = 1) -> str | None:
    query = sa.select(key_checks.c.fingerprint).where(key_checks.c.id == number)
    found: str | None = await tx.scalar(query)
    return found


async def set_value(tx: Transaction, value: str, number: int = 1) -> None:
    query = sa.update(key_checks).where(key_checks.c.id == number)
    await tx.execute(query.values(fingerprint=value))


async def add_value(tx: Transaction, value: str, number: int = 1) -> None:
    await tx.execute(sa.insert(key_checks).values(id=number, fingerprint=value))


@pytest.fixture
async def second(database_url: str, database: Database) -> AsyncIterator[Database]:
    """Another control on the same database."""
    opened = Database(database_url)
    yield opened
    await opened.close()


async def test_lost_race_calls_the_work_anew(database: Database) -> None:
    calls = []

    async def work(tx: Transaction) -> str | None:
        calls.append(await read_value(tx))
        if len(calls) == 1:
            await add_value(tx, "of the loser")
            raise LostRace
        return calls[-1]

    assert await database.transact(work) is None
    assert calls == [None, None]


async def test_unique_value_of_another_is_read_and_not_overwritten(
    database: Database, second: Database
) -> None:
    calls = []

    async def work(tx: Transaction) -> str:
        calls.append(await read_value(tx))
        if calls[-1] is not None:
            return calls[-1]
        if len(calls) == 1 and database._file is None:
            async with second.write() as other:
                await add_value(other, "theirs")
        elif len(calls) == 1:  # SQLite lets nobody between; so the row is ours
            await add_value(tx, "theirs")
        await add_value(tx, "ours")
        return "ours"

    wanted = "theirs" if database._file is None else "ours"
    assert await database.transact(work) == wanted
    assert len(calls) == 2


async def test_rule_of_the_tables_is_not_a_race(database: Database) -> None:
    calls = []

    async def work(tx: Transaction) -> None:
        calls.append(1)
        await tx.execute(sa.text("INSERT INTO key_checks (id) VALUES (1)"))

    with pytest.raises(IntegrityError):
        await database.transact(work)
    assert len(calls) == 1


async def test_race_lost_in_a_plain_write_is_a_conflict(database: Database) -> None:
    with pytest.raises(Conflict) as caught:
        async with database.write():
            raise LostRace
    assert caught.value.code == "changed_meanwhile"


async def test_race_lost_every_time_is_a_conflict(database: Database) -> None:
    calls = []

    async def work(tx: Transaction) -> None:
        calls.append(1)
        raise LostRace

    with pytest.raises(Conflict) as caught:
        await database.transact(work)
    assert (caught.value.code, len(calls)) == ("changed_meanwhile", TRIES)


async def test_counting_by_many_at_once_loses_none(database: Database, second: Database) -> None:
    async with database.write() as tx:
        await add_value(tx, "0")

    async def count(tx: Transaction) -> None:
        seen = await read_value(tx)
        assert seen is not None
        query = sa.update(key_checks).where(key_checks.c.fingerprint == seen)
        written = await tx.execute(query.values(fingerprint=str(int(seen) + 1)))
        if written.rowcount != 1:
            raise LostRace

    async def until_done(control: Database) -> None:
        while True:
            try:
                return await control.transact(count)
            except Conflict:
                continue

    await asyncio.gather(*(until_done(control) for control in (database, second) * 5))
    async with database.read() as tx:
        assert await read_value(tx) == "10"


@pytest.mark.postgres
async def test_serialization_failure_and_deadlock_read_again(fresh_postgres_url: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        first, second = Database(fresh_postgres_url), Database(fresh_postgres_url)
        for control in (first, second):
            stack.push_async_callback(control.close)
        await first.migrate()
        async with first.write() as tx:
            await add_value(tx, "a", 1)
            await add_value(tx, "b", 2)
        await serialization_failure(first, second)
        await deadlock(first, second)


async def serialization_failure(first: Database, second: Database) -> None:
    calls = []

    async def work(tx: Transaction) -> None:
        await tx.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        calls.append(await read_value(tx))
        if len(calls) == 1:
            async with second.write() as other:
                await set_value(other, "theirs")
        await set_value(tx, f"{calls[-1]} and ours")

    await first.transact(work)
    assert calls == ["a", "theirs"]
    async with first.read() as tx:
        assert await read_value(tx) == "theirs and ours"


async def deadlock(first: Database, second: Database) -> None:
    calls: list[str] = []
    both_began = asyncio.Barrier(2)

    async def work(name: str, control: Database, numbers: tuple[int, int]) -> None:
        async def cross(tx: Transaction) -> None:
            calls.append(name)
            await set_value(tx, name, numbers[0])
            if calls.count(name) == 1:
                await both_began.wait()
            await set_value(tx, name, numbers[1])

        await control.transact(cross)

    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(work("one", first, (1, 2)), work("two", second, (2, 1)))
    assert len(calls) >= 3  # who lost may be back before the winner wakes, and lose again
    async with first.read() as tx:
        assert await read_value(tx, 1) == await read_value(tx, 2)


class ByLogin:
    """Who comes with a login's cookie, as `auth.service` judges it."""

    async def confirm(self, tx: Transaction, *, hold: bool) -> None:
        if await AUTH.login(tx, hash_secret("cookie"), hold=hold) is None:
            raise Unauthenticated("login_needed", "Please log in.")


async def test_right_that_is_held_stands_until_the_effect_has_committed(
    database: Database, second: Database, database_url: str
) -> None:
    async with database.write() as tx:
        therapist = Therapist("t1", "rossi@example.org", "Dr. Rossi", "en")
        await AUTH.add_therapist(tx, therapist, therapist.email, "hash", tables.NOW)
        login = Login("l1", "t1", tables.NOW, tables.NOW)
        await AUTH.add_login(tx, login, hash_secret("cookie"))

    async def revoke() -> str | None:
        async with second.write() as tx:
            await AUTH.delete_login(tx, "l1")
            return await read_value(tx)

    async with database.write(by=ByLogin()) as tx:
        revoking = asyncio.create_task(revoke())
        if database._file is None:
            await until_somebody_waits(database_url)
        await add_value(tx, "effect")
        assert not revoking.done()
    assert await revoking == "effect"
    with pytest.raises(Unauthenticated):
        async with database.write(by=ByLogin()):
            pytest.fail("the right was taken away")


async def until_somebody_waits(url: str) -> None:
    engine = tables.engine(url)
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(20):
        while True:
            async with engine.connect() as connection:
                if await connection.scalar(waiting):
                    break
    await engine.dispose()


async def test_settings_changed_at_once_are_all_kept(database_url: str, tmp_path: Path) -> None:
    async with Stage(make_config(tmp_path, database_url=database_url)) as stage:
        therapist = await stage.therapist()
        patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
        path = f"/api/patients/{patient['id']}/setting"

        async def change(number: int) -> None:
            body = {"self_view": bool(number % 2), "clock": bool(number // 2)}
            await therapist.call("PUT", path, body, expect=200)

        for _ in range(6):
            await asyncio.gather(*(change(number) for number in range(4)))
