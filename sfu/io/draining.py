"""Whether calls run here, so that a node which is told to end lets them end first.

The rule is that of `control/run/visits.py`, which waits for the node beside it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from sfu.io.worker import Worker
from sfu.messages import RoomState

logger = logging.getLogger(__name__)

CALM_S = 10.0
"""Nobody in contact for so long: no call runs. A reload is faster."""
LOOK_S = 0.5


class Calls:
    """Tells from look to look whether a call still runs; feed it rooms and time."""

    def __init__(self) -> None:
        self._contact_at: float | None = None

    def run(self, rooms: Sequence[RoomState], now: float) -> bool:
        # Someone alone at first may be in the middle of the other's reload.
        enough = 1 if self._contact_at is None else 2
        if any(room.gate_open and len(room.peers) >= enough for room in rooms):
            self._contact_at = now
        return self._contact_at is not None and now - self._contact_at < CALM_S


async def calls_ended(worker: Worker, limit_s: float, at_once: asyncio.Event) -> None:
    """Take nobody new, and return when no call runs, after `limit_s`, or `at_once`."""
    calls, latest, told = Calls(), worker.clock() + limit_s, False
    while worker.clock() < latest and not at_once.is_set():
        worker.draining = True  # again at each look: a command may have undone it
        if not calls.run(worker.run(worker.engine.rooms.states), worker.clock()):
            return
        if not told:
            logger.info(
                "draining: ends when no call runs, in %g s at most, or at a second signal",
                limit_s,
            )
            told = True
        with suppress(TimeoutError):
            await asyncio.wait_for(at_once.wait(), LOOK_S)
