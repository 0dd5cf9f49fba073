"""The media node that a former control left running, or where a new one shall listen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from control.errors import ControlError, Unavailable
from control.run.processes import Process
from control.run.record import NodeRecord, RecordFile, build_of_node
from control.run.visits import MediaNode

log = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""A node that was started right before its control died may take so long to answer."""
TRY_EVERY_S = 0.2
STOP_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Node:
    """Where one media node listens, and the process that does already."""

    api_host: str
    api_port: int
    media_port: int
    token: str
    running: Process | None = None
    is_outdated: bool = False
    """The process was started from other code than lies on the disk now."""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "VISAVIS_SFU_TOKEN": self.token,
            "VISAVIS_SFU_HOST": self.api_host,
            "VISAVIS_SFU_PORT": str(self.api_port),
            "VISAVIS_MEDIA_PORT": str(self.media_port),
        }

    def record(self, process: Process, build: str) -> NodeRecord:
        return NodeRecord(
            pid=process.pid,
            started=process.started,
            build=build,
            api_host=self.api_host,
            api_port=self.api_port,
            media_port=self.media_port,
            token=self.token,
        )

    @classmethod
    def of(cls, record: NodeRecord) -> Self:
        return cls(
            record.api_host,
            record.api_port,
            record.media_port,
            record.token,
            record.process,
            record.build != build_of_node(),
        )


async def find(file: RecordFile, connect: Callable[[Node], MediaNode]) -> Node | None:
    """Return the node that a former control left running and that obeys us; None without one.

    One that is ours and does not answer is ended, so that its ports are free again. A process that
    only has the pid of ours is left alone.
    """
    record = file.read()
    if record is None:
        return None
    if not record.process.is_alive():
        log.info("the media node of the last start is gone, starting a new one")
        file.remove()
        return None
    node = Node.of(record)
    if await _obeys(node, connect):
        version = "of another version, replaced when no visit runs" if node.is_outdated else "same"
        log.info("taking over the media node that runs (pid %d, %s)", record.pid, version)
        return node
    log.warning("the media node of the last start does not answer, ending it")
    await record.process.end(STOP_TIMEOUT_S)
    file.remove()
    return None


async def _obeys(node: Node, connect: Callable[[Node], MediaNode]) -> bool:
    """Whether it answers with its token, and takes new visits from now on."""
    media = connect(node)
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_S
    try:
        while loop.time() < until and node.running is not None and node.running.is_alive():
            try:
                await media.drain(False)
            except Unavailable:
                await asyncio.sleep(TRY_EVERY_S)
            except ControlError:
                return True  # it answers, and knows nothing of draining
            else:
                return True
    finally:
        await media.close()
    return False
