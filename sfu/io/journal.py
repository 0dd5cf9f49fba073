"""The log of what happens on a node: one line per lifecycle step, opaque ids only."""

from __future__ import annotations

import logging
from pathlib import Path

from sfu import messages

logger = logging.getLogger(__name__)


def write(event: messages.Event) -> None:
    """Log an event that is a lifecycle step; reports and clock ticks are none."""
    match event:
        case messages.PeerJoined():
            logger.info("room %s: %s joined as %s", event.room, event.peer.id, event.peer.role)
        case messages.PeerConnected() | messages.PeerLost():
            logger.info("room %s: %s %s", event.room, event.peer, event.type)
        case messages.PeerClosed():
            logger.info("room %s: %s closed, %s", event.room, event.peer, event.reason)
        case messages.GateMoved():
            logger.info("room %s: gate %s", event.room, "open" if event.open else "closed")
        case messages.RoomClosed():
            logger.info("room %s: closed", event.room)


def place_of(error: Exception) -> str:
    """Class and line of an error, without its text: that may quote a packet or an address."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(error).__name__
    file = Path(frame.tb_frame.f_code.co_filename).name
    return f"{type(error).__name__} at {file}:{frame.tb_lineno}"
