"""Whether control is gone for good, so that a node which only it would stop ends by itself.

A node goes on when control dies: running visits do not notice, and control's successor takes it
over. Where none comes, nobody else would ever stop the node or free its ports.
"""

from __future__ import annotations

import asyncio

from sfu.io.worker import Worker

LOOK_S = 5.0


async def abandoned(worker: Worker, after_s: float, *, look_s: float = LOOK_S) -> None:
    """Return when for `after_s` nobody read events, gave a command, or had a peer here."""
    used_at = worker.clock()
    while worker.clock() - used_at < after_s:
        await asyncio.sleep(min(look_s, after_s / 4))
        if worker.events.has_readers or worker.engine.peers.all_open():
            used_at = worker.clock()
        used_at = max(used_at, worker.commanded_at)
