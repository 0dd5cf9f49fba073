"""All rooms of one node, by the ids that control gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sfu.engine.admission import Admission
from sfu.engine.fencing import Validity
from sfu.engine.room import Room
from sfu.errors import NoRoom
from sfu.messages import RoomCommand, RoomState
from sfu.relay.seam import PacketCore


class Rooms(Mapping[str, Room]):
    """Rooms from their first command until they are closed."""

    __slots__ = ("_admission", "_by_id", "_core", "_utc")

    def __init__(
        self, core: PacketCore, admission: Admission, utc: Callable[[float], datetime]
    ) -> None:
        """Make none yet.

        Args:
            utc: Tells the UTC instant of a monotonic time.
        """
        self._by_id: dict[str, Room] = {}
        self._core = core
        self._admission = admission
        self._utc = utc

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __getitem__(self, room_id: str) -> Room:
        return self._by_id[room_id]

    def find(self, room_id: str) -> Room:
        """Return the room of this id.

        Raises:
            NoRoom: There is none.
        """
        room = self._by_id.get(room_id)
        if room is None:
            raise NoRoom("no such room")
        return room

    def admit_command(self, room_id: str, validity: Validity, now: float) -> Room | None:
        """Judge a command to a room, and note that it came; return the room, where there is one.

        Raises:
            Late, Stale: It must not be given.
        """
        room = self._by_id.get(room_id)
        self._admission.admit_command(room_id, validity, now, exists=room is not None)
        if room is not None:
            room.claim(now)
        return room

    def ensure(self, room_id: str, command: RoomCommand, now: float) -> Room:
        """Make the room, or bring it to this state; idempotent.

        Raises:
            Full: The node has as many rooms as it may.
        """
        room = self._by_id.get(room_id)
        if room is not None:
            room.command(command, now)
            return room
        self._admission.admit_room(room_id, len(self._by_id))
        room = Room(room_id, command, core=self._core, utc=self._utc, now=now)
        self._by_id[room_id] = room
        return room

    def remove(self, room: Room, now: float) -> None:
        """Forget a room that was closed."""
        del self._by_id[room.id]
        self._admission.room_closed(room.id, now)

    def states(self, now: float) -> list[RoomState]:
        return [room.state(now) for room in self._by_id.values()]
