"""Use cases of the chat: write, read, keep."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from control.auth.ports import Caller
from control.chat.conversations import Conversations, Opened
from control.chat.messages import Chat, ChatMessage, NewMessage, to_wire
from control.chat.model import MOST_MESSAGES, Message
from control.chat.ports import Changes, Sessions, Visitor
from control.chat.store import ChatStore
from control.data.database import Database, Transaction
from control.errors import Conflict, Ended
from control.http.pace import Pace
from sfu.messages import Role

MESSAGE_EVERY_S = 1.0
BURST_S = 10.0  # so many seconds' worth of messages may come at once


@dataclass(frozen=True, slots=True)
class TherapistSide:
    """The therapist's place in the chat of one session."""

    by: Caller
    session_id: str

    @property
    def role(self) -> Role:
        return Role.THERAPIST

    async def find_session(self, tx: Transaction, sessions: Sessions) -> str:
        await sessions.owned(tx, self.by.id, self.session_id)
        return self.session_id


@dataclass(frozen=True, slots=True)
class PatientSide:
    """The place of the one device that is in the patient's visit."""

    by: Visitor

    @property
    def role(self) -> Role:
        return Role.PATIENT

    async def find_session(self, tx: Transaction, sessions: Sessions) -> str:
        visit = self.by.visit
        if visit.left_at is not None or visit.session_id is None:
            raise Ended()
        return visit.session_id


Side = TherapistSide | PatientSide


class ChatService:
    """Writes and reads for one side; each transaction judges who asks."""

    def __init__(
        self,
        database: Database,
        store: ChatStore,
        conversations: Conversations,
        *,
        sessions: Sessions,
        changes: Changes,
    ) -> None:
        self._database = database
        self._store = store
        self._conversations = conversations
        self._sessions = sessions
        self._changes = changes
        self._pace = Pace(interval_s=MESSAGE_EVERY_S, ahead_s=BURST_S)

    async def read(self, side: Side, after: int) -> Chat:
        """Return what was written after that number; the therapist reads what she kept later too.

        Raises:
            NotFound: no_session.
            Conflict: ended, for the patient, also for one who has left.
        """
        async with self._database.read(by=side.by) as tx:
            session_id = await side.find_session(tx, self._sessions)
            if not await self._sessions.is_open(tx, session_id):
                if side.role is Role.PATIENT:
                    raise Ended()
                kept = await self._store.of_session(tx, session_id)
                return Chat(id=None, kept=bool(kept), messages=[to_wire(one) for one in kept])
            talk = (await self._open(tx, session_id)).conversation
            messages = [to_wire(one) for one in talk.after(after)]
            return Chat(id=talk.id, kept=talk.is_kept, messages=messages)

    async def write(self, side: Side, form: NewMessage, *, now: datetime) -> ChatMessage:
        """Write one message; the same id again is the same message.

        Raises:
            NotFound: no_session.
            Conflict: ended.
            SlowDown: Too many messages of this side.
        """
        session_id, opened = await self._enter(side)
        async with opened.lock:
            message = opened.conversation.find(side.role, form.id)
            if message is None:
                self._pace.take(f"{side.role}|{session_id}", asyncio.get_running_loop().time())
                message = await self._write(side, opened, form, now)
        await self._changes.presence_changed(session_id, now=now)
        return to_wire(message)

    async def keep(self, side: TherapistSide, *, now: datetime) -> None:
        """Store the conversation with its session, and from now on every message.

        Raises:
            NotFound: no_session.
            Conflict: ended, nothing_written.
        """
        session_id, opened = await self._enter(side)
        talk = opened.conversation
        async with opened.lock:
            if talk.is_kept:
                return
            if not talk.messages:
                raise Conflict("nothing_written", "There is nothing to keep yet.")
            async with self._database.write(by=side.by) as tx:
                await self._find_open(tx, side)
                await self._store.add(tx, session_id, talk.messages)
            talk.is_kept = True
        await self._changes.presence_changed(session_id, now=now)

    async def _write(self, side: Side, opened: Opened, form: NewMessage, now: datetime) -> Message:
        """Add a message where the right stands now. Whoever calls holds the lock."""
        talk = opened.conversation
        message = talk.compose(form.id, side.role, form.text, now)
        if talk.is_kept:
            async with self._database.write(by=side.by) as tx:
                await self._store.add(tx, await self._find_open(tx, side), [message])
            talk.add(message)  # shown once it is stored
        else:
            async with self._database.read(by=side.by) as tx:
                await self._find_open(tx, side)
                talk.add(message)
        return message

    async def _enter(self, side: Side) -> tuple[str, Opened]:
        async with self._database.read(by=side.by) as tx:
            session_id = await self._find_open(tx, side)
            return session_id, await self._open(tx, session_id)

    async def _find_open(self, tx: Transaction, side: Side) -> str:
        session_id = await side.find_session(tx, self._sessions)
        if not await self._sessions.is_open(tx, session_id):
            raise Ended()
        return session_id

    async def _open(self, tx: Transaction, session_id: str) -> Opened:
        found = self._conversations.find(session_id)
        if found is not None:
            return found
        kept = await self._store.of_session(tx, session_id)
        return self._conversations.open(session_id, kept[-MOST_MESSAGES:])
