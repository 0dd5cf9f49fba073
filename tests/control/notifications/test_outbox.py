"""The outbox in real databases: written with its cause, claimed by one, sent once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from control.data.database import Database, Transaction
from control.data.encryption import Vault
from control.errors import Conflict, Unavailable
from control.notifications import service as service_module
from control.notifications.model import (
    CLAIM_LASTS,
    DELIVERED,
    KEPT_FOR,
    UNKNOWN,
    Channel,
    Failure,
    Letter,
    State,
    later,
    refused,
)
from control.notifications.service import NotificationService
from control.notifications.store import MessageStore, messages
from tests.control.notifications.letters import NOW, FakeGateway, letter

VAULT = Vault(bytes(range(32)))


class Outbox:
    """One control's outbox, with a time of its own."""

    def __init__(
        self, database: Database, *, channels: tuple[Channel, ...] = ("email",), keep: bool = False
    ) -> None:
        self.database = database
        self.gateway = FakeGateway()
        gateways = dict.fromkeys(channels, self.gateway)
        self.service = NotificationService(database, MessageStore(VAULT), gateways, keep=keep)
        self.now = NOW

    def clock(self) -> datetime:
        return self.now

    async def write(self, *letters: Letter) -> list[str]:
        async with self.database.write() as tx:
            return [await self.service.enqueue(tx, one, now=self.now) for one in letters]

    async def send(self, channel: Channel = "email", after: timedelta = timedelta()) -> None:
        self.now += after
        await self.service.deliver(channel, self.clock)

    async def rows(self) -> list[Any]:
        async with self.database.read() as tx:
            return list(await tx.execute(sa.select(messages).order_by(messages.c.created_at)))

    async def row(self) -> Any:
        (row,) = await self.rows()
        return row


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


async def test_a_letter_is_sent_once_and_its_content_forgotten(outbox: Outbox) -> None:
    await outbox.write(letter())
    await outbox.send()
    await outbox.send()
    (parcel,) = outbox.gateway.parcels
    assert (parcel.to, parcel.subject) == ("alex@example.org", "You can come in now")
    row = await outbox.row()
    assert (row.state, row.sent_at, row.attempts) == (State.DELIVERED, NOW, 1)
    assert (row.recipient, row.content) == (None, None)


async def test_tries_are_counted_by_channel_and_what_the_gateway_made_of_them(
    outbox: Outbox,
) -> None:
    def tries() -> dict[str, float]:
        (metric,) = outbox.service.tries.collect()
        return {
            sample.labels["result"]: sample.value
            for sample in metric.samples
            if sample.labels["channel"] == "email" and sample.value
        }

    await outbox.write(letter(once="1"), letter(once="2"), letter(once="3"))
    outbox.gateway.outcomes = [later(Failure.NO_ANSWER), refused(Failure.MAILBOX_FULL), DELIVERED]
    await outbox.send()
    assert tries() == {"no_answer": 1, "mailbox_full": 1, "delivered": 1}
    await outbox.send(after=timedelta(seconds=10))
    assert tries()["delivered"] == 2


async def test_what_is_written_down_is_sealed(outbox: Outbox) -> None:
    await outbox.write(letter())
    row = await outbox.row()
    assert b"alex" not in row.recipient.blob
    assert b"Rossi" not in row.content.blob


async def test_a_letter_is_not_there_when_its_cause_is_not(outbox: Outbox) -> None:
    async def fail(tx: Transaction) -> None:
        await outbox.service.enqueue(tx, letter(), now=NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await outbox.database.transact(fail)
    assert await outbox.rows() == []


async def test_a_cause_has_one_letter_by_each_channel(outbox: Outbox) -> None:
    both = Outbox(outbox.database, channels=("email", "sms"))
    ids = await both.write(
        letter(once="entry 1"), letter(once="entry 1"), letter(once="entry 1", channel="sms")
    )
    assert ids[0] == ids[1] != ids[2]
    assert len(await both.rows()) == 2
    assert len(await both.write(letter(once="entry 2"))) == 1
    assert len(await both.rows()) == 3


async def test_two_at_once_for_one_cause_leave_one_letter(outbox: Outbox) -> None:
    async def write() -> str:
        return await outbox.database.transact(
            lambda tx: outbox.service.enqueue(tx, letter(once="entry"), now=NOW)
        )

    ids = await asyncio.gather(*(write() for _ in range(4)))
    assert len(set(ids)) == 1
    assert len(await outbox.rows()) == 1


async def test_two_controls_send_each_letter_once(outbox: Outbox) -> None:
    other = Outbox(outbox.database)
    await outbox.write(*(letter(subject=str(number)) for number in range(20)))
    await asyncio.gather(outbox.send(), other.send(), outbox.send(), other.send())
    sent = outbox.gateway.parcels + other.gateway.parcels
    assert sorted(int(parcel.subject) for parcel in sent) == list(range(20))
    assert {row.state for row in await outbox.rows()} == {State.DELIVERED}


async def test_greylisting_delays_a_letter_and_no_more(outbox: Outbox) -> None:
    outbox.gateway.outcomes = [later(Failure.NO_ANSWER)]
    await outbox.write(letter())
    await outbox.send()
    row = await outbox.row()
    assert (row.state, row.failure) == (State.QUEUED, Failure.NO_ANSWER)
    await outbox.send(after=timedelta(seconds=4))
    assert len(outbox.gateway.parcels) == 1
    await outbox.send(after=timedelta(seconds=1))
    row = await outbox.row()
    assert (row.state, row.failure, row.attempts) == (State.DELIVERED, None, 2)


async def test_a_refusal_is_final_and_kept_with_its_reason(outbox: Outbox) -> None:
    outbox.gateway.outcomes = [refused(Failure.NO_SUCH_ADDRESS)]
    await outbox.write(letter())
    await outbox.send()
    await outbox.send(after=timedelta(hours=1))
    assert len(outbox.gateway.parcels) == 1
    row = await outbox.row()
    assert (row.state, row.failure) == (State.REFUSED, Failure.NO_SUCH_ADDRESS)
    assert (row.recipient, row.content, row.sent_at) == (None, None, None)


async def test_a_letter_that_is_no_use_any_more_is_not_sent(outbox: Outbox) -> None:
    outbox.gateway.outcomes = [later(Failure.NO_ANSWER)]
    await outbox.write(letter(lasts=timedelta(minutes=10)))
    await outbox.send()
    await outbox.send(after=timedelta(minutes=10))
    assert len(outbox.gateway.parcels) == 1
    row = await outbox.row()
    assert (row.state, row.failure) == (State.EXPIRED, Failure.NO_ANSWER)
    assert row.content is None


async def claim_and_die(outbox: Outbox, channel: Channel) -> None:
    """Let a worker die between its claim and its result."""
    outbox.gateway.hold = asyncio.Event()
    worker = asyncio.create_task(outbox.send(channel))
    await outbox.gateway.began.wait()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    outbox.gateway.hold = None
    assert (await outbox.row()).state == State.SENDING


async def test_an_email_whose_worker_died_is_taken_again_when_its_claim_is_over(
    outbox: Outbox,
) -> None:
    await outbox.write(letter())
    await claim_and_die(outbox, "email")
    await outbox.send(after=CLAIM_LASTS - timedelta(seconds=1))
    assert len(outbox.gateway.parcels) == 1
    await outbox.send(after=timedelta(seconds=1))
    first, second = outbox.gateway.parcels
    assert first.id == second.id
    assert (await outbox.row()).state == State.DELIVERED


async def test_an_sms_whose_worker_died_is_not_sent_a_second_time(database: Database) -> None:
    outbox = Outbox(database, channels=("sms",))
    await outbox.write(letter(channel="sms"))
    await claim_and_die(outbox, "sms")
    await outbox.send("sms", after=CLAIM_LASTS)
    assert len(outbox.gateway.parcels) == 1
    row = await outbox.row()
    assert (row.state, row.failure) == (State.FAILED, Failure.UNKNOWN)


async def test_who_comes_back_after_its_claim_was_taken_changes_nothing(outbox: Outbox) -> None:
    other = Outbox(outbox.database)
    await outbox.write(letter())
    outbox.gateway.hold = asyncio.Event()
    slow = asyncio.create_task(outbox.send())
    await outbox.gateway.began.wait()
    other.gateway.hold = asyncio.Event()
    outbox.gateway.outcomes = [UNKNOWN]
    second = asyncio.create_task(other.send(after=CLAIM_LASTS))
    await other.gateway.began.wait()
    outbox.gateway.hold.set()
    await slow
    assert (await outbox.row()).state == State.SENDING
    other.gateway.hold.set()
    await second
    assert (await outbox.row()).state == State.DELIVERED


async def test_a_result_that_cannot_be_written_is_written_later_and_nothing_sent_again(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "WRITE_AGAIN_S", 0)
    await outbox.write(letter())
    outbox.gateway.hold = asyncio.Event()
    worker = asyncio.create_task(outbox.send())
    await outbox.gateway.began.wait()
    finish, tries = MessageStore.finish, []

    async def fail_first(self: MessageStore, *arguments: Any) -> Any:
        tries.append(arguments)
        if len(tries) == 1:
            raise Unavailable("database_away", "")
        return await finish(self, *arguments)

    monkeypatch.setattr(MessageStore, "finish", fail_first)
    outbox.gateway.hold.set()
    await worker
    assert len(tries) == 2
    assert len(outbox.gateway.parcels) == 1
    assert (await outbox.row()).state == State.DELIVERED


async def test_headers_are_on_one_line_whatever_names_hold(outbox: Outbox) -> None:
    await outbox.write(letter(subject="a\r\nBcc: b@c.test", sender_name="Rossi\n\nevil"))
    await outbox.send()
    (parcel,) = outbox.gateway.parcels
    assert (parcel.subject, parcel.sender_name) == ("a Bcc: b@c.test", "Rossi evil")


async def test_without_a_gateway_a_letter_is_refused_in_words(outbox: Outbox) -> None:
    assert outbox.service.can("email")
    assert not outbox.service.can("sms")
    with pytest.raises(Conflict, match="no_sms") as raised:
        await outbox.write(letter(channel="sms"))
    assert raised.value.text == "SMS is not set up on this server."


async def test_without_a_gateway_the_page_keeps_letters_where_it_is_on(database: Database) -> None:
    outbox = Outbox(database, keep=True)
    assert outbox.service.can("sms")
    await outbox.write(letter(channel="sms", to="+393331234567"))
    await outbox.send(after=timedelta(days=2))
    row = await outbox.row()
    assert (row.state, outbox.gateway.parcels) == (State.KEPT, [])
    assert row.content is not None


async def test_messages_are_erased_after_thirty_days(outbox: Outbox) -> None:
    await outbox.write(letter())
    await outbox.service.sweep(now=NOW + KEPT_FOR - timedelta(seconds=1))
    assert len(await outbox.rows()) == 1
    await outbox.service.sweep(now=NOW + KEPT_FOR)
    assert await outbox.rows() == []


async def test_a_delivered_letter_is_still_known_by_its_cause(outbox: Outbox) -> None:
    await outbox.write(letter(once="entry"))
    await outbox.send()
    outbox.gateway.outcomes = [DELIVERED]
    await outbox.write(letter(once="entry"))
    await outbox.send()
    assert len(outbox.gateway.parcels) == 1


async def test_the_operator_sees_what_became_of_messages_and_nothing_personal(
    outbox: Outbox,
) -> None:
    outbox.gateway.outcomes = [refused(Failure.NO_SUCH_ADDRESS)]
    await outbox.write(letter(kind="alert"))
    await outbox.send()
    outbox.now += timedelta(minutes=1)
    await outbox.write(letter(kind="first_consultation"))
    assert await outbox.service.overview() == [
        "2026-03-02 09:01 UTC  email  first consultation  queued  0 tries",
        "2026-03-02 09:00 UTC  email  alert  refused (no_such_address)  1 try",
    ]
