"""The chat as pages read and write it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from control.chat.model import TEXT_MAX, Message
from control.http.wire import ID, WireModel
from sfu.messages import Role

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX)]
MessageId = Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$")]


class NewMessage(WireModel):
    """Body of `POST …/chat`."""

    id: MessageId
    """Chosen by the page. Sent again, because no answer came, it is not written twice."""
    text: Text
    """Plain text."""


class ChatMessage(WireModel):
    """One message."""

    number: int
    """Counts from 1."""
    id: str
    author: Role
    text: str
    sent_at: datetime


class Chat(WireModel):
    """What was written, from the number that was asked for."""

    id: str | None
    """Another one: what was known before is lost. None after the session's end."""
    kept: bool
    """The therapist keeps this conversation."""
    messages: list[ChatMessage]


class ChatState(WireModel):
    """What is pushed of a chat: whether there is something new to fetch."""

    id: str | None
    last: int
    """The number of the newest message; 0 for none."""
    kept: bool


NO_CHAT = ChatState(id=None, last=0, kept=False)


def to_wire(message: Message) -> ChatMessage:
    return ChatMessage(
        number=message.number,
        id=message.id,
        author=message.author,
        text=message.text,
        sent_at=message.sent_at,
    )
