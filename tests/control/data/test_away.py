"""Whatever hangs, is full, locked or gone is `Unavailable` within three seconds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from control.data import engines
from control.data.database import Database
from control.errors import Unavailable
from tests.control.data import tables

LIMIT_S = 3.0
SQLITE_WAIT_S = 2.4  # at least; docs/operations.md says 2.5
PATIENCE_S = 20.0
INSERT = sa.text("INSERT INTO key_checks (id, fingerprint) VALUES (:id, 'x')")
COUNT = sa.text("SELECT count(*) FROM key_checks")

pytestmark = pytest.mark.timeout(120)


async def write(database: Database, number: int = 1) -> None:
    async with database.write() as tx:
        await tx.execute(INSERT, {"id": number})


async def read(database: Database) -> int:
    async with database.read() as tx:
        found: int | None = await tx.scalar(COUNT)
    assert found is not None
    return found


async def unavailable(
    work: Awaitable[object], code: str = "database_away", *, after_s: float = 0
) -> None:
    """Expect the error, in time and not too early."""
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await work
    assert caught.value.code == code
    assert after_s <= time.monotonic() - began <= LIMIT_S


@pytest.fixture
async def postgres(fresh_postgres_url: str) -> AsyncIterator[Database]:
    database = Database(fresh_postgres_url)
    await database.migrate()
    yield database
    await database.close()


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'visavis.db'}")
    await database.migrate()
    yield database
    await database.close()


# Either database


@pytest.mark.idle
async def test_exhausted_pool_is_unavailable_in_time(database: Database) -> None:
    connections, after_s = (15, 0) if database._reader is database._writer else (1, SQLITE_WAIT_S)
    async with contextlib.AsyncExitStack() as held:
        for _ in range(connections):
            await held.enter_async_context(database.write())
        await unavailable(write(database), after_s=after_s)
    await write(database)


@pytest.mark.parametrize("moment", ["in a statement", "between statements", "in the commit"])
async def test_cancelled_transaction_gives_its_connection_back(
    database: Database, moment: str
) -> None:
    """More often than there are connections; each time in the middle."""
    for _ in range(20):
        task = asyncio.current_task()
        assert task is not None
        begun = asyncio.Event()

        async def work(begun: asyncio.Event = begun) -> None:
            async with database.write() as tx:
                if moment == "between statements":
                    begun.set()
                    await asyncio.Event().wait()
                asyncio.get_running_loop().call_soon(begun.set)
                await tx.execute(INSERT, {"id": 1})
                if moment == "in the commit":
                    begun.clear()
                    asyncio.get_running_loop().call_soon(begun.set)
                else:
                    await asyncio.Event().wait()

        running = asyncio.create_task(work())
        await begun.wait()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        async with database.write() as tx:
            await tx.execute(sa.text("DELETE FROM key_checks"))
    pools = [engine.sync_engine.pool for engine in (database._reader, database._writer)]
    assert [getattr(pool, "checkedout")() for pool in pools] == [0, 0]  # noqa: B009
    await write(database)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("SELECT * FROM nothing_of_this_name", DBAPIError),
        ("SELEKT 1", DBAPIError),
        ("INSERT INTO key_checks (id) VALUES (1)", IntegrityError),
    ],
)
async def test_bug_of_ours_is_no_absence(
    database: Database, statement: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        async with database.write() as tx:
            await tx.execute(sa.text(statement))
    with pytest.raises(TypeError):
        async with database.write():
            raise TypeError


# SQLite


@pytest.mark.idle
async def test_write_lock_of_another_process_is_unavailable_in_time(
    sqlite: Database, tmp_path: Path
) -> None:
    with write_lock(tmp_path / "visavis.db"):
        waiting = (unavailable(write(sqlite, n), after_s=SQLITE_WAIT_S) for n in range(5))
        await asyncio.gather(*waiting)
        assert await read(sqlite) == 0
    await write(sqlite)


async def test_wait_for_a_connection_counts_as_wait_for_the_writer(sqlite: Database) -> None:
    async with sqlite._writer.connect() as connection:
        connection.info[engines.ASKED_AT] = time.monotonic() - 1
        async with connection.begin():
            assert await busy_ms(connection) <= 1500
    async with sqlite.write() as tx:
        assert await busy_ms(tx) > 1500


async def busy_ms(tx: AsyncConnection) -> int:
    """Return how long this connection waits for a writer in another process."""
    found: int = (await tx.execute(sa.text("PRAGMA busy_timeout"))).scalar_one()
    return found


@contextlib.contextmanager
def write_lock(file: Path) -> Iterator[None]:
    """Hold the one writer of a database, as another process would."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_full_disk_is_unavailable(sqlite: Database) -> None:
    async with sqlite.write() as tx:
        pages = await tx.scalar(sa.text("PRAGMA page_count"))
        await tx.execute(sa.text(f"PRAGMA max_page_count = {pages}"))

    async def fill() -> None:
        async with sqlite.write() as tx:
            for number in range(500):
                await tx.execute(INSERT, {"id": number})

    await unavailable(fill())
    assert await read(sqlite) == 0


async def test_read_only_database_is_unavailable(sqlite: Database) -> None:
    async with sqlite.write() as tx:
        await tx.execute(sa.text("PRAGMA query_only = ON"))
    await unavailable(write(sqlite))


async def test_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'no' / 'v.db'}")
    await unavailable(database.check())
    await database.close()


# PostgreSQL


@contextlib.asynccontextmanager
async def hung(url: str) -> AsyncIterator[None]:
    """Stop every process of the server: connections are taken, and nobody answers."""
    engine = tables.engine(url)
    async with engine.connect() as connection:
        pids = server_of(await connection.scalar(sa.text("SELECT pg_backend_pid()")))
    await engine.dispose()
    tell(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        tell(pids, signal.SIGCONT)


def server_of(backend: int) -> list[int]:
    """Return the process that started this backend, and all it started."""
    parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


def tell(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # its work was done
            os.kill(pid, number)


async def eventually(work: Callable[[], Awaitable[object]]) -> None:
    """Try until the server has caught up with what was left behind."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                await work()
            except Unavailable:
                continue
            return


@pytest.mark.idle
@pytest.mark.postgres
async def test_hung_server_is_unavailable_in_time_and_comes_back(
    postgres: Database, fresh_postgres_url: str
) -> None:
    await write(postgres)
    async with hung(fresh_postgres_url):
        await unavailable(read(postgres))
        await asyncio.gather(*(unavailable(write(postgres, number)) for number in range(20)))
    await eventually(lambda: read(postgres))


@pytest.mark.idle
@pytest.mark.postgres
async def test_server_that_hangs_in_a_transaction_is_unavailable_in_time(
    postgres: Database, fresh_postgres_url: str
) -> None:
    async def work() -> None:
        async with postgres.write() as tx:
            await tx.execute(INSERT, {"id": 1})
            await stack.enter_async_context(hung(fresh_postgres_url))
            began.append(time.monotonic())
            await tx.execute(INSERT, {"id": 2})

    began: list[float] = []
    async with contextlib.AsyncExitStack() as stack:
        with pytest.raises(Unavailable):
            await work()
        assert time.monotonic() - began[0] <= LIMIT_S
    await eventually(lambda: read(postgres))
    assert await read(postgres) == 0


@pytest.mark.idle
@pytest.mark.postgres
async def test_long_work_in_a_transaction_is_ended_and_rolled_back(postgres: Database) -> None:
    async def dawdle() -> None:
        async with postgres.write() as tx:
            await tx.execute(INSERT, {"id": 1})
            await asyncio.Event().wait()

    await unavailable(dawdle())
    assert await read(postgres) == 0
    await write(postgres)


@pytest.mark.idle
@pytest.mark.postgres
async def test_locked_table_is_unavailable_in_time(
    postgres: Database, fresh_postgres_url: str
) -> None:
    engine = tables.engine(fresh_postgres_url)
    async with engine.begin() as other:
        await other.execute(sa.text("LOCK TABLE key_checks"))
        await asyncio.gather(unavailable(read(postgres)), unavailable(write(postgres)))
    await engine.dispose()
    assert await read(postgres) == 0
    async with postgres.read() as tx:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        assert await tx.scalar(sa.text(waiting)) == 0


@pytest.mark.postgres
@pytest.mark.parametrize("moment", ["idle", "statement", "commit"])
async def test_connection_that_ends_is_unavailable(
    postgres: Database, fresh_postgres_url: str, moment: str
) -> None:
    async def work() -> None:
        async with postgres.write() as tx:
            await tx.execute(INSERT, {"id": 1})
            await end_others(fresh_postgres_url)
            if moment == "statement":
                await tx.execute(COUNT)

    if moment == "idle":  # noticed before it is used
        await read(postgres)
        await end_others(fresh_postgres_url)
        assert await read(postgres) == 0
    else:
        await unavailable(work())
        assert await read(postgres) == 0


async def end_others(url: str) -> None:
    engine = tables.engine(url)
    async with engine.begin() as connection:
        others = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        await connection.execute(sa.text(others))
    await engine.dispose()


@pytest.mark.postgres
async def test_server_that_cannot_be_used_is_unavailable(fresh_postgres_url: str) -> None:
    nobody = fresh_postgres_url.replace("//visavis@", "//nobody_of_this_name@")
    nowhere = fresh_postgres_url.replace("/postgres", "/nothing_of_this_name")
    for url in (nobody, nowhere, "postgresql://v@127.0.0.1:1/v"):
        database = Database(url)
        await unavailable(database.check())
        await database.close()


@pytest.mark.postgres
async def test_standby_that_only_reads_is_unavailable(postgres: Database) -> None:
    async def work() -> None:
        async with postgres.write() as tx:
            await tx.execute(sa.text("SET TRANSACTION READ ONLY"))
            await tx.execute(INSERT, {"id": 1})

    await unavailable(work())


@pytest.mark.postgres
async def test_wrong_value_is_a_bug_and_no_absence(postgres: Database) -> None:
    for value in ("a\x00b", 5):

        async def work(value: object = value) -> None:
            async with postgres.write() as tx:
                await tx.execute(
                    sa.text("INSERT INTO key_checks (id, fingerprint) VALUES (1, :value)"),
                    {"value": value},
                )

        with pytest.raises(DBAPIError):
            await work()
    with pytest.raises(ProgrammingError):
        async with postgres.write() as tx:
            await tx.execute(sa.text("SELECT * FROM nothing_of_this_name"))


@pytest.mark.postgres
async def test_migration_knows_no_time_limits(fresh_postgres_url: str) -> None:
    async def setting(engine: AsyncEngine) -> list[str]:
        async with engine.connect() as connection:
            names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            found = [str(await connection.scalar(sa.text(f"SHOW {name}"))) for name in names]
        await engine.dispose()
        return found

    url = engines.parse_url(fresh_postgres_url)
    assert await setting(engines.postgres_engine(url)) == ["2s", "1500ms", "5s"]
    assert await setting(engines.postgres_migration_engine(url)) == ["0", "0", "0"]
