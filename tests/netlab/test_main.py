"""The command line, and that nothing of a line outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.netlab.tun import unavailable_reason

ROOT = Path(__file__).parents[2]
NAMESPACES = Path("/run/netns")

pytestmark = pytest.mark.skipif(
    unavailable_reason() is not None, reason=unavailable_reason() or "available"
)


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.netlab", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Under nohup, and in some CI systems, a child would inherit that it ignores a hang-up.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )


def run(*arguments: str) -> tuple[int, str, str]:
    with start(*arguments) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def ends_of(process: subprocess.Popen[str]) -> list[Path]:
    return list(NAMESPACES.glob(f"netlab-{process.pid}-*"))


def test_the_command_runs_at_the_client_and_its_status_is_ours() -> None:
    status, out, err = run("--", "sh", "-c", "ip -o address; echo $NETLAB_SERVER; exit 7")
    assert status == 7
    assert "10.88.0.1" in out
    assert out.splitlines()[-1] == "10.88.0.2"
    assert json.loads(err.splitlines()[-1])["profile"] == "lan"


def test_a_server_is_awaited_then_reached_across_the_line(tmp_path: Path) -> None:
    log = tmp_path / "fates.jsonl"
    fetch = (
        "import urllib.request as u; print(u.urlopen('http://10.88.0.2:8080/', timeout=9).status)"
    )
    status, out, err = run(
        *("--profile", "dsl", "--port", "8080", "--log", str(log)),
        *("--server", f"{sys.executable} -m http.server 8080 --directory {tmp_path}"),
        *("--", sys.executable, "-c", fetch),
    )
    assert (status, out.splitlines()[-1]) == (0, "200")
    report = json.loads(err.splitlines()[-1])
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(rows) == report["up"]["sent"] + report["down"]["sent"] > 6
    delivered = [row for row in rows if row["fate"] == "delivered"]
    assert all(row["time_out"] - row["time_in"] >= 0.015 for row in delivered)


def test_a_server_that_never_answers_ends_the_run() -> None:
    status, _, err = run("--server", "sleep 60", "--port", "81", "--wait-s", "0.5", "--", "true")
    assert status == 1
    assert "nothing answered on port 81" in err


def test_a_command_that_does_not_end_is_ended() -> None:
    status, _, err = run("--timeout-s", "0.5", "--", "sleep", "60")
    assert status == 124
    assert "ended the command" in err


def test_no_command_is_a_mistake_that_is_explained() -> None:
    status, _, err = run("--profile", "lte")
    assert status == 126
    assert "no command" in err


def test_the_profiles_are_listed() -> None:
    status, out, _ = run("--list")
    assert status == 0
    assert "satellite" in out
    assert "300 ms each way" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_ends_the_run_nothing_is_left(number: signal.Signals, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    process = start("--", "sh", "-c", f"echo $$ >{mark}; sleep 60")
    assert until(lambda: mark.exists() and mark.read_text().strip() != "")
    assert len(ends_of(process)) == 2
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert until(lambda: not ends_of(process))
    command = int(mark.read_text())
    assert until(lambda: not _lives(command))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
