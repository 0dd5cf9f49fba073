"""Run the media node as a child process beside control, and start it again when it dies."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "sfu")
SUPERVISED = "VISAVIS_SUPERVISED"
"""Tells the child to end when its stdin does, as it does when we are killed."""
BACKOFF_FIRST_S = 0.2
BACKOFF_LONGEST_S = 10.0
STEADY_AFTER_S = 30.0  # a child that lived so long starts again with the first back-off
STOP_TIMEOUT_S = 5.0
CONFIG_ERROR = 2  # exit status of a child whose settings are wrong: trying again does not help


class ChildMisconfigured(Exception):
    """The child says that its settings are wrong; it has printed which."""


class Supervisor:
    """Keeps one child running until `stop`."""

    def __init__(self, environment: Mapping[str, str], command: tuple[str, ...] = COMMAND) -> None:
        self._environment = {**os.environ, **environment, SUPERVISED: "1"}
        self._command = command
        self._child: asyncio.subprocess.Process | None = None
        self.starts = 0

    @property
    def pid(self) -> int | None:
        return None if self._child is None else self._child.pid

    async def run(self) -> None:
        """Start the child again and again, until cancelled; then end it.

        Raises:
            ChildMisconfigured: At the first start or any later one.
        """
        loop = asyncio.get_running_loop()
        wait_s = BACKOFF_FIRST_S
        try:
            while True:
                began = loop.time()
                status = await self._run_once()
                if status == CONFIG_ERROR:
                    raise ChildMisconfigured
                if loop.time() - began >= STEADY_AFTER_S:
                    wait_s = BACKOFF_FIRST_S
                log.warning("the media node ended (status %d), starting it again", status)
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, BACKOFF_LONGEST_S)
        finally:
            await self._end()

    async def _run_once(self) -> int:
        # A session of its own: Ctrl+C in the terminal reaches us alone, and we end the child.
        self._child = await asyncio.create_subprocess_exec(
            *self._command,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self.starts += 1
        return await self._child.wait()

    async def _end(self) -> None:
        child = self._child
        if child is None or child.returncode is not None:
            return
        child.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await child.wait()
        except TimeoutError:
            log.warning("the media node does not end, killing it")
            child.kill()
            await child.wait()
