"""A conversation in writing, bounded. PURE."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sfu.messages import Role

TEXT_MAX = 2_000
MOST_MESSAGES = 200
"""In memory; the oldest make room. So many of the longest are 0.4 to 1.6 MB in UTF-8."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `number` counts from 1 within the session."""

    number: int
    id: str
    """The writer's own name for it: the same one again is the same message."""
    author: Role
    text: str
    sent_at: datetime


class Conversation:
    """What was written in one open session.

    Args:
        id: Tells this conversation from one that a restart of control has lost.
        kept: What the database has of it.
    """

    def __init__(self, id: str, kept: Iterable[Message] = ()) -> None:
        self.id = id
        self._messages = list(kept)
        self.is_kept = bool(self._messages)

    @property
    def messages(self) -> tuple[Message, ...]:
        return tuple(self._messages)

    @property
    def last(self) -> int:
        """The number of the newest message; 0 for none."""
        return self._messages[-1].number if self._messages else 0

    def find(self, author: Role, id: str) -> Message | None:
        same = (one for one in self._messages if one.id == id and one.author is author)
        return next(same, None)

    def after(self, number: int) -> list[Message]:
        return [message for message in self._messages if message.number > number]

    def compose(self, id: str, author: Role, text: str, now: datetime) -> Message:
        """Make the next message; `add` puts it in."""
        return Message(self.last + 1, id, author, text, now)

    def add(self, message: Message) -> None:
        """Put in the newest message; over the bound the oldest goes."""
        self._messages.append(message)
        del self._messages[:-MOST_MESSAGES]
