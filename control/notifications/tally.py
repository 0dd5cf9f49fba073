"""How many messages wait, went and failed lately, by channel; for operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from control.data.database import Transaction
from control.notifications.model import DAY, Channel, State
from control.notifications.store import FAILED_STATES, messages
from control.operations.ports import ChannelTally

WAITING = (State.QUEUED, State.SENDING)


class MessageTally:
    """Implements `operations.ports.MessageTally`.

    Args:
        channels: Those that have a gateway; what waits to be sent by hand is nobody's to count.
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._channels = channels

    async def count(self, tx: Transaction, *, now: datetime) -> list[ChannelTally]:
        columns = (messages.c.channel, messages.c.state)
        query = select(
            *columns, func.count().label("many"), func.min(messages.c.created_at).label("first")
        ).where(messages.c.created_at > now - DAY)
        rows = (await tx.execute(query.group_by(*columns))).all()

        def many(channel: Channel, states: Sequence[State]) -> int:
            return sum(row.many for row in rows if row.channel == channel and row.state in states)

        def first(channel: Channel) -> datetime | None:
            waits = [row.first for row in rows if row.channel == channel and row.state in WAITING]
            return min(waits, default=None)

        return [
            ChannelTally(
                channel=channel,
                waiting=many(channel, WAITING),
                sent=many(channel, (State.DELIVERED,)),
                failed=many(channel, FAILED_STATES),
                oldest_waits_since=first(channel),
            )
            for channel in self._channels
        ]
