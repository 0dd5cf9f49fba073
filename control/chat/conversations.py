"""The conversations of open sessions, in memory: gone with the session, and with the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

from control.chat.messages import NO_CHAT, ChatState
from control.chat.model import Conversation, Message


@dataclass(slots=True)
class Opened:
    """A conversation, and the order in which it is written."""

    conversation: Conversation
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Conversations:
    """Finds a conversation by its session."""

    def __init__(self) -> None:
        self._opened: dict[str, Opened] = {}

    def __len__(self) -> int:
        return len(self._opened)

    def find(self, session_id: str) -> Opened | None:
        return self._opened.get(session_id)

    def open(self, session_id: str, kept: Iterable[Message]) -> Opened:
        """Return the conversation of this session, made of what is kept when there is none."""
        found = self._opened.get(session_id)
        if found is None:
            found = self._opened[session_id] = Opened(Conversation(uuid4().hex, kept))
        return found

    def state(self, session_id: str) -> ChatState:
        """Say what there is to fetch; nothing before somebody asked for it."""
        found = self._opened.get(session_id)
        if found is None:
            return NO_CHAT
        talk = found.conversation
        return ChatState(id=talk.id, last=talk.last, kept=talk.is_kept)

    def sweep(self, is_open: Callable[[str], bool]) -> None:
        """Forget the conversations of sessions that are over."""
        self._opened = {key: one for key, one in self._opened.items() if is_open(key)}
