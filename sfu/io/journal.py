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
            _tell(event.room, f"{event.peer.id} joined as {event.peer.role}", event.peer.id)
        case messages.PeerConnected() | messages.PeerLost():
            _tell(event.room, f"{event.peer} {event.type}", event.peer)
        case messages.PeerClosed():
            _tell(event.room, f"{event.peer} closed, {event.reason}", event.peer)
        case messages.GateMoved():
            _tell(event.room, f"gate {'open' if event.open else 'closed'}")
        case messages.RoomClosed():
            _tell(event.room, "closed")


def _tell(room: str, what: str, peer: str | None = None) -> None:
    ids = {"room": room} if peer is None else {"room": room, "peer": peer}
    logger.info("room %s: %s", room, what, extra=ids)


def place_of(error: Exception) -> str:
    """Class and line of an error, without its text: that may quote a packet or an address."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(error).__name__
    file = Path(frame.tb_frame.f_code.co_filename).name
    return f"{type(error).__name__} at {file}:{frame.tb_lineno}"
