"""Whether a process is still the one that is meant, by `/proc` and by `ps`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from control.run import processes
from control.run.processes import Process

SLEEP = "import signal; print(flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture(params=["proc", "ps"])
def way(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way to ask; `ps` is that of systems without `/proc`."""
    if request.param == "ps":
        monkeypatch.setattr(processes, "PROC", tmp_path)
    elif not Path("/proc/self/stat").exists():
        pytest.skip("this system has no /proc")


@pytest.fixture
def child(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    program = getattr(request, "param", SLEEP)
    with subprocess.Popen((sys.executable, "-c", program), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        yield child
        child.kill()


@pytest.mark.usefixtures("way")
def test_process_is_alive_until_it_ends_though_nobody_collects_it(
    child: subprocess.Popen[bytes],
) -> None:
    process = Process.of(child.pid)
    assert process is not None
    assert process.is_alive()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is a zombie
    assert not process.is_alive()
    child.wait()
    assert not process.is_alive()
    assert Process.of(child.pid) is None


@pytest.mark.usefixtures("way")
async def test_another_process_with_the_same_pid_is_neither_alive_nor_signalled(
    child: subprocess.Popen[bytes],
) -> None:
    process = Process.of(child.pid)
    assert process is not None
    former = replace(process, started="at another time")
    assert not former.is_alive()
    await former.end(patience_s=0)
    former.send(signal.SIGKILL)
    assert child.poll() is None
    assert process.is_alive()


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("child", [STUBBORN], indirect=True, ids=["deaf"])
async def test_stubborn_process_is_killed(child: subprocess.Popen[bytes]) -> None:
    process = Process.of(child.pid)
    assert process is not None
    await process.end(patience_s=0.3)
    assert child.wait() == -signal.SIGKILL


async def test_end_of_a_process_is_noticed(child: subprocess.Popen[bytes]) -> None:
    process = Process.of(child.pid)
    assert process is not None
    waiting = asyncio.create_task(process.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    child.terminate()
    async with asyncio.timeout(20):
        await waiting
