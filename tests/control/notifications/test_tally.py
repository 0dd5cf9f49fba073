"""How many messages wait, went and failed, as an operator reads it, in both kinds of database."""

from __future__ import annotations

from datetime import timedelta

from control.data.database import Database
from control.data.encryption import Vault
from control.notifications.model import Failure, later, refused
from control.notifications.service import NotificationService
from control.notifications.store import MessageStore
from control.notifications.tally import MessageTally
from control.operations.ports import ChannelTally
from tests.control.notifications.letters import NOW, FakeGateway, letter


async def test_messages_of_a_day_are_counted_by_channel(database: Database) -> None:
    gateway = FakeGateway([refused(Failure.NO_SUCH_ADDRESS), later(Failure.NO_ANSWER)])
    vault = Vault(bytes(range(32)))
    service = NotificationService(
        database, MessageStore(vault), {"email": gateway, "sms": gateway}, keep=False
    )
    async with database.write() as tx:
        await service.enqueue(tx, letter(), now=NOW - timedelta(days=2))
    await service.deliver("email", lambda: NOW - timedelta(days=2))
    for minutes in (5, 4, 3):
        at = NOW - timedelta(minutes=minutes)
        async with database.write() as tx:
            await service.enqueue(tx, letter(), now=at)
    await service.deliver("email", lambda: NOW)
    async with database.write() as tx:
        await service.enqueue(tx, letter(channel="sms", to="+390612345678"), now=NOW)
        found = await MessageTally(service.channels).count(tx, now=NOW)
    assert found == [
        ChannelTally("email", 1, 2, 0, NOW - timedelta(minutes=5)),
        ChannelTally("sms", 1, 0, 0, NOW),
    ]
    assert service.failed_tries()["email", "no_such_address"] == 1
    assert service.failed_tries()["email", "no_answer"] == 1
    assert service.failed_tries()["sms", "gateway"] == 0
