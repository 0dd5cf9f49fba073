"""Migrations lose nothing: up, down, interrupted, and by several controls at once."""

from __future__ import annotations

import asyncio
import functools
import os
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from control.data.database import Database
from control.data.files import SqliteFile
from control.data.migrations.tables import metadata
from control.data.migrator import HERE
from control.errors import ConfigError
from control.run import cli
from tests.control.data import tables
from tests.support.forked import Forked

CHAIN = [script.revision for script in ScriptDirectory(str(HERE)).walk_revisions()][::-1]
HEAD = CHAIN[-1]
PATIENCE_S = 60.0

REBUILD = f"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", "{HEAD}", None, None

def upgrade():
    with op.batch_alter_table("patients") as batch:
        batch.alter_column("language", type_=sa.String(16), existing_type=sa.String(8))

def downgrade():
    with op.batch_alter_table("patients") as batch:
        batch.alter_column("language", type_=sa.String(8), existing_type=sa.String(16))
"""
ORPHAN = f"""
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", "{HEAD}", None, None

def upgrade():
    op.execute("DELETE FROM therapists")
"""
FAIL = f"""
from alembic import op

revision, down_revision, branch_labels, depends_on = "9001", "{HEAD}", None, None

def upgrade():
    op.execute("DELETE FROM visits")
    op.drop_table("settings")
    raise ZeroDivisionError
"""


def folder_of(tmp_path: Path, script: str) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir(exist_ok=True)
    (folder / "test_only.py").write_text(script)
    return folder


def copies(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in tmp_path.glob("*.before-*"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'visavis.db'}"


@pytest.mark.parametrize("start", CHAIN)
async def test_filled_database_keeps_every_row_up_and_down(
    bare_database_url: str, start: str
) -> None:
    migrator = tables.migrator(bare_database_url)
    await migrator.run(start)
    before = await tables.fill(bare_database_url)
    for target in (HEAD, start):
        await migrator.run(target)
        assert await tables.revision(bare_database_url) == target
        after = await tables.read(bare_database_url)
        assert set(after) >= set(before)
        assert tables.shared(after, before) == tables.shared(before, after)
    if start == HEAD:
        await migrator.run("base")
        assert await tables.read(bare_database_url) == {}


async def test_rebuilding_patients_deletes_nothing_that_refers_to_them(
    bare_database_url: str, tmp_path: Path
) -> None:
    migrator = tables.migrator(bare_database_url, folder_of(tmp_path, REBUILD))
    await migrator.run(HEAD)
    before = await tables.fill(bare_database_url)
    for target in ("9001", HEAD):
        await migrator.run(target)
        assert await tables.revision(bare_database_url) == target
        assert await tables.read(bare_database_url) == before
    assert await differences(bare_database_url) == []


async def test_migration_that_would_leave_orphans_is_rolled_back_in_words(
    sqlite_url: str, tmp_path: Path
) -> None:
    migrator = tables.migrator(sqlite_url, folder_of(tmp_path, ORPHAN))
    await migrator.run(HEAD)
    before = await tables.fill(sqlite_url)
    with pytest.raises(ConfigError, match=r"9001 .* patients \(of therapists\)"):
        await migrator.run("9001")
    assert await tables.read(sqlite_url) == before
    assert await tables.revision(sqlite_url) == HEAD


async def test_migration_that_fails_half_way_changes_nothing(
    bare_database_url: str, tmp_path: Path
) -> None:
    migrator = tables.migrator(bare_database_url, folder_of(tmp_path, FAIL))
    await migrator.run(HEAD)
    before = await tables.fill(bare_database_url)
    with pytest.raises(ZeroDivisionError):
        await migrator.run("9001")
    assert await tables.read(bare_database_url) == before
    assert await tables.revision(bare_database_url) == HEAD


async def test_of_two_open_gates_one_stays_open(bare_database_url: str) -> None:
    migrator = tables.migrator(bare_database_url)
    await migrator.run("0001")
    await tables.fill(bare_database_url)
    engine = tables.engine(bare_database_url)
    async with engine.begin() as connection:
        change = "UPDATE sessions SET therapist_id = 'id0', contact_at = NULL"
        await connection.execute(sa.text(change))
    await engine.dispose()
    await migrator.run("0002")
    gates = [row["gate_open"] for row in (await tables.read(bare_database_url))["sessions"]]
    assert sorted(gates) == [False, True]


async def test_the_last_send_back_before_pauses_were_kept_is_one(bare_database_url: str) -> None:
    migrator = tables.migrator(bare_database_url)
    await migrator.run("0022")
    before = (await tables.fill(bare_database_url))["sessions"][0]
    engine = tables.engine(bare_database_url)
    async with engine.begin() as connection:
        change = "UPDATE sessions SET sent_back_at = NULL WHERE id = 'id1'"
        await connection.execute(sa.text(change))
    await engine.dispose()
    await migrator.run("0023")
    sent_back, other = (await tables.read(bare_database_url))["sessions"]
    (pause,) = sent_back["pauses"]
    assert before["sent_back_at"] is not None
    assert datetime.fromisoformat(pause["since"]) == _utc(before["sent_back_at"])
    assert (pause["until"], pause["sent_back"]) == (None, True)
    assert other["pauses"] is None


def _utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


async def test_copy_is_made_before_a_change_and_only_then(sqlite_url: str, tmp_path: Path) -> None:
    migrator = tables.migrator(sqlite_url)
    await migrator.run("0001")
    assert copies(tmp_path) == []
    before = await tables.fill(sqlite_url)
    for _ in range(2):
        await migrator.run("head")
        assert copies(tmp_path) == [f"visavis.db.before-{HEAD}"]
    copy = tmp_path / copies(tmp_path)[0]
    made_at = copy.stat().st_mtime_ns
    await migrator.run("head")
    assert copy.stat().st_mtime_ns == made_at
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert await tables.read(f"sqlite:///{copy}") == before
    assert await tables.revision(f"sqlite:///{copy}") == "0001"


async def test_last_three_copies_are_kept(sqlite_url: str, tmp_path: Path) -> None:
    migrator = tables.migrator(sqlite_url, folder_of(tmp_path, REBUILD))
    for target in ("0001", "0002", "0003", "9001", "0003", "0001"):
        await migrator.run(target)
    assert copies(tmp_path) == [f"visavis.db.before-{name}" for name in ("0001", "0003", "9001")]


async def test_no_room_for_the_copy_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    migrator = tables.migrator(sqlite_url)
    await migrator.run("0001")
    (tmp_path / f"visavis.db.before-{HEAD}").mkdir()  # stands in the way, also of root
    with pytest.raises(ConfigError, match="Nothing was changed"):
        await migrator.run("head")
    assert await tables.revision(sqlite_url) == "0001"
    assert copies(tmp_path) == [f"visavis.db.before-{HEAD}"]


async def test_newer_database_is_refused_in_words(bare_database_url: str) -> None:
    migrator = tables.migrator(bare_database_url)
    await migrator.run()
    engine = tables.engine(bare_database_url)
    async with engine.begin() as connection:
        await connection.execute(sa.text(f"UPDATE {tables.OWN} SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(ConfigError, match=r"revision 9999.*Install.*restore"):
        await migrator.run()
    assert await tables.revision(bare_database_url) == "9999"


async def test_three_controls_at_once_migrate_once(bare_database_url: str, tmp_path: Path) -> None:
    await tables.migrator(bare_database_url).run("0001")
    before = await tables.fill(bare_database_url)
    for code, said in await three_controls(bare_database_url, tmp_path):
        assert code == 0, said
    assert await tables.revision(bare_database_url) == HEAD
    assert tables.shared(await tables.read(bare_database_url), before) == before
    assert len(copies(tmp_path)) == int(bare_database_url.startswith("sqlite"))


async def test_three_controls_at_once_make_the_first_tables(
    bare_database_url: str, tmp_path: Path
) -> None:
    for code, said in await three_controls(bare_database_url, tmp_path):
        assert code == 0, said
    assert await tables.revision(bare_database_url) == HEAD
    assert copies(tmp_path) == []


async def test_migration_waits_for_one_under_way(sqlite_url: str, tmp_path: Path) -> None:
    migrator = tables.migrator(sqlite_url)
    async with SqliteFile(tmp_path / "visavis.db").one_at_a_time():
        task = asyncio.create_task(migrator.run())
        await asyncio.wait((task,), timeout=0.5)
        assert not task.done()
    await task
    assert await tables.revision(sqlite_url) == HEAD


async def test_migration_waits_for_a_control_that_writes(sqlite_url: str, tmp_path: Path) -> None:
    migrator = tables.migrator(sqlite_url)
    await migrator.run("0001")
    other = sqlite3.connect(tmp_path / "visavis.db", isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(migrator.run())
        await asyncio.wait((task,), timeout=0.5)
        other.execute("INSERT INTO key_checks VALUES (1, 'x')")
        other.execute("COMMIT")
        await task
    assert (await tables.read(sqlite_url))["key_checks"] == [{"id": 1, "fingerprint": "x"}]


async def three_controls(bare_database_url: str, folder: Path) -> list[tuple[int, str]]:
    environment = os.environ | {
        "VISAVIS_DATABASE_URL": bare_database_url,
        "VISAVIS_DATA": str(folder),
    }
    main = functools.partial(cli.main, ["migrate"])
    processes = [await Forked.start(main, environment) for _ in range(3)]
    async with asyncio.timeout(PATIENCE_S):
        said = [(await process.communicate())[0].decode() for process in processes]
    return [(process.returncode or 0, text) for process, text in zip(processes, said, strict=True)]


async def test_migrations_lead_to_the_very_tables_of_the_stores(bare_database_url: str) -> None:
    """Alembic's comparison knows no conditions and orders of indexes; the definitions do."""
    await tables.migrator(bare_database_url).run()
    assert await differences(bare_database_url) == []
    migrated = await definitions(bare_database_url)
    engine = tables.engine(bare_database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    assert migrated == await definitions(bare_database_url)


async def differences(url: str) -> list[object]:
    def compare(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))

    engine = tables.engine(url)
    async with engine.connect() as connection:
        found: list[object] = await connection.run_sync(compare)
    await engine.dispose()
    return found


async def definitions(url: str) -> set[str]:
    """Return how the database itself tells its indexes."""
    query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    if not url.startswith("sqlite"):
        query = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    engine = tables.engine(url)
    async with engine.connect() as connection:
        found = set(await connection.scalars(sa.text(query)))
    await engine.dispose()
    assert any("DESC" in one for one in found)
    return {one for one in found if tables.OWN not in one}


@pytest.mark.parametrize("query", ["newest", "open", "all open"])
async def test_lists_are_read_by_their_indexes(sqlite_url: str, tmp_path: Path, query: str) -> None:
    await tables.migrator(sqlite_url).run()
    asked, index = {
        "newest": (
            "SELECT * FROM sessions WHERE therapist_id = 't' ORDER BY opened_at DESC, id LIMIT 9",
            "sessions_newest_first (therapist_id=?)",
        ),
        "open": (
            "SELECT * FROM sessions WHERE therapist_id = 't' AND ended_at IS NULL",
            "open_sessions (therapist_id=?)",
        ),
        "all open": ("SELECT * FROM sessions WHERE ended_at IS NULL", "INDEX"),
    }[query]
    with closing(sqlite3.connect(tmp_path / "visavis.db")) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}"))
    assert index in plan
    assert "B-TREE" not in plan


async def test_damaged_file_is_refused_in_words_at_the_start(
    sqlite_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "visavis.db"
    database = Database(sqlite_url)
    await database.migrate()
    await database.close()
    whole = file.read_bytes()
    for damaged in (b"x" * 8192, whole[:12_288] + b"\xff" * 4096 + whole[16_384:]):
        file.write_bytes(damaged)
        database = Database(sqlite_url)
        with pytest.raises(ConfigError, match=r"visavis\.db is damaged"):
            await database.migrate()
        await database.close()
        assert file.read_bytes() == damaged
