"""Control's background work, watched: none of it dies silently.

A job that fails is counted, logged once until it succeeds again, and run again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from prometheus_client import Histogram

from control.errors import Unavailable, describe, is_being_cancelled

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

RESTART_AFTER_S = 1.0
LAG_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


class Tasks:
    """Runs jobs until it is stopped."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failing: dict[str, str] = {}
        self.failures: Counter[str] = Counter()
        self.last_reasons: dict[str, str] = {}
        """Why each job that ever failed did so last: the class of the error, or its code."""
        self.loop_lag_seconds = Histogram(
            "visavis_control_loop_lag_seconds",
            "How late the event loop did what was due, a few times a second.",
            buckets=LAG_BUCKETS,
            registry=None,
        )

    def repeat(self, name: str, job: Job, every_s: float) -> None:
        """Do the job every `every_s` seconds."""
        self._tasks[name] = asyncio.create_task(self._run(name, job, every_s), name=name)

    def keep(self, name: str, job: Job) -> None:
        """Keep a job running that never ends by itself; should it, it is started again."""

        async def endless() -> None:
            await job()
            raise RuntimeError("it ended")

        self._tasks[name] = asyncio.create_task(self._run(name, endless, None), name=name)

    def failing(self) -> list[str]:
        """Name the jobs whose last run failed, or that do not run at all."""
        dead = (name for name, task in self._tasks.items() if task.done())
        return sorted({*self._failing, *dead})

    def troubles(self) -> dict[str, str]:
        """Return why each of `failing` is; a job that does not run at all has "ended"."""
        return {name: self._failing.get(name, "ended") for name in self.failing()}

    def census(self) -> dict[str, int]:
        """Count the jobs that run, that fail again and again, and that do not run at all."""
        dead = {name for name, task in self._tasks.items() if task.done()}
        failing = self._failing.keys() - dead
        running = len(self._tasks) - len(dead) - len(failing)
        return {"running": running, "failing": len(failing), "dead": len(dead)}

    def dead(self) -> list[str]:
        """Name the jobs that do not run at all: nothing but a restart brings them back."""
        return sorted(name for name, task in self._tasks.items() if task.done())

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        for task in self._tasks.values():
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self, name: str, job: Job, every_s: float | None) -> None:
        while not is_being_cancelled():  # also where the job took the cancellation for its own
            if every_s is not None:
                due_at = time.monotonic() + every_s
                await asyncio.sleep(every_s)
                self.loop_lag_seconds.observe(max(0.0, time.monotonic() - due_at))
            try:
                await job()
            except asyncio.CancelledError as error:
                if is_being_cancelled():
                    raise
                self._note(name, error)  # something inside was cancelled, not we
            except Exception as error:
                self._note(name, error)
            else:
                self._failing.pop(name, None)
                continue
            await asyncio.sleep(RESTART_AFTER_S)

    def _note(self, name: str, error: BaseException) -> None:
        self.failures[name] += 1
        kind = error.code if isinstance(error, Unavailable) else type(error).__name__
        self.last_reasons[name] = kind
        if self._failing.get(name) == kind:
            return  # said before
        self._failing[name] = kind
        if isinstance(error, Unavailable):
            log.warning("could not %s (%s), trying again", name, kind)
        else:
            log.error("could not %s, trying again: %s", name, describe(error))
