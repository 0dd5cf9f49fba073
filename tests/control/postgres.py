"""A real PostgreSQL of one's own: Debian's server on a free port in a temporary folder.

It and its folder end with our process, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.ports import free_port

BINARIES = "usr/lib/postgresql/*/bin"
START_TIMEOUT_S = 30
_REAPER = """
trap '' INT TERM HUP
read -r _
"$1/pg_ctl" -D "$2/data" -w -m immediate stop
rm -rf "$2"
"""
"""Waits for its input to end, which also happens when our process is killed."""


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
    if user is not None:
        shutil.chown(folder, user)
    port, data, log = free_port(), folder / "data", folder / "log"
    run = _Runner(user, folder)
    with run.until_our_end("/bin/sh", "-c", _REAPER, "postgres-reaper", binaries, folder):
        run(binaries / "initdb", "-D", data, "-U", "visavis", "-A", "trust", "-E", "UTF8", "-N")
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off "
            "-c synchronous_commit=off -c full_page_writes=off "
            "-c deadlock_timeout=100ms"  # or a deadlock takes half of our own limit of time
        )
        start = ("-w", "-t", START_TIMEOUT_S, "-l", log, "-o", options, "start")
        run(binaries / "pg_ctl", "-D", data, *start)
        yield f"postgresql://visavis@127.0.0.1:{port}/postgres"


class _Runner:
    """Runs commands as another user."""

    def __init__(self, user: str | None, folder: Path) -> None:
        self._settings: dict[str, Any] = {
            "user": user,
            "group": None if user is None else pwd.getpwnam(user).pw_gid,
            "extra_groups": None if user is None else [],
            "cwd": folder,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }

    def __call__(self, *command: object) -> None:
        subprocess.run([str(part) for part in command], check=True, **self._settings)

    @contextlib.contextmanager
    def until_our_end(self, *command: object) -> Iterator[None]:
        """Start it; its input ends with the block, or with our process. The block waits for it."""
        words = [str(part) for part in command]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, stdin=pipe, start_new_session=True, **self._settings):
            yield


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise RuntimeError("there is no user but root to run PostgreSQL")
