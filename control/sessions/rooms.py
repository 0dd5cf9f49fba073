"""Keep the node's rooms in line with our sessions.

Opening a gate is asked of the node first, and is written down when it is done. Closing is written
down first, and is asked again until the node has done it: an error must never leave media
flowing that the therapist believes is off.
"""

from __future__ import annotations

import logging
from datetime import datetime

from control.data.database import Database
from control.errors import Unavailable
from control.ports import MediaServer
from control.sessions.model import SessionRecord, clock_after_gap, participant_id
from control.sessions.store import SessionStore
from control.settings.store import SettingStore
from sfu.messages import Role, RoomCommand, RoomState

log = logging.getLogger(__name__)


class Rooms:
    """Speaks to the media node in terms of sessions."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        settings: SettingStore,
        media: MediaServer,
    ) -> None:
        self._database = database
        self._store = store
        self._settings = settings
        self._media = media
        self._unsettled: set[str] = set()

    async def ensure(self, record: SessionRecord, *, gate_open: bool, now: datetime) -> RoomState:
        """Bring the room to this session's setting, clock and the given gate.

        Raises:
            Unavailable: The node does not answer.
        """
        async with self._database.read() as tx:
            versions = await self._settings.versions(tx, {record.patient_id})
        setting = versions[record.patient_id, record.setting_version]
        command = RoomCommand(
            gate_open=gate_open,
            show_clock_to_patient=setting.clock,
            clock=clock_after_gap(record, now),
        )
        return await self._media.ensure_room(record.id, command)

    async def align(self, session_id: str, *, now: datetime) -> None:
        """Bring the room to what the tables say; remember it for later when the node is away."""
        async with self._database.read() as tx:
            record = await self._store.get(tx, session_id)
        try:
            if record is None or record.facts.ended_at is not None:
                await self._media.close_room(session_id)
            else:
                await self.ensure(record, gate_open=record.facts.gate_open, now=now)
        except Unavailable:
            log.warning("room %s could not be brought in line, will try again", session_id)
            self._unsettled.add(session_id)
        else:
            self._unsettled.discard(session_id)

    async def settle(self, *, now: datetime) -> None:
        """Try again what failed before."""
        for session_id in list(self._unsettled):
            await self.align(session_id, now=now)

    async def reconcile(self, rooms: list[RoomState] | None, *, now: datetime) -> None:
        """Bring the whole node in line after we lost sight of it; strays are closed."""
        if rooms is None:
            rooms = await self._media.rooms()
        async with self._database.read() as tx:
            wanted = {record.id for record in await self._store.all_open(tx)}
        for session_id in wanted | {room.id for room in rooms}:
            await self.align(session_id, now=now)

    async def finish(self, record: SessionRecord, *, now: datetime) -> None:
        """Close the room of an ended session, after reading its clock a last time."""
        try:
            room = await self.ensure(record, gate_open=False, now=now)
        except Unavailable:
            log.warning("the last reading of the clock of %s is lost", record.id)
        else:
            await self.save_clock(room, now=now)
        await self.align(record.id, now=now)

    async def save_clock(self, room: RoomState, *, now: datetime) -> None:
        if room.clock is not None:
            async with self._database.write() as tx:
                await self._store.write_clock(tx, room.id, room.clock, now)

    async def answer(self, record: SessionRecord, role: Role, sdp: str) -> str:
        """Make a peer of an offer; the room must have been ensured."""
        participant = participant_id(record, role)
        return await self._media.offer(record.id, participant, role, sdp)

    async def drop_peer(self, session_id: str, peer_id: str) -> None:
        """Close one peer; when the node is away it will be gone with its grace."""
        try:
            await self._media.delete_peer(session_id, peer_id)
        except Unavailable:
            log.warning("peer of room %s could not be closed", session_id)
