"""Conversations that the therapist keeps, sealed; erased with their session."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ForeignKey, Integer, String, Table, insert, select

from control.chat.model import Message
from control.data.database import Transaction, UtcDateTime, metadata
from control.data.encryption import EncryptedText, Place, Vault
from sfu.messages import Role

chat_messages = Table(
    "chat_messages",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("author", String(16), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("text", EncryptedText, nullable=False),
)


class ChatStore:
    """Reads and adds kept messages within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def add(self, tx: Transaction, session_id: str, messages: Iterable[Message]) -> None:
        rows = [
            {
                "session_id": session_id,
                "number": message.number,
                "author": message.author,
                "sent_at": message.sent_at,
                "text": self._vault.seal(message.text, _place(session_id, message.number)),
            }
            for message in messages
        ]
        await tx.execute(insert(chat_messages), rows)

    async def of_session(self, tx: Transaction, session_id: str) -> list[Message]:
        """Return what is kept, oldest first."""
        query = select(chat_messages).where(chat_messages.c.session_id == session_id)
        return [
            Message(
                number=row.number,
                id=f"kept-{row.number}",
                author=Role(row.author),
                text=self._vault.open(row.text, _place(session_id, row.number)),
                sent_at=row.sent_at,
            )
            for row in await tx.execute(query.order_by(chat_messages.c.number))
        ]


def _place(session_id: str, number: int) -> Place:
    return Place("chat_messages", "text", f"{session_id}|{number}")
