"""Who hears a media node, and what it brings about in other nouns."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.presence.model import Lobby
from sfu.messages import ClockState, Event, PeerState, RoomState, StreamHello


class MediaListener(Protocol):
    """Hears a media node's event stream. Handlers may be called again with the same."""

    async def handle_hello(self, hello: StreamHello) -> None: ...

    async def handle_event(self, event: Event) -> None: ...


class Presence(Protocol):
    async def refresh(self, lobby: Lobby, *, now: datetime) -> None:
        """Derive one lobby's presence; write down and push what changed."""
        ...


class Sessions(Protocol):
    """What the node's rooms belong to."""

    async def align(self, session_id: str, *, now: datetime) -> None:
        """Bring the node's room to what the tables say, now or as soon as both answer."""
        ...

    async def reconcile(self, rooms: list[RoomState], *, now: datetime) -> None:
        """Bring the whole node in line after we lost sight of it; strays are closed."""
        ...

    async def save_clock(self, session_id: str, clock: ClockState, *, now: datetime) -> None: ...


class LineRecords(Protocol):
    """What is kept of how lines were."""

    async def note(self, lobby: Lobby, peer: PeerState) -> None:
        """Keep the check of a session's peer, once it is done; never raises `Unavailable`."""
        ...


class LineCourses(Protocol):
    """What is kept of how lines change in contact."""

    async def note(self, lobby: Lobby, peer: PeerState, *, now: datetime) -> None:
        """Keep how this side's line is, where that is news; never raises `Unavailable`."""
        ...


class LinkTests(Protocol):
    """Rooms of the node that belong to no session."""

    def owns(self, room: str) -> bool:
        """Tell whether this room is that of a test, which closes it when it is over."""
        ...

    async def handle_event(self, event: Event, *, now: datetime) -> None: ...


class Changes(Protocol):
    def mark(self, therapist_id: str) -> None:
        """Remember to push at the next second: a measurement moved."""
        ...
