"""The PostgreSQL of the tests leaves nothing behind a run that was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import make_url

from tests.control import postgres
from tests.support.waiting import until

KILLED_WITH_A_SERVER = """
import os, signal
from tests.control import postgres

with postgres.running(postgres.find_binaries()) as url:
    print(url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.postgres
@pytest.mark.skipif(postgres.find_binaries() is None, reason="no PostgreSQL server")
async def test_a_killed_run_leaves_neither_server_nor_folder() -> None:
    with TemporaryDirectory() as folder:  # pytest's own are for nobody else
        os.chmod(folder, 0o777)
        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", KILLED_WITH_A_SERVER),
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"TMPDIR": folder},
        )
        said, _ = await run.communicate()
        port = make_url(said.decode().strip()).port
        assert port is not None
        assert run.returncode == -signal.SIGKILL
        await until(lambda: not answers(port))
        await until(lambda: not os.listdir(folder))


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
