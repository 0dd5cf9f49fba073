"""Close first, write afterwards: closing never waits for a database.

The node's gate is closed at once, whatever else fails. What could not be done or written then is
kept here and tried again twice a second until it is. Until then the session counts as closed for
everything that would open it. Should control die before, the node's closed gate outlives it, and
`Rooms.align` writes it down.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import datetime

from control.data.database import Database
from control.errors import Conflict, Ended, NotFound, Unavailable
from control.presence.model import Lobbies
from control.sessions.model import SessionFacts, SessionRecord, clock_after_gap
from control.sessions.moves import Move, Moves
from control.sessions.ports import MediaServer
from control.sessions.store import SessionStore
from sfu.messages import ClockState

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Closing:
    """One closing under way."""

    move: Move
    now: datetime
    ends: bool
    """The room goes too."""
    clock: ClockState | None = None
    """The node's last word, for the tables."""
    is_shut: bool = False
    record: SessionRecord | None = None
    """The session as it was written."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One at a time goes on with it: who asked for it, or `retry`."""


class Closings:
    """Closes gates and sessions, and sees to it that every closing is finished."""

    def __init__(
        self,
        database: Database,
        store: SessionStore,
        moves: Moves,
        lobbies: Lobbies,
        media: MediaServer,
    ) -> None:
        self._database = database
        self._store = store
        self._moves = moves
        self._lobbies = lobbies
        self._media = media
        self._unfinished: dict[str, Closing] = {}

    def is_closing(self, session_id: str) -> bool:
        return session_id in self._unfinished

    def began_at(self, session_id: str) -> datetime | None:
        """Return since when the session is being closed; None where it is not."""
        closing = self._unfinished.get(session_id)
        return None if closing is None else closing.now

    async def hold(self, session_id: str, move: Move, *, now: datetime) -> SessionRecord:
        """Close the gate.

        Raises:
            Unavailable: closed_unsaved: it is closed, and will be written as soon as can be.
        """
        return await self._close(session_id, Closing(move, now, ends=False))

    async def end(self, session_id: str, *, now: datetime) -> SessionRecord:
        """Close the room and end the session.

        Raises:
            Conflict: ended.
            Unavailable: closed_unsaved: it is closed, and will be written as soon as can be.
        """

        def move(facts: SessionFacts) -> SessionFacts:
            return facts.end(now)

        return await self._close(session_id, Closing(move, now, ends=True))

    def undo(
        self, session_id: str, opened: SessionRecord, before: SessionFacts, *, now: datetime
    ) -> None:
        """Take back an opening that came to nothing, unless somebody has moved on since.

        It is done by `retry`, since whoever opened may be gone already.
        """

        def move(facts: SessionFacts) -> SessionFacts:
            return before if facts == opened.facts else facts.close_gate(now)

        self._unfinished[session_id] = Closing(move, now, ends=False)

    async def finish_pending(self, session_id: str) -> None:
        """Wait for a closing under way, or try once more what failed; `is_closing` tells after."""
        closing = self._unfinished.get(session_id)
        if closing is not None:
            with contextlib.suppress(Unavailable, Conflict, NotFound):
                await self._go_on(session_id, closing)

    async def retry(self) -> list[str]:
        """Go on with what is not finished; return the sessions that now are."""
        finished = []
        for session_id, closing in list(self._unfinished.items()):
            try:
                await self._go_on(session_id, closing)
            except Unavailable:
                continue
            except (Conflict, NotFound):  # others ended it meanwhile
                pass
            finished.append(session_id)
        return finished

    async def _close(self, session_id: str, closing: Closing) -> SessionRecord:
        before = self._unfinished.get(session_id)
        if before is not None and before.ends:
            closing = before
        self._unfinished[session_id] = closing
        lobby = self._lobbies.get(session_id)
        if lobby is not None:
            lobby.gate_open = False
        try:
            await self._go_on(session_id, closing)
        except Unavailable:
            if closing.record is None:
                raise Unavailable(
                    "closed_unsaved",
                    "Nobody hears or sees anybody any more. This could not be saved yet; "
                    "it will be as soon as possible.",
                ) from None
        if closing.record is None:
            raise Ended()
        return closing.record

    async def _go_on(self, session_id: str, closing: Closing) -> None:
        """Do what is left of it, closing before writing; a node that is away stops neither."""
        async with closing.lock:
            await self._finish(session_id, closing)

    async def _finish(self, session_id: str, closing: Closing) -> None:
        away: Unavailable | None = None
        if not closing.is_shut:
            try:
                await self._shut(session_id, closing)
            except Unavailable as error:
                away = error
        if closing.record is None:
            try:
                closing.record = await self._write(session_id, closing)
            except (Conflict, NotFound):  # it has ended, or was erased: as closed as can be
                self._forget(session_id, closing)
                raise
        if away is not None:
            log.warning("the room of a session is not closed yet, will try again")
            raise away
        self._forget(session_id, closing)

    async def _shut(self, session_id: str, closing: Closing) -> None:
        room = await self._media.close_gate(session_id)
        if room is not None:
            closing.clock = room.clock
        if closing.ends:
            await self._media.close_room(session_id)
        closing.is_shut = True

    async def _write(self, session_id: str, closing: Closing) -> SessionRecord:
        if closing.ends:
            await self._save_clock(session_id, closing)
        return await self._moves.make(session_id, closing.move)

    async def _save_clock(self, session_id: str, closing: Closing) -> None:
        """Keep the clock as it stood at the end, the node's own word where there is one."""
        record = await self._moves.read(session_id)
        clock = closing.clock
        if clock is None and record is not None:
            clock = clock_after_gap(record, closing.now)
        if clock is not None:
            async with self._database.write() as tx:
                await self._store.write_clock(tx, session_id, clock, closing.now)

    def _forget(self, session_id: str, closing: Closing) -> None:
        if self._unfinished.get(session_id) is closing:
            del self._unfinished[session_id]
