"""What sessions ask of other nouns, and of the media plane.

`composition.py` fits the adapters in; tests fit in fakes that keep the same contracts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from control.auth.ports import Caller
from control.chat.messages import ChatState
from control.data.database import Transaction
from control.errors import Unavailable
from control.http.wire import Offer
from control.invitations.model import Invitation
from control.patients.model import Called
from control.presence.messages import Devices
from control.settings.model import SettingVersion
from sfu.messages import Role, RoomCommand, RoomState


class Overtaken(Unavailable):
    """The node has obeyed a later command of this room."""


class MediaServer(Protocol):
    """Commands to a media node. All raise `Unavailable` (media_away) when it does not answer.

    A command that was given up is never obeyed afterwards: it carries a deadline, and a number
    (its generation) below which the node refuses what is older.
    """

    def draw_generation(self) -> int:
        """Return a number higher than any before; draw it before reading what is commanded."""
        ...

    async def ensure_room(self, room: str, command: RoomCommand, generation: int) -> RoomState:
        """Make the room, or bring it to this state; repeating it changes nothing.

        Raises:
            Overtaken: The room was closed, or its gate, after this number was drawn.
        """
        ...

    async def close_gate(self, room: str) -> RoomState | None:
        """Close the gate of a room; None when there is no such room."""
        ...

    async def room_state(self, room: str) -> RoomState | None:
        """Return the room as the node has it."""
        ...

    async def rooms(self) -> list[RoomState]:
        """Return every room of the node."""
        ...

    async def close_room(self, room: str) -> None:
        """Close the room and its peers; a room that is not there is closed."""
        ...

    async def offer(self, room: str, participant: str, role: Role, offer: Offer) -> str:
        """Make a peer of this offer and return the answer.

        Raises:
            Invalid: The offer cannot be understood (bad_sdp).
            Conflict: Another participant holds this role (place_taken).
        """
        ...

    async def check(self, room: str, peer: str, *, light: bool) -> None:
        """Begin a check of this peer's line; one that runs goes on.

        Args:
            light: With as few bytes as will do: somebody pays for them.

        Raises:
            NotFound: There is no such peer (no_peer, no_room), or the node is of older code.
            Conflict: The two are in contact (in_call).
            SlowDown: This peer's line is checked too often.
        """
        ...

    async def delete_peer(self, room: str, peer: str, *, replaced: bool = False) -> None:
        """Close one peer; a peer that is not there is closed.

        Args:
            replaced: Its page is told that another one goes on, and does not come back by itself.
        """
        ...


class Patients(Protocol):
    """Whom sessions are held with."""

    async def owned(self, tx: Transaction, therapist_id: str, patient_id: str) -> object:
        """Return the patient, or raise `NotFound` (no_patient) for none and another's alike."""
        ...

    async def names(self, tx: Transaction, ids: set[str]) -> dict[str, Called]:
        """Return how these patients and guests are called."""
        ...

    async def guests_of(self, tx: Transaction, therapist_id: str) -> set[str]:
        """Return the ids of a therapist's guests."""
        ...

    async def therapist_of(self, tx: Transaction, patient_id: str) -> str: ...


class PatientSearch(Protocol):
    """Who is meant by what was typed."""

    async def find_ids(
        self, tx: Transaction, therapist_id: str, search: str, *, now: datetime
    ) -> set[str]:
        """Return the ids of this therapist's patients that match; all for an empty search."""
        ...


class Settings(Protocol):
    """What patients see."""

    async def newest(self, tx: Transaction, patient_id: str) -> SettingVersion: ...

    async def versions(
        self, tx: Transaction, wanted: set[tuple[str, int]]
    ) -> dict[tuple[str, int], SettingVersion]:
        """Return these versions, by patient and version."""
        ...


class Links(Protocol):
    """The links of patients."""

    async def of_patients(self, tx: Transaction, ids: list[str]) -> dict[str, Invitation]: ...


class Visits(Protocol):
    """The patient's device."""

    def hint(self, patient_id: str) -> bool:
        """Send the patient's open page what may help the line; tell whether one is open."""
        ...

    async def holder(self, tx: Transaction, patient_id: str) -> str | None:
        """Return the id of the visit that stands: whose media may be in the room."""
        ...

    async def left(self, tx: Transaction, patient_ids: set[str]) -> dict[str, datetime]:
        """Return when patients whose visit stands said goodbye."""
        ...

    async def push(self, tx: Transaction, patient_id: str, now: datetime) -> None:
        """Send the patient's open page the visit as it stands."""
        ...


class Logins(Protocol):
    """Who is logged in."""

    async def login_ids(self, tx: Transaction, therapist_ids: set[str]) -> dict[str, set[str]]:
        """Return the logins of these therapists that have not ended."""
        ...


class Chats(Protocol):
    """What is written beside sessions."""

    def state(self, session_id: str) -> ChatState: ...


class Alerts(Protocol):
    """Messages to patients."""

    async def entered(
        self, tx: Transaction, session_id: str, patient_id: str, *, now: datetime
    ) -> None:
        """Have the patient told that the therapist has entered, within the caller's transaction."""
        ...


class Presence(Protocol):
    """Who is here."""

    async def refresh_all(self, therapist_id: str, *, now: datetime) -> None:
        """Derive a therapist's lobbies anew: a page of hers opened or closed."""
        ...

    async def tell_therapist_devices(
        self, me: Caller, session_id: str, devices: Devices, *, now: datetime
    ) -> None:
        """Take note of what the therapist's page says, for the patient's page."""
        ...
