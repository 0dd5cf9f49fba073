"""The lines of a session: checked by the media node before contact, and asked of it anew."""

from __future__ import annotations

import asyncio
from datetime import datetime

from control.auth.ports import Caller
from control.data.database import Database
from control.errors import Conflict, ControlError, Ended, NotFound, SlowDown
from control.http.pace import Allowance, Pace
from control.presence.model import Lobbies
from control.sessions.messages import LineCheck, Proof
from control.sessions.ports import MediaServer
from control.sessions.store import SessionStore
from sfu.messages import PeerState, Role, RoomState


class LineChecks:
    """Begins checks, which the node limits as well, and tells what the node has of a session now.

    Asked past what the node reports by itself: also where its events do not come through.
    """

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        media: MediaServer,
        lobbies: Lobbies,
        *,
        questions: Pace,
        allowance: Allowance,
    ) -> None:
        self._database = database
        self._store = store
        self._media = media
        self._lobbies = lobbies
        self._questions = questions
        self._allowance = allowance

    async def check(self, me: Caller, session_id: str, *, light: bool, now: datetime) -> LineCheck:
        """Begin a check of both lines, unless the two are in contact; return both as they are.

        In contact the node measures by itself, and only tells.

        Raises:
            NotFound: no_session.
            Conflict: ended.
            SlowDown: Too many checks of this login or this patient.
            Unavailable: media_away.
        """
        async with self._database.read(by=me) as tx:
            record = await self._store.owned(tx, me.id, session_id)
            login_id = me.login_id
            if not await self._store.is_open(tx, session_id):
                raise Ended()
        self._questions.take(login_id, asyncio.get_running_loop().time())
        peers = _by_role(await self._media.room_state(session_id))
        connected = [peer for peer in peers.values() if peer.connected]
        if connected and not record.facts.gate_open:
            self._take(login_id, record.patient_id)
            await self._begin(session_id, connected, light=light)
            peers = _by_role(await self._media.room_state(session_id))
        return LineCheck(
            checked_at=now,
            therapist=_proof(peers.get(Role.THERAPIST)),
            patient=_proof(peers.get(Role.PATIENT)),
        )

    async def check_patient(self, session_id: str, *, light: bool) -> None:
        """Begin a check of the patient's line, as the patient asks.

        Raises:
            Conflict: not_connected, or in_call.
            SlowDown: Too many checks of this patient.
            Unavailable: media_away.
        """
        lobby = self._lobbies.get(session_id)
        peer = None if lobby is None else lobby.peers.get(Role.PATIENT)
        if lobby is None or peer is None or not peer.connected:
            raise Conflict("not_connected", "There is no connection to check yet.")
        if lobby.gate_open:
            raise Conflict("in_call", "While you talk, the connection is measured by itself.")
        self._take(lobby.patient_id)
        await self._begin(session_id, [peer], light=light)

    def _take(self, *keys: str) -> None:
        """Take one of the allowance of each, or of none."""
        now = asyncio.get_running_loop().time()
        for key in keys:
            self._allowance.check(key, now)
        for key in keys:
            self._allowance.take(key, now)

    async def _begin(self, session_id: str, peers: list[PeerState], *, light: bool) -> None:
        """Begin a check of each; raise what the node says only where it began none."""
        refusal: ControlError | None = None
        begun = False
        for peer in peers:
            try:
                await self._media.check(session_id, peer.id, light=light)
            except NotFound:  # it left a moment ago, or this is a node of older code
                begun = True
            except (Conflict, SlowDown) as error:
                refusal = error
            else:
                begun = True
        if refusal is not None and not begun:
            raise refusal


def _by_role(room: RoomState | None) -> dict[Role, PeerState]:
    return {peer.role: peer for peer in room.peers} if room else {}


def _proof(peer: PeerState | None) -> Proof | None:
    return None if peer is None else Proof.of(peer)
