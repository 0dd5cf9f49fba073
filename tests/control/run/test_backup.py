"""Back-ups and the way back, by the very steps that docs/operations.md names."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from control.data.database import Database
from control.run.cli import main
from tests.control import postgres
from tests.control.stage import PASSWORD, Stage, make_config

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"
LOGIN = {"email": "rossi@example.org", "password": PASSWORD}


def steps(heading: str) -> str:
    """Return the first commands below a heading, without those that stop and start Visavis."""
    part = OPERATIONS.read_text("utf-8").partition(f"\n### {heading}\n")[2]
    found = re.search(r"```\n(.*?)```", part, re.DOTALL)
    assert found, f"operations.md has no commands below {heading}"
    return "\n".join(line for line in found[1].splitlines() if not line.startswith("systemctl"))


def do(commands: str, **environment: str) -> None:
    found = subprocess.run(
        ["sh", "-eu", "-c", commands],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's data folder, as the command line finds it."""
    for name in [name for name in os.environ if name.startswith("VISAVIS_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    monkeypatch.setenv("VISAVIS_DATA", str(data))
    return data


async def test_documented_restore_brings_back_what_was_backed_up_while_control_ran(
    here: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    async with Stage(make_config(here)) as stage:
        page = await stage.therapist()
        await page.post("/api/patients", {"name": "Alex M."}, 201)
        assert await asyncio.to_thread(main, ["backup", str(backup / "visavis.db")]) == 0
        await page.post("/api/patients", {"name": "Bruna T."}, 201)
    assert (backup / "visavis.db").stat().st_mode & 0o077 == 0
    (here / "visavis.db-wal").write_bytes(b"left by a crash")
    commands = steps("Restore with SQLite")
    for path, ours in (("/var/lib/visavis", here), ("/backup", backup)):
        assert path in commands
        commands = commands.replace(path, str(ours))
    if os.geteuid() == 0:
        commands = commands.replace("visavis:visavis", "root:root")
    do(commands)
    async with Stage(make_config(here)) as stage:
        page = stage.page()
        await page.post("/api/login", LOGIN)
        assert [one["name"] for one in (await page.get("/api/patients"))["items"]] == ["Alex M."]


@pytest.mark.postgres
async def test_documented_dump_and_restore_of_postgresql_bring_everything_back(
    here: Path, tmp_path: Path, fresh_postgres_url: str
) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("no pg_dump on PATH (Debian: postgresql-client)")
    names = {"VISAVIS_DATABASE_URL": fresh_postgres_url}
    path = f"{postgres.find_binaries()}:{os.environ['PATH']}"
    dump, restore = (
        steps(heading).replace("/backup", str(tmp_path))
        for heading in ("Back-up of PostgreSQL", "Restore with PostgreSQL")
    )
    async with Stage(make_config(here, database_url=fresh_postgres_url)) as stage:
        page = await stage.therapist()
        await page.post("/api/patients", {"name": "Alex M."}, 201)
        await asyncio.to_thread(do, dump, PATH=path, **names)
        await page.post("/api/patients", {"name": "Bruna T."}, 201)
    await asyncio.to_thread(do, restore, PATH=path, **names)
    async with Stage(make_config(here, database_url=fresh_postgres_url)) as stage:
        page = stage.page()
        await page.post("/api/login", LOGIN)
        assert [one["name"] for one in (await page.get("/api/patients"))["items"]] == ["Alex M."]


@pytest.fixture
def full() -> Iterator[Path]:
    """A disk with room for one page, apart from pytest's own folders.

    What a killed run left mounted there pytest would try to remove after three days, and fail; and
    so would every run from then on.
    """
    with tempfile.TemporaryDirectory(prefix="visavis-full-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", folder]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("needs to mount a small disk")
        yield Path(folder)
        subprocess.run(["umount", folder], check=True)


def test_full_disk_is_mounted_where_no_later_run_cleans_up(
    full: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert not full.is_relative_to(tmp_path_factory.getbasetemp().parent)


@pytest.mark.parametrize("former", [None, b"the last good one"])
def test_full_disk_is_told_and_the_last_good_backup_stays(
    here: Path, full: Path, capsys: pytest.CaptureFixture[str], former: bytes | None
) -> None:
    assert main(["migrate"]) == 0
    target = full / "visavis.db"
    if former is not None:
        target.write_bytes(former)
    assert main(["backup", str(target)]) == 2
    said = capsys.readouterr().err
    assert re.match(rf"visavis: No back-up was made at {target}: .*(full|space)", said), said
    assert ("as it was" in said) == (former is not None)
    left = {path.name: path.read_bytes() for path in full.iterdir()}
    assert left == ({} if former is None else {"visavis.db": former})


@pytest.mark.postgres
def test_dump_of_postgresql_to_a_full_disk_leaves_the_last_good_one(
    full: Path, fresh_postgres_url: str
) -> None:
    asyncio.run(migrated(fresh_postgres_url))
    (full / "visavis.dump").write_bytes(b"the last good one")
    with pytest.raises(AssertionError, match="No space left"):
        do(
            steps("Back-up of PostgreSQL").replace("/backup", str(full)),
            PATH=f"{postgres.find_binaries()}:{os.environ['PATH']}",
            VISAVIS_DATABASE_URL=fresh_postgres_url,
        )
    assert (full / "visavis.dump").read_bytes() == b"the last good one"


async def migrated(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def test_damaged_database_makes_no_backup(
    here: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 0
    file = here / "visavis.db"
    content = bytearray(file.read_bytes())
    content[-4096:] = b"\xff" * 4096
    file.write_bytes(content)
    target = tmp_path / "backup.db"
    target.write_bytes(b"the last good one")
    assert main(["backup", str(target)]) == 2
    assert "damaged" in capsys.readouterr().err
    assert target.read_bytes() == b"the last good one"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("database", "target", "said"),
    [
        ("", "{data}/visavis.db", "is the database itself"),
        ("", "/nowhere/visavis.db", "No such file"),
        ("sqlite:////nowhere/visavis.db", "{data}/copy.db", "There is no database"),
        ("postgresql://visavis@nowhere/visavis", "{data}/copy.db", "pg_dump"),
    ],
)
def test_impossible_backup_is_refused_in_words(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database: str,
    target: str,
    said: str,
) -> None:
    assert main(["migrate"]) == 0
    monkeypatch.setenv("VISAVIS_DATABASE_URL", database)
    before = (here / "visavis.db").read_bytes()
    assert main(["backup", target.format(data=here)]) == 2
    assert said in capsys.readouterr().err
    assert (here / "visavis.db").read_bytes() == before
