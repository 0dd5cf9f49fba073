"""Control's background work, watched: none of it dies silently.

A job that fails is counted, logged once until it succeeds again, and run again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from control.errors import Unavailable, describe, is_being_cancelled

log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]

RESTART_AFTER_S = 1.0


class Tasks:
    """Runs jobs until it is stopped."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failing: dict[str, str] = {}
        self.failures: Counter[str] = Counter()
        self.last_reasons: dict[str, str] = {}
        """Why each job that ever failed did so last: the class of the error, or its code."""

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

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        for task in self._tasks.values():
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self, name: str, job: Job, every_s: float | None) -> None:
        while not is_being_cancelled():  # also where the job took the cancellation for its own
            if every_s is not None:
                await asyncio.sleep(every_s)
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
