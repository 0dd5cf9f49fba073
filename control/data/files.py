"""Files that others must not read: the data folder, the SQLite file, its copies, the key file."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from control.errors import ConfigError

OTHERS = 0o077  # every right of group and others
COPIES_KEPT = 3
LOCK_AGAIN_S = 0.05
COMPANIONS = ("", "-wal", "-shm")  # SQLite gives them the mode of the file itself


def make_folder(path: Path) -> None:
    """Make the data folder, for its owner alone; a volume that is still empty counts as made by us.

    A folder that others may list is accepted, since its files are for the owner alone.

    Raises:
        ConfigError: It cannot be made, or everybody may put files into it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = path.stat()
        ours = state.st_uid == os.geteuid()
        if ours and state.st_mode & OTHERS and not any(_visible(path)):
            path.chmod(0o700)
            return
    except OSError as error:
        raise ConfigError(
            f"The data folder {path} cannot be used: {error.strerror} (VISAVIS_DATA)."
        ) from error
    if state.st_mode & stat.S_IWOTH and not state.st_mode & stat.S_ISVTX:
        raise ConfigError(
            f"Everybody on this machine may write into the data folder {path}. "
            f"Close it: chmod 700 {path}"
        )


def refuse_readable(path: Path, what: str) -> None:
    """Refuse a secret file that others may read.

    Raises:
        ConfigError: With the command that closes it.
    """
    if stat.S_IMODE(path.stat().st_mode) & OTHERS:
        raise ConfigError(
            f"Others on this machine may read {what} {path}. Close it: chmod 600 {path}"
        )


def create(path: Path, content: bytes = b"") -> None:
    """Make a file for its owner alone, and have it on the disk on return.

    Raises:
        FileExistsError: There is one.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


class SqliteFile:
    """The one file of an SQLite database.

    It is never opened here but by SQLite: closing any descriptor of it would drop the locks that
    this process holds on it (https://sqlite.org/howtocorrupt.html, 2.2).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None

    def prepare(self) -> None:
        """Make the file where there is none, and remember which one it is.

        A file of wider mode is closed where its folder kept others out, and refused elsewhere.

        Raises:
            ConfigError: It cannot be made, or others may read it.
        """
        try:
            if not self.path.exists():
                create(self.path)
            if not self.path.is_file():
                raise IsADirectoryError(errno.EISDIR, "it is not a file")
            is_shut_in = not self.path.parent.stat().st_mode & OTHERS
            for part in self._parts():
                if not is_shut_in:
                    refuse_readable(part, "the database file")
                elif part.stat().st_mode & OTHERS:
                    part.chmod(0o600)
        except FileExistsError:
            pass  # another control was faster by a moment
        except OSError as error:
            raise ConfigError(
                f"The database file {self.path} cannot be used: {error.strerror} "
                "(VISAVIS_DATABASE_URL, VISAVIS_DATA)."
            ) from error
        self._identity = _identity(self.path)

    def is_gone(self) -> bool:
        """Whether the file was deleted or replaced since `prepare`: writing to it saves nothing."""
        return self._identity is not None and _identity(self.path) != self._identity

    def copy_before(self, revision: str) -> Path:
        """Copy the database, others may go on reading it; the newest copies are kept.

        Raises:
            ConfigError: There is no room for it, or the folder cannot be written.
        """
        copy = self.path.with_name(f"{self.path.name}.before-{revision}")
        try:
            self.copy(copy)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"The database cannot be copied to {copy} before its tables change: {error}. "
                "Nothing was changed."
            ) from error
        for old in self._copies()[COPIES_KEPT:]:
            old.unlink(missing_ok=True)
        return copy

    def copy(self, copy: Path) -> None:
        """Copy the database whole, for our owner alone; others may go on using it.

        A file that has the copy's name is replaced once the new one is complete and on the disk;
        until then, and whatever goes wrong, it stays as it is.

        Raises:
            OSError, sqlite3.Error: There is no room for it, the folder cannot be written, or the
                database is damaged.
        """
        part = copy.with_name(f"{copy.name}.part")
        try:
            part.unlink(missing_ok=True)
            create(part)
            with (
                closing(sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True)) as source,
                closing(sqlite3.connect(part)) as target,
            ):
                source.backup(target)
            _check_whole(part)
            _on_the_disk(part)
            part.replace(copy)
            _on_the_disk(copy.parent)
        finally:
            with suppress(OSError):
                part.unlink()

    @asynccontextmanager
    async def one_at_a_time(self) -> AsyncIterator[None]:
        """Hold the folder's lock, waiting for whoever migrates now; leaves nothing behind."""
        descriptor = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            while not _locked(descriptor):  # noqa: ASYNC110 - another process lets go of it
                await asyncio.sleep(LOCK_AGAIN_S)
            yield
        finally:
            os.close(descriptor)

    def _copies(self) -> list[Path]:
        copies = self.path.parent.glob(f"{self.path.name}.before-*")
        return sorted(copies, key=lambda path: path.stat().st_mtime_ns, reverse=True)

    def _parts(self) -> list[Path]:
        parts = (self.path.with_name(self.path.name + suffix) for suffix in COMPANIONS)
        return [part for part in parts if part.exists()]


def _check_whole(path: Path) -> None:
    """Read all of a file that nobody else uses; SQLite makes no other files for that."""
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(f"it is damaged ({found})")


def _on_the_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what no other file has while SQLite holds this one open."""
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_dev, state.st_ino) if stat.S_ISREG(state.st_mode) else None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _visible(folder: Path) -> Iterator[Path]:
    return (entry for entry in folder.iterdir() if not entry.name.startswith("."))
