"""Whether visits are running on the media node, to be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from control.errors import ControlError, NotFound
from sfu.messages import RoomState

CALM_S = 10.0
"""Nobody in contact for so long: no visit runs. A reload, or a dead node's successor, is faster."""
LOOK_S = 1.0


class MediaNode(Protocol):
    """What we ask of the node beside us; all raise `Unavailable` when it does not answer."""

    async def rooms(self) -> list[RoomState]: ...

    async def drain(self, draining: bool) -> None: ...

    async def close(self) -> None: ...


async def none_runs(
    node: MediaNode, *, draining: bool = False, on_wait: Callable[[], None] = lambda: None
) -> None:
    """Return when no two people are in contact.

    Args:
        draining: Let the node take nobody new meanwhile, also when it starts again.
        on_wait: Called once when it has to be waited for.
    """
    loop = asyncio.get_running_loop()
    contact_at, first = loop.time(), True
    while True:
        rooms = await _ask(node, draining)
        if rooms is not None:
            # Someone alone at first may be in the middle of the other's reload.
            if any(room.gate_open and len(room.peers) >= (1 if first else 2) for room in rooms):
                contact_at = loop.time()
            elif first:
                return
            if first:
                on_wait()
            first = False
        if loop.time() - contact_at >= CALM_S:
            return
        await asyncio.sleep(LOOK_S)


async def _ask(node: MediaNode, draining: bool) -> list[RoomState] | None:
    try:
        if draining:
            with suppress(NotFound):  # a version that knows nothing of it
                await node.drain(True)
        return await node.rooms()
    except ControlError:
        return None
