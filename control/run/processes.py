"""A process that need not be our child: whether it is still the one we mean, and how to end it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

log = logging.getLogger(__name__)

PROC = Path("/proc")
LOOK_S = 0.25
"""How late the end of a process may be noticed."""


@dataclass(frozen=True, slots=True)
class Process:
    """One run of a program; the system may give its pid to another one later."""

    pid: int
    started: str
    """When it started, as the system says it."""

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Return the process that has this pid now; None when there is none."""
        started = _started(pid)
        return None if started is None else cls(pid, started)

    def is_alive(self) -> bool:
        return _started(self.pid) == self.started

    def send(self, number: int) -> None:
        """Send a signal, never to another process that has the pid by now."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass  # it ended just now

    async def wait(self) -> None:
        """Return when it has ended."""
        # Only a parent is told of an end; everybody else has to look.
        while await asyncio.to_thread(self.is_alive):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)

    async def end(self, patience_s: float) -> None:
        """Ask it to end, then make it."""
        self.send(signal.SIGTERM)
        try:
            # Before Python 3.11.4 `asyncio.timeout` fails in a task that is being cancelled.
            await asyncio.wait_for(self.wait(), patience_s)
        except TimeoutError:
            log.warning("process %d does not end, killing it", self.pid)
            self.send(signal.SIGKILL)
            await self.wait()


def _started(pid: int) -> str | None:
    """Say when the process started; None when it is gone, or ended and not yet collected."""
    if (PROC / "self" / "stat").exists():
        return _started_by_proc(pid)
    return _started_by_ps(pid)


def _started_by_proc(pid: int) -> str | None:
    """Read `/proc` (proc_pid_stat(5)): the ticks since boot, and which boot."""
    try:
        text = (PROC / str(pid) / "stat").read_text("utf-8", "replace")
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{boot} {ticks}"


def _started_by_ps(pid: int) -> str | None:
    """Ask `ps`, as on macOS, where nothing else tells without compiled code."""
    try:
        asked = subprocess.run(
            ["ps", "-o", "state=", "-o", "lstart=", "-p", str(pid)],
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    state, _, started = asked.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else " ".join(started.split())
