"""A real PostgreSQL of one's own: Debian's server on a free port in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.ports import free_port

BINARIES = "usr/lib/postgresql/*/bin"
START_TIMEOUT_S = 30


def find_binaries() -> Path | None:
    """Return the folder of the newest installed server, or None."""
    folders = sorted(Path("/").glob(BINARIES), key=lambda path: path.parent.name)
    return next((path for path in reversed(folders) if (path / "initdb").exists()), None)


@contextlib.contextmanager
def running(binaries: Path) -> Iterator[str]:
    """Run a server; yields the URL of its empty database.

    PostgreSQL refuses to run as root, so as root it runs as `postgres` or `nobody`.
    """
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="visavis-pg-"))
    port = free_port()
    run = _Runner(user, folder)
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        run(binaries / "initdb", "-D", data, "-U", "visavis", "-A", "trust", "-E", "UTF8", "-N")
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off "
            "-c deadlock_timeout=100ms"  # or a deadlock takes half of our own limit of time
        )
        log = folder / "log"
        control = (binaries / "pg_ctl", "-D", data, "-w", "-t", START_TIMEOUT_S)
        run(*control, "-l", log, "-o", options, "start")
        try:
            yield f"postgresql://visavis@127.0.0.1:{port}/postgres"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Runner:
    """Runs commands as another user."""

    def __init__(self, user: str | None, folder: Path) -> None:
        self._user = user
        self._folder = folder

    def __call__(self, *command: object) -> None:
        subprocess.run(
            [str(part) for part in command],
            user=self._user,
            group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
            extra_groups=None if self._user is None else [],
            cwd=self._folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("there is no user but root to run PostgreSQL")
