"""Keep one media node running beside control: start it, take over a former one, start it again.

The node is a session of its own that goes on when we are killed, and with it the running visits.
Our successor finds it by the record in the data folder and watches it without being its parent.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from contextlib import suppress

from control.run.adoption import Node
from control.run.processes import Process
from control.run.record import RecordFile, build_of_node
from control.run.visits import MediaNode, none_runs

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "sfu")
END_WITHOUT_CONTROL = "VISAVIS_END_WITHOUT_CONTROL_S"
END_WITHOUT_CONTROL_S = 600.0
"""After so long without control and peers the node ends by itself: no successor of ours came."""
BACKOFF_FIRST_S = 0.2
BACKOFF_LONGEST_S = 10.0
STEADY_AFTER_S = 30.0  # a node that lived so long starts again with the first back-off
STOP_TIMEOUT_S = 5.0
CONFIG_ERROR = 2  # exit status of a node whose settings are wrong: trying again does not help


class ChildMisconfigured(Exception):
    """The node says that its settings are wrong; it has printed which."""


class Supervisor:
    """Keeps one node running until it is cancelled."""

    def __init__(
        self,
        node: Node,
        record: RecordFile,
        media: MediaNode,
        command: tuple[str, ...] = COMMAND,
    ) -> None:
        """Prepare; `run` begins.

        Args:
            node: Where it listens, and the process that does already.
            media: Asks the node whether visits run, before one of another version is replaced.
        """
        self._node = node
        self._record = record
        self._environment = {
            **os.environ,
            END_WITHOUT_CONTROL: f"{END_WITHOUT_CONTROL_S:g}",
            **node.environment,
        }
        self._media = media
        self._command = command
        self._process: Process | None = node.running
        self._child: subprocess.Popen[bytes] | None = None
        self._leaves = False
        self.starts = 0

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Start the node again and again, until cancelled; then end it.

        Raises:
            ChildMisconfigured: At the first start or any later one.
        """
        loop = asyncio.get_running_loop()
        wait_s = BACKOFF_FIRST_S
        try:
            if self._process is not None:
                await self._watch_former(self._process)
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
            if not self._leaves:
                await self._end()

    async def _watch_former(self, process: Process) -> None:
        """Return when a former control's node is gone; one of another version is ended in time."""
        if not self._node.is_outdated:
            await process.wait()
            log.warning("the media node ended, starting it again")
            return
        ends = asyncio.create_task(process.wait())
        idle = asyncio.create_task(none_runs(self._media))
        try:
            await asyncio.wait((ends, idle), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (ends, idle):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        if process.is_alive():
            log.info("no visit runs on the media node of another version, replacing it")
        else:
            log.warning("the media node ended, starting it again")
        await self._end()

    def leave(self) -> None:
        """Let the node go on when `run` is cancelled: a successor will take it over."""
        self._leaves = True

    async def _run_once(self) -> int:
        child = self._start()
        if self._process is not None:
            await self._process.wait()
        return await asyncio.to_thread(child.wait)

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl+C in the terminal reaches us alone, and we end the node.
        # Not asyncio's subprocess, which may kill a child that outlives the event loop.
        self._child = subprocess.Popen(
            self._command, env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.starts += 1
        self._process = Process.of(self._child.pid)
        if self._process is not None:
            self._write_down(self._process)
        return self._child

    def _write_down(self, process: Process) -> None:
        try:
            self._record.write(self._node.record(process, build_of_node()))
        except OSError as error:
            log.error("a successor will not find the media node (%s)", error.strerror)

    async def _end(self) -> None:
        """End the node, whoever started it; then nobody shall look for it."""
        process, child = self._process, self._child
        if process is not None:
            await process.end(STOP_TIMEOUT_S)
        elif child is not None:
            child.kill()  # this system does not tell which process is which
        if child is not None:
            child.wait()
        self._process = None
        with suppress(OSError):  # what is written there is believed by nobody
            self._record.remove()
