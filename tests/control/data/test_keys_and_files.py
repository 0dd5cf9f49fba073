"""The key file and the files of the database: who may read them, and what if they vanish."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from control.composition import build
from control.data import keyfile
from control.data.database import Database
from control.data.encryption import Vault
from control.data.files import make_folder
from control.data.keycheck import check_key
from control.data.keyfile import KeyFile
from control.errors import ConfigError, Unavailable
from tests.control.fakes import FakeClock, FakeMedia
from tests.control.stage import Stage, make_config, make_control

OLD, NEW = b"k" * 32, b"n" * 32


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def chmod(wanted: int, *paths: Path) -> None:
    for path in paths:
        path.chmod(wanted)


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("visavis.db*"))


def ring(path: Path, *keys: bytes) -> KeyFile:
    return KeyFile(path / "visavis.key", keys, is_new=False)


def first_start(path: Path) -> KeyFile:
    return keyfile.load(path / "visavis.key")


async def check(database: Database, file: KeyFile) -> None:
    await check_key(database, Vault(*file.keys), file)


# The key file


async def test_key_is_made_at_the_first_start_for_its_owner_alone(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "visavis.key"
    made = keyfile.load(path)
    assert made.is_new
    assert not path.exists()
    await check(database, made)
    assert mode(path) == 0o600
    kept = keyfile.load(path)
    assert (kept.keys, kept.is_new) == (made.keys, False)
    await check(database, kept)


@pytest.mark.parametrize("content", ["", "# none\n", "not base64!", "c2hvcnQ=", "\N{SNOWMAN}"])
def test_file_without_a_key_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    path = tmp_path / "visavis.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"visavis\.key"):
        keyfile.load(path)
    assert path.read_text(encoding="utf-8") == content


def test_key_file_holds_several_keys_the_current_one_first(tmp_path: Path) -> None:
    other = b"\xfb\xff" * 16  # + and / in one alphabet, - and _ in the other
    lines = [base64.b64encode(other).decode(), base64.urlsafe_b64encode(OLD).decode()]
    path = tmp_path / "visavis.key"
    path.write_text(f"# rotated in March\n{lines[0]}\n\n  {lines[1]}\n")
    path.chmod(0o400)
    assert keyfile.load(path).keys == (other, OLD)


@pytest.mark.parametrize("wider", [0o640, 0o604, 0o660, 0o622])
def test_key_file_that_others_may_read_is_refused_in_words(tmp_path: Path, wider: int) -> None:
    path = tmp_path / "visavis.key"
    path.write_bytes(base64.urlsafe_b64encode(OLD))
    path.chmod(wider)
    with pytest.raises(ConfigError, match=r"chmod 600 .*visavis\.key"):
        keyfile.load(path)
    assert mode(path) == wider


async def test_missing_key_beside_a_database_makes_no_new_one(
    database: Database, tmp_path: Path
) -> None:
    await check(database, first_start(tmp_path))
    (tmp_path / "visavis.key").unlink()
    with pytest.raises(ConfigError, match=r"visavis\.key is missing.*VISAVIS_KEY_FILE"):
        await check(database, first_start(tmp_path))
    assert not (tmp_path / "visavis.key").exists()


async def test_missing_key_keeps_control_from_starting(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    async with Stage(config) as stage:
        await stage.therapist()
    shutil.move(config.key_file, tmp_path / "elsewhere")
    control = build(config)
    with pytest.raises(ConfigError, match="VISAVIS_KEY_FILE"):
        await control.start()
    await control.close()
    assert not config.key_file.exists()
    shutil.move(tmp_path / "elsewhere", config.key_file)
    async with Stage(config) as stage:
        credentials = {"email": "rossi@example.org", "password": "a long enough password"}
        await stage.page().post("/api/login", credentials)


async def test_three_controls_start_at_once_with_one_key(database_url: str, tmp_path: Path) -> None:
    config = make_config(tmp_path, database_url=database_url)
    KeyFile(config.key_file, (OLD,), is_new=True).save()
    controls = [make_control(config, FakeMedia(), FakeClock()) for _ in range(3)]
    await asyncio.gather(*(control.start() for control in controls))
    async with controls[0].database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM key_checks")) == 1
    for control in controls:
        await control.close()


async def test_two_first_starts_at_once_keep_one_key(database: Database, tmp_path: Path) -> None:
    one, other = first_start(tmp_path), first_start(tmp_path)
    await check(database, one)
    with pytest.raises(ConfigError, match="Start again"):
        await check(database, other)
    assert first_start(tmp_path).keys == one.keys


async def test_key_file_made_meanwhile_is_not_taken_for_ours(
    database: Database, tmp_path: Path
) -> None:
    """The other control wrote its key, and has not told the database yet."""
    one, other = first_start(tmp_path), first_start(tmp_path)
    one.save()
    with pytest.raises(ConfigError, match="Start again"):
        await check(database, other)
    await check(database, first_start(tmp_path))


@pytest.mark.parametrize("keys", [(NEW,), (OLD, NEW), (b"x" * 32, NEW)])
async def test_database_of_another_key_is_noticed_at_start(
    database: Database, tmp_path: Path, keys: tuple[bytes, ...]
) -> None:
    await check(database, ring(tmp_path, OLD))
    with pytest.raises(ConfigError, match="VISAVIS_KEY_FILE"):
        await check(database, ring(tmp_path, *keys))
    await check(database, ring(tmp_path, OLD))


async def test_rotated_key_is_remembered_and_cannot_be_left_out(
    database: Database, tmp_path: Path
) -> None:
    for keys in ((OLD,), (NEW, OLD), (NEW, OLD), (b"x" * 32, NEW, OLD)):
        await check(database, ring(tmp_path, *keys))
    for keys in ((OLD,), (NEW, OLD), (b"x" * 32, OLD), (b"x" * 32, NEW)):
        with pytest.raises(ConfigError, match="former keys stay"):
            await check(database, ring(tmp_path, *keys))


async def test_logins_names_and_links_outlive_a_rotation(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    async with Stage(config) as stage:
        visiting = await stage.visit(await stage.therapist())
        token = visiting.token
    old = config.key_file.read_bytes()
    config.key_file.write_bytes(base64.urlsafe_b64encode(NEW) + b"\n" + old)
    async with Stage(config) as stage:
        therapist = stage.page()
        credentials = {"email": "rossi@example.org", "password": "a long enough password"}
        await therapist.post("/api/login", credentials)
        (patient,) = (await therapist.get("/api/patients"))["items"]
        assert patient["name"] == "Alex M."
        link = await therapist.get(f"/api/patients/{patient['id']}/invitation")
        assert link["url"].endswith(f"#{token}")


# The database file and the data folder


async def test_files_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        async with Stage(make_config(tmp_path / "data")) as stage:
            await stage.therapist()
            files = sorted((tmp_path / "data").iterdir())
            modes = {file.name: mode(file) for file in files}
    finally:
        os.umask(before)
    names = ("visavis.db", "visavis.db-shm", "visavis.db-wal", "visavis.key")
    assert modes == dict.fromkeys(names, 0o600)
    assert mode(tmp_path / "data") == 0o700


async def test_database_file_that_others_may_read_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "visavis.db"
    file.touch()
    chmod(0o755, tmp_path)
    chmod(0o644, file)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(ConfigError, match=r"chmod 600 .*visavis\.db"):
        await database.migrate()
    await database.close()


async def test_database_file_in_a_closed_folder_is_closed_as_well(tmp_path: Path) -> None:
    """Older versions made it by the umask; nobody could reach it."""
    chmod(0o700, tmp_path)
    file = tmp_path / "visavis.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (x)")
        chmod(0o644, *files(tmp_path))
        database = Database(f"sqlite:///{file}")
        await database.migrate()
        assert {mode(part) for part in files(tmp_path)} == {0o600}
        await database.close()


def test_fresh_volume_is_closed_and_one_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / ".bashrc").touch()
    make_folder(tmp_path)
    assert mode(tmp_path) == 0o700
    (tmp_path / "notes").touch()
    tmp_path.chmod(0o755)
    make_folder(tmp_path)
    assert mode(tmp_path) == 0o755


def test_folder_into_which_everybody_writes_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "notes").touch()
    tmp_path.chmod(0o777)
    with pytest.raises(ConfigError, match="chmod 700"):
        make_folder(tmp_path)
    tmp_path.chmod(0o1777)
    make_folder(tmp_path)


@pytest.mark.parametrize("where", ["no/visavis.db", "file/visavis.db", "folder"])
async def test_place_where_no_database_can_be_is_told_in_words(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    database = Database(f"sqlite:///{tmp_path / where}")
    with pytest.raises(ConfigError, match="VISAVIS_DATABASE_URL"):
        await database.migrate()
    await database.close()


# A database that vanishes or is damaged meanwhile


@pytest.mark.parametrize("how", ["deleted", "replaced"])
async def test_vanished_file_is_told_and_nothing_is_written_to_it(tmp_path: Path, how: str) -> None:
    file = tmp_path / "visavis.db"
    database = Database(f"sqlite:///{file}")
    await database.migrate()
    await database.check()
    if how == "replaced":
        shutil.copy(file, tmp_path / "copy")
        os.replace(tmp_path / "copy", file)
    else:
        file.unlink()
    for ask in (database.check(), write(database)):
        with pytest.raises(Unavailable) as caught:
            await ask
        assert caught.value.code == "database_gone"
    await database.close()


async def write(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute(text("DELETE FROM visits"))


@pytest.mark.parametrize("damage", ["whole", "table"])
async def test_damaged_file_is_told_by_the_health_check(
    stage: Stage, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    therapist = await stage.therapist()
    await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    database = stage.control.database
    async with database.write() as tx:
        page = await tx.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'patients'"))
    await stage.control.tasks.stop()
    await database.close()  # so that the file alone counts
    file = stage.config.data_dir / "visavis.db"
    content = bytearray(file.read_bytes())
    start, end = (0, 8192) if damage == "whole" else ((page - 1) * 4096, page * 4096)
    content[start:end] = b"\xff" * (end - start)
    file.write_bytes(content)
    caplog.set_level(logging.ERROR)
    if damage == "table":
        assert (await therapist.get("/api/patients", 503))["code"] == "database_damaged"
    assert (await stage.page().get("/api/health", 503))["code"] == "database_damaged"
    assert "Traceback" not in caplog.text


async def test_file_overwritten_while_connections_are_open_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "visavis.db"
    database = Database(f"sqlite:///{file}")
    await database.migrate()
    await database.check()
    with file.open("r+b") as opened:
        opened.write(b"\xff" * 4096)
    with pytest.raises(Unavailable) as caught:
        await database.check()
    assert caught.value.code == "database_damaged"
    await database.close()
