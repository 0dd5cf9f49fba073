"""Where the slices of control meet, and where control meets the outside: Protocols only.

`app.py` fits the adapters in; tests fit in fakes that keep the same contracts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from sfu.messages import Event, Role, RoomCommand, RoomState, StreamHello


class MediaServer(Protocol):
    """Commands to a media node. All raise `Unavailable` (media_away) when it does not answer."""

    async def ensure_room(self, room: str, command: RoomCommand) -> RoomState:
        """Make the room, or bring it to this state; repeating it changes nothing."""
        ...

    async def rooms(self) -> list[RoomState]:
        """Return every room of the node."""
        ...

    async def close_room(self, room: str) -> None:
        """Close the room and its peers; a room that is not there is closed."""
        ...

    async def offer(self, room: str, participant: str, role: Role, sdp: str) -> str:
        """Make a peer of this offer and return the answer.

        Raises:
            Invalid: The offer cannot be understood (bad_sdp).
            Conflict: Another participant holds this role.
        """
        ...

    async def delete_peer(self, room: str, peer: str) -> None:
        """Close one peer; a peer that is not there is closed."""
        ...


class MediaListener(Protocol):
    """Hears a media node's event stream. Handlers may be called again with the same."""

    async def handle_hello(self, hello: StreamHello) -> None: ...

    async def handle_event(self, event: Event) -> None: ...


class Pages(Protocol):
    """The open WebSockets of pages: whole states out."""

    def send_to_therapist(self, therapist_id: str, message: BaseModel) -> None: ...

    def send_to_patient(self, patient_id: str, message: BaseModel) -> None: ...

    def close_patient(self, patient_id: str, message: BaseModel, close_code: int) -> None: ...

    def has_therapist(self, therapist_id: str) -> bool: ...

    def has_patient(self, patient_id: str) -> bool: ...


class SessionWatcher(Protocol):
    """What patients and settings ask of the session that may be running."""

    async def apply_setting(self, patient_id: str, *, now: datetime) -> None:
        """Bring the open session of this patient, if any, to the newest setting."""
        ...

    async def end_open(self, patient_id: str, *, now: datetime) -> None:
        """End the open session of this patient, if any."""
        ...


class VisitWatcher(Protocol):
    """What patients and invitations ask of the visit that may be going on."""

    async def cut(self, patient_id: str, *, now: datetime) -> None:
        """End the patient's visit at once, a running call included (link revoked)."""
        ...

    async def void_idle(self, patient_id: str, *, now: datetime) -> None:
        """Forget the patient's device unless it is here now (link renewed)."""
        ...
