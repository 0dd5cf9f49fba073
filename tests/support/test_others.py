"""What others do is told from what the tests themselves began."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support import others
from tests.support.others import CORES_ABOVE, Others, why_busy

BUSY = "import os, time; print(os.getpid(), flush=True)\nwhile time.process_time() < 20: pass"
"""A process that ends by itself, should nobody be left to end it."""


@pytest.fixture(params=["its child", "nobody's"])
def busy(request: pytest.FixtureRequest) -> Iterator[tuple[int, bool]]:
    """A busy process and whether it is another's: its parent, that was ours, has ended."""
    is_other = request.param == "nobody's"
    shell = f"{sys.executable} -c '{BUSY}' {'&' if is_other else ''}"
    with subprocess.Popen(["sh", "-c", shell], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        try:
            if is_other:
                process.wait(10)
            yield pid, is_other
        finally:
            os.kill(pid, signal.SIGKILL)


def test_only_what_the_tests_did_not_begin_is_counted(busy: tuple[int, bool]) -> None:
    pid, is_other = busy
    count = Others()
    while cpu_s(pid) < 0.2:
        pass
    assert (pid in others._others_cpu_s()) is is_other
    assert not is_other or count.cores() > 0.01


def cpu_s(pid: int) -> float:
    return next(process.cpu_s for each, process in others._processes() if each == pid)


def test_children_that_ended_count_with_their_parent() -> None:
    before = cpu_s(os.getpid())
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"])
    assert cpu_s(os.getpid()) - before > 0.15


def test_a_busy_machine_is_told_in_words() -> None:
    assert why_busy(CORES_ABOVE) is None
    assert why_busy(1.96) == "others kept 2.0 cores busy"
