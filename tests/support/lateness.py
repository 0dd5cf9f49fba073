"""How late this machine wakes a process that sleeps: about as late is all else in it.

`Watch` is a process of its own and of ordinary priority, so that what the test computes does not
delay it, and other work on the machine does.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

TICK_S = 0.005
P99_ABOVE_MS = 10.0
"""Two cores with two browsers in a call and little else: 2.5 ms; a load of 8 and more: 13 to 68."""
FEWEST = 5
"""So many wakings must be that late in a short test, of which 1 % is next to none."""
WORST_ABOVE_MS = 150.0
"""One such pause is half of the shortest time that a test allows people (300 ms)."""


class Watch:
    """Watches from its making, which waits until it does, until `end`."""

    def __init__(self) -> None:
        words = [sys.executable, "-S", str(Path(__file__))]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe)
        assert self._process.stdout is not None
        self._process.stdout.readline()

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> list[float]:
        """Return how late each waking was, in milliseconds; nothing the second time."""
        if self._process.returncode is not None:
            return []
        told, _ = self._process.communicate(timeout=30)
        late_ms: list[float] = json.loads(told)
        return late_ms


def why_late(late_ms: Sequence[float]) -> str | None:
    """Say what was too late for a test that needs an idle machine, or None."""
    p99 = sorted(late_ms)[-max(FEWEST, len(late_ms) // 100) :][:1]
    if p99 and p99[0] > P99_ABOVE_MS:
        return f"the machine woke a sleeper late: p99 {p99[0]:.0f} ms is above {P99_ABOVE_MS:g} ms"
    if max(late_ms, default=0.0) > WORST_ABOVE_MS:
        return f"the machine stood still for {max(late_ms):.0f} ms"
    return None


def _watch() -> list[float]:
    late_ms: list[float] = []
    while True:
        due = time.monotonic() + TICK_S
        if len(late_ms) == 1:
            print("watching", flush=True)
        is_over = bool(select.select([sys.stdin], [], [], TICK_S)[0])
        late_s = time.monotonic() - due
        if late_s > 0:
            late_ms.append(round(late_s * 1000, 2))
        if is_over:
            return late_ms


if __name__ == "__main__":
    json.dump(_watch(), sys.stdout)
