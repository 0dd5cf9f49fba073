"""How many cores processes keep busy that this one did not begin: what else the machine does.

A sleeper is woken in time beside busy loops, since the scheduler favours who slept, while browsers
get half of what they need; so `tests.support.lateness` alone does not tell.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

CORES_ABOVE = 0.3
"""Two busy loops beside the browser tests read 1.99 on two cores (2026-11-29)."""
_INIT, _KERNEL = 1, 2
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class _Process(NamedTuple):
    parent: int
    cpu_s: float
    """Its own, and that of its children that ended."""


class Others:
    """Counts from its making."""

    def __init__(self) -> None:
        self._began_at, self._before = time.monotonic(), _others_cpu_s()

    def cores(self) -> float:
        """Return how many they kept busy since, on average."""
        now = _others_cpu_s()
        used_s = sum(max(0.0, cpu_s - self._before.get(pid, 0.0)) for pid, cpu_s in now.items())
        return used_s / max(time.monotonic() - self._began_at, 1 / _TICKS_PER_S)


def why_busy(cores: float) -> str | None:
    """Say that others took too much for a test that needs an idle machine, or None."""
    return f"others kept {cores:.1f} cores busy" if cores > CORES_ABOVE else None


def _others_cpu_s() -> dict[int, float]:
    """Return the CPU time of each, but of init, which inherits whom a test left, and the kernel."""
    processes = dict(_processes())
    ours, begun = {_INIT, _KERNEL}, {_KERNEL, os.getpid()}
    while begun:
        ours |= begun
        begun = {pid for pid, it in processes.items() if it.parent in begun}
    return {pid: it.cpu_s for pid, it in processes.items() if pid not in ours}


def _processes() -> Iterator[tuple[int, _Process]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            # proc(5): the name may have anything in it, and ends with the last bracket.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            yield (
                int(folder.name),
                _Process(int(fields[1]), sum(map(int, fields[11:15])) / _TICKS_PER_S),
            )
