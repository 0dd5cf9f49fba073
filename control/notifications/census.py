"""How many messages there are, by channel and state; for operators."""

from __future__ import annotations

from sqlalchemy import func, select

from control.data.database import Transaction
from control.notifications.store import messages


class MessageCensus:
    """Implements `operations.ports.MessageCounter`."""

    async def count(self, tx: Transaction) -> dict[tuple[str, str], int]:
        query = select(messages.c.channel, messages.c.state, func.count().label("many"))
        rows = await tx.execute(query.group_by(messages.c.channel, messages.c.state))
        return {(row.channel, row.state): row.many for row in rows}
