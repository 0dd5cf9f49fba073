"""Keep the node's rooms in line with our sessions.

The tables say what a room shall be, and `align` makes it so as often as it is asked: it reads the
session again after the node has answered, and goes on until the two agree. Opening is written
down first and done afterwards; closing is done first. So where the node's gate is closed and the
tables say open, the closing is the later word, and the tables follow.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Container, Iterable
from datetime import datetime

from control.data.database import Database
from control.errors import Conflict, NotFound, Unavailable
from control.http.wire import Offer
from control.presence.model import Lobby
from control.sessions.model import SessionRecord, clock_after_gap, participant_id
from control.sessions.moves import Moves
from control.sessions.ports import Logins, MediaServer, Overtaken, Settings, Visits
from sfu.messages import Role, RoomCommand, RoomState

log = logging.getLogger(__name__)

TURNS = 5  # of `align`, before a session that does not stand still is left to the next try


class Rooms:
    """Speaks to the media node in terms of sessions. Callers hold the session's lock."""

    def __init__(
        self,
        database: Database,
        moves: Moves,
        *,
        settings: Settings,
        visits: Visits,
        logins: Logins,
        media: MediaServer,
        canaries: Container[str],
    ) -> None:
        """Speak for the sessions.

        Args:
            canaries: The therapists whose sessions are synthetic.
        """
        self._database = database
        self._moves = moves
        self._settings = settings
        self._visits = visits
        self._logins = logins
        self._media = media
        self._canaries = canaries

    def draw_generation(self) -> int:
        return self._media.draw_generation()

    async def ensure(self, record: SessionRecord, generation: int, *, now: datetime) -> RoomState:
        """Bring the room to this session's gate, setting and clock, and close strangers in it.

        Args:
            generation: Drawn before the session was read, so that a closing since then wins.

        Raises:
            Overtaken: It was closed since then; read again.
            Unavailable: The node does not answer.
        """
        async with self._database.read() as tx:
            wanted = record.patient_id, record.setting_version
            setting = (await self._settings.versions(tx, {wanted}))[wanted]
        command = RoomCommand(
            gate_open=record.facts.gate_open,
            show_clock_to_patient=setting.clock,
            relay_patients_screen=setting.screen,
            sound_first=record.facts.sound_first,
            is_synthetic=record.therapist_id in self._canaries,
            clock=clock_after_gap(record, now),
        )
        room = await self._media.ensure_room(record.id, command, generation)
        await self._close_strangers(record, room)
        return room

    async def align(self, session_id: str, *, now: datetime) -> None:
        """Bring the room to what the tables say, also when they change meanwhile.

        Raises:
            Unavailable: The node or the database does not answer; to be tried again.
        """
        for _ in range(TURNS):
            generation = self.draw_generation()
            record = await self._moves.read(session_id)
            with contextlib.suppress(Overtaken):
                await self._align_once(session_id, record, generation, now)
                if await self._moves.read(session_id) == record:
                    return
        raise Unavailable("media_away", "This session is changing right now. Please try again.")

    async def connect(
        self, record: SessionRecord, role: Role, holder: str, offer: Offer
    ) -> str | None:
        """Make a peer of an offer in a room that was ensured; None when it is gone again.

        Raises:
            Invalid: bad_sdp.
            Unavailable: The node does not answer.
        """
        participant = participant_id(record.id, role, holder)
        try:
            return await self._media.offer(record.id, participant, role, offer)
        except NotFound:
            return None
        except Conflict as error:
            if error.code != "place_taken":
                raise
        room = await self._media.room_state(record.id)
        # Another browser of the same therapist is told, or the two would take it from each other.
        await self._close_peers(room, role, keep={participant}, replaced=role is Role.THERAPIST)
        return await self._media.offer(record.id, participant, role, offer)

    async def drop_patient(self, session_id: str, peer_id: str | None) -> None:
        """Close the peer of a patient who has gone, and every other that may not be there.

        Args:
            peer_id: The one they had, as far as the node has told.
        """
        if peer_id is not None:
            with contextlib.suppress(NotFound):
                await self._media.delete_peer(session_id, peer_id)
        record = await self._moves.read(session_id)
        room = await self._media.room_state(session_id)
        if record is not None and room is not None:
            await self._close_strangers(record, room)

    async def _align_once(
        self, session_id: str, record: SessionRecord | None, generation: int, now: datetime
    ) -> None:
        if record is None or record.facts.ended_at is not None:
            await self._media.close_room(session_id)
            return
        room = await self._media.room_state(session_id)
        if room is None and not record.facts.gate_open:
            return  # it is made again when somebody joins
        if room is not None and record.facts.gate_open and not room.gate_open:
            log.warning("the gate of a session was closed and not written down, writing it now")
            await self._moves.make(session_id, lambda facts: facts.close_gate(now))
            return
        await self.ensure(record, generation, now=now)

    async def left_behind(self, lobbies: Iterable[Lobby]) -> list[str]:
        """Return the sessions where a therapist's peer belongs to no login any more."""
        held = [(one, peer) for one in lobbies if (peer := one.peers.get(Role.THERAPIST))]
        if not held:
            return []
        async with self._database.read() as tx:
            therapists = {lobby.therapist_id for lobby, _ in held}
            logins = await self._logins.login_ids(tx, therapists)
        return [
            lobby.session_id
            for lobby, peer in held
            if peer.participant not in _hers(lobby.session_id, logins[lobby.therapist_id])
        ]

    async def _close_strangers(self, record: SessionRecord, room: RoomState) -> None:
        """Close the peers of devices and logins that are not let in any more."""
        async with self._database.read() as tx:
            visit = await self._visits.holder(tx, record.patient_id)
            logins = await self._logins.login_ids(tx, {record.therapist_id})
        wanted = set() if visit is None else {participant_id(record.id, Role.PATIENT, visit)}
        await self._close_peers(room, Role.PATIENT, keep=wanted)
        hers = _hers(record.id, logins[record.therapist_id])
        await self._close_peers(room, Role.THERAPIST, keep=hers)

    async def _close_peers(
        self, room: RoomState | None, role: Role, *, keep: Collection[str], replaced: bool = False
    ) -> None:
        if room is None:
            return
        for peer in room.peers:
            if peer.role is role and peer.participant not in keep:
                with contextlib.suppress(NotFound):
                    await self._media.delete_peer(room.id, peer.id, replaced=replaced)


def _hers(session_id: str, login_ids: Iterable[str]) -> set[str]:
    """Name a therapist to the media plane, by each of her logins."""
    return {participant_id(session_id, Role.THERAPIST, login_id) for login_id in login_ids}
