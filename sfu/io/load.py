"""How busy this process is: lateness of its loop, time to relay, share of one core."""

from __future__ import annotations

import asyncio
import resource
import time
from collections import deque

from sfu.base.histogram import Histogram

SAMPLE_S = 0.1
WINDOW_S = 10.0
_SAMPLES = round(WINDOW_S / SAMPLE_S)
LAG_BOUNDS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
RELAY_BOUNDS_S = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
RELAY_EVERY = 64
"""One of so many datagrams of media is timed, which costs the others one comparison."""


class LoadMeter:
    """Samples the loop's lateness ten times a second; figures are of the last ten seconds."""

    def __init__(self) -> None:
        self.lags_s = Histogram(LAG_BOUNDS_S)
        """Of each sample since the start."""
        self.relays_s = Histogram(RELAY_BOUNDS_S)
        """From one datagram of media in to the last that leaves for it, of those timed."""
        self._lags_s: deque[float] = deque(maxlen=_SAMPLES)
        self._cpu: deque[tuple[float, float]] = deque(maxlen=_SAMPLES)
        self._handle: asyncio.TimerHandle | None = None
        self._due_at = 0.0

    def start(self) -> None:
        self._due_at = time.monotonic() + SAMPLE_S
        self._handle = asyncio.get_running_loop().call_later(SAMPLE_S, self._sample)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    @property
    def lag_p95_s(self) -> float:
        """The lateness that 95 % of samples stay below; 0 before the first."""
        lags = sorted(self._lags_s)
        return lags[min(len(lags) - 1, int(len(lags) * 0.95))] if lags else 0.0

    @property
    def cpu_ratio(self) -> float:
        """CPU time over wall time, at most the cores this process can use; 0 at the start."""
        if len(self._cpu) < 2:
            return 0.0
        (wall_from, cpu_from), (wall_to, cpu_to) = self._cpu[0], self._cpu[-1]
        return (cpu_to - cpu_from) / (wall_to - wall_from) if wall_to > wall_from else 0.0

    def _sample(self) -> None:
        now = time.monotonic()
        lag_s = max(0.0, now - self._due_at)
        self._lags_s.append(lag_s)
        self.lags_s.add(lag_s)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self._cpu.append((now, usage.ru_utime + usage.ru_stime))
        self.start()
