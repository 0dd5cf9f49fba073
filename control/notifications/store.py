"""The outbox: every message of the last weeks, sealed until it has gone; and who wants which."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from control.data.database import Transaction, UtcDateTime, metadata
from control.data.encryption import EncryptedText, Place, Sealed, Vault
from control.notifications.messages import KeptMessage, Message
from control.notifications.model import (
    CHANNELS,
    CLAIM_LASTS,
    KEPT_FOR,
    Channel,
    Failure,
    Letter,
    Outcome,
    Parcel,
    State,
    refused,
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), index=True),
    Column("patient_id", ForeignKey("patients.id", ondelete="CASCADE"), index=True),
    Column("kind", String(32), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("recipient", EncryptedText),
    Column("content", EncryptedText),
    Column("once", String(120)),
    Column("state", String(16), nullable=False),
    Column("failure", String(32)),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("dismissed_at", UtcDateTime),
    UniqueConstraint("once", "channel"),
)
notices = Table(
    "notices",
    metadata,
    Column("therapist_id", ForeignKey("therapists.id", ondelete="CASCADE"), primary_key=True),
    Column("wait_minutes", Integer),
    Column("email", Boolean, nullable=False),
    Column("sms", Boolean, nullable=False),
    Column("phone", EncryptedText),
    Column("quiet_begin", String(8)),
    Column("quiet_end", String(8)),
    Column("zone", String(64)),
)
DUE = Index("messages_due", messages.c.channel, messages.c.state, messages.c.next_at)
TAKEN_AGAIN: tuple[Channel, ...] = ("email",)
"""Where a second copy is known for one, by its Message-ID."""
FINAL = (State.DELIVERED, State.REFUSED, State.FAILED, State.EXPIRED, State.REMOVED)
SHOWN = 20  # of one patient
MOST_KEPT = 200
MOST_FAILED = 20
FAILED_STATES = (State.REFUSED, State.FAILED, State.EXPIRED)
MAY_BOUNCE = (State.DELIVERED, State.SENDING, State.QUEUED, State.FAILED)
FAILED_FOR = timedelta(days=7)  # later nobody sends it again


@dataclass(frozen=True, slots=True)
class Failed:
    """A message to a patient that did not arrive."""

    id: str
    kind: str
    channel: Channel
    state: State
    failure: Failure | None
    created_at: datetime
    patient_id: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What an operator may know of a message."""

    created_at: datetime
    channel: Channel
    kind: str
    state: State
    failure: Failure | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose lists a change of a message shows in."""

    therapist_id: str | None
    patient_id: str | None


class MessageStore:
    """Reads and writes messages within the caller's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def find_once(self, tx: Transaction, letter: Letter) -> str | None:
        """Return the message that this letter's cause has brought about already."""
        query = select(messages.c.id).where(
            messages.c.once == letter.once, messages.c.channel == letter.channel
        )
        found: str | None = await tx.scalar(query)
        return found

    async def add(self, tx: Transaction, letter: Letter, state: State, now: datetime) -> str:
        """Insert; an `IntegrityError` says that its cause has a message already."""
        message_id = uuid4().hex
        content = {"subject": letter.subject, "text": letter.text, "sender": letter.sender_name}
        row = {
            "id": message_id,
            "therapist_id": letter.therapist_id,
            "patient_id": letter.patient_id,
            "kind": letter.kind,
            "channel": letter.channel,
            "recipient": self._seal("recipient", message_id, letter.to),
            "content": self._seal("content", message_id, json.dumps(content)),
            "once": letter.once,
            "state": state,
            "attempts": 0,
            "next_at": now,
            "expires_at": now + letter.lasts,
            "created_at": now,
        }
        await tx.execute(insert(messages).values(row))
        return message_id

    async def has_work(self, tx: Transaction, channel: Channel, now: datetime) -> bool:
        """Whether something is due, over its time, or left by a worker that died."""
        waits = or_(_is_due(now), _is_left(now))
        query = select(messages.c.id).where(messages.c.channel == channel, waits).limit(1)
        return await tx.scalar(query) is not None

    async def claim(self, tx: Transaction, channel: Channel, now: datetime) -> Parcel | None:
        """Take the message that is due for longest; nobody else has it for `CLAIM_LASTS`."""
        due = [_is_due(now), *([_is_left(now)] if channel in TAKEN_AGAIN else [])]
        first = (
            select(messages.c.id)
            .where(messages.c.channel == channel, or_(*due), messages.c.expires_at > now)
            .order_by(messages.c.next_at, messages.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)  # two controls on PostgreSQL; SQLite has one writer
            .scalar_subquery()
        )
        query = update(messages).where(messages.c.id == first)
        claimed = query.values(
            state=State.SENDING, attempts=messages.c.attempts + 1, claimed_at=now
        ).returning(messages)
        row = (await tx.execute(claimed)).one_or_none()
        return None if row is None else self._to_parcel(row)

    async def give_up(self, tx: Transaction, channel: Channel, now: datetime) -> list[Concerned]:
        """Write off what is over its time, and what a dead worker may have sent or not."""
        is_late = messages.c.expires_at <= now
        expired = (_is_due(now) & is_late, Outcome(State.EXPIRED))
        left = _is_left(now) if channel not in TAKEN_AGAIN else _is_left(now) & is_late
        concerned = []
        for which, outcome in (expired, (left, Outcome(State.FAILED, Failure.UNKNOWN))):
            query = update(messages).where(messages.c.channel == channel, which)
            values = _ending(outcome)
            if outcome.failure is None:
                values.pop("failure")  # the last try's stays
            rows = await tx.execute(query.values(values).returning(messages))
            concerned += [Concerned(row.therapist_id, row.patient_id) for row in rows]
        return concerned

    async def finish(
        self, tx: Transaction, parcel: Parcel, outcome: Outcome, again_at: datetime, now: datetime
    ) -> Concerned | None:
        """Write what became of a claim; None when it is somebody else's by now, or erased."""
        query = update(messages).where(
            messages.c.id == parcel.id,
            messages.c.state == State.SENDING,
            messages.c.attempts == parcel.attempts,
        )
        values = _ending(outcome) | {"next_at": again_at, "claimed_at": None}
        if outcome.state == State.DELIVERED:
            values["sent_at"] = now
        row = (await tx.execute(query.values(values).returning(messages))).one_or_none()
        return None if row is None else Concerned(row.therapist_id, row.patient_id)

    async def bounce(self, tx: Transaction, message_id: str, failure: Failure) -> Concerned | None:
        """Write that an e-mail which was handed over came back; None where that changes nothing.

        It may come back before its own worker has written that it went, who then finds it ended,
        and while it waits for another try, of which no answer was heard: a copy was taken.
        """
        query = update(messages).where(
            messages.c.id == message_id,
            messages.c.channel == "email",
            messages.c.attempts > 0,
            messages.c.state.in_(MAY_BOUNCE),
        )
        values = _ending(refused(failure)) | {"claimed_at": None}
        row = (await tx.execute(query.values(values).returning(messages))).one_or_none()
        return None if row is None else Concerned(row.therapist_id, row.patient_id)

    async def of_patient(self, tx: Transaction, patient_id: str) -> list[Message]:
        """Return the last messages to a patient, newest first."""
        query = select(messages).where(messages.c.patient_id == patient_id)
        newest = query.order_by(messages.c.created_at.desc(), messages.c.id).limit(SHOWN)
        return [_to_message(row) for row in await tx.execute(newest)]

    async def newest_of(self, tx: Transaction, ids: Collection[str]) -> dict[str, Message]:
        """Return the last message to each of these people who was sent any."""
        query = select(messages).where(messages.c.patient_id.in_(ids))
        oldest_first = query.order_by(messages.c.created_at, messages.c.id)
        return {row.patient_id: _to_message(row) for row in await tx.execute(oldest_first)}

    async def newest(self, tx: Transaction, limit: int) -> list[Overview]:
        """Return the last messages of everybody, newest first."""
        query = select(messages).order_by(messages.c.created_at.desc(), messages.c.id).limit(limit)
        return [
            Overview(
                row.created_at,
                row.channel,
                row.kind,
                State(row.state),
                _failure(row),
                row.attempts,
            )
            for row in await tx.execute(query)
        ]

    async def kept(self, tx: Transaction, therapist_id: str) -> list[KeptMessage]:
        """Return what waits for this therapist to send it by hand, newest first."""
        query = select(messages).where(*_is_kept(therapist_id))
        newest = query.order_by(messages.c.created_at.desc(), messages.c.id).limit(MOST_KEPT)
        return [self._to_kept(row) for row in await tx.execute(newest)]

    async def remove_kept(self, tx: Transaction, therapist_id: str, message_id: str) -> None:
        """Forget what a kept message says; that it was written stays for the patient's list."""
        query = update(messages).where(messages.c.id == message_id, *_is_kept(therapist_id))
        await tx.execute(query.values(_ending(Outcome(State.REMOVED))))

    async def dismiss_failed(
        self, tx: Transaction, therapist_id: str, message_id: str, now: datetime
    ) -> str | None:
        """Take a message that did not arrive off the pages; return to whom it was."""
        query = update(messages).where(
            messages.c.id == message_id,
            messages.c.therapist_id == therapist_id,
            messages.c.state.in_(FAILED_STATES),
        )
        dismissed = query.values(dismissed_at=now).returning(messages.c.patient_id)
        found: str | None = await tx.scalar(dismissed)
        return found

    async def failed(self, tx: Transaction, therapist_id: str, now: datetime) -> list[Failed]:
        """Return what did not arrive lately, newest first."""
        mine = messages.c.therapist_id == therapist_id
        query = select(messages).where(mine, *_stands_failed(now))
        newest = query.order_by(messages.c.created_at.desc(), messages.c.id).limit(MOST_FAILED)
        return [_to_failed(row) for row in await tx.execute(newest)]

    async def therapists_with_untold(self, tx: Transaction, now: datetime) -> list[str]:
        """Return who has not been told yet of something that did not arrive."""
        untold = select(messages.c.therapist_id).where(
            messages.c.channel.in_(CHANNELS), *_stands_failed(now), messages.c.told_at.is_(None)
        )
        return list(await tx.scalars(untold.distinct()))

    async def mark_told(self, tx: Transaction, therapist_id: str, now: datetime) -> list[Failed]:
        """Note that she is told of all of them; return those of which she was not before."""
        mine = messages.c.therapist_id == therapist_id
        query = update(messages).where(mine, *_stands_failed(now), messages.c.told_at.is_(None))
        rows = await tx.execute(query.values(told_at=now).returning(messages))
        return [_to_failed(row) for row in rows]

    async def sweep(self, tx: Transaction, now: datetime) -> None:
        """Erase what is older than `KEPT_FOR`."""
        await tx.execute(delete(messages).where(messages.c.created_at <= now - KEPT_FOR))

    def _to_kept(self, row: Row[Any]) -> KeptMessage:
        parcel = self._to_parcel(row)
        return KeptMessage(
            id=row.id,
            kind=row.kind,
            channel=row.channel,
            to=parcel.to,
            subject=parcel.subject,
            text=parcel.text,
            created_at=row.created_at,
            patient_id=row.patient_id,
        )

    def _to_parcel(self, row: Row[Any]) -> Parcel:
        content = json.loads(self._vault.open(row.content, _place("content", row.id)))
        return Parcel(
            id=row.id,
            to=self._vault.open(row.recipient, _place("recipient", row.id)),
            subject=content["subject"],
            text=content["text"],
            sender_name=content["sender"],
            attempts=row.attempts,
            written_at=row.created_at,
            expires_at=row.expires_at,
        )

    def _seal(self, column: str, message_id: str, text: str) -> Sealed:
        return self._vault.seal(text, _place(column, message_id))


def _place(column: str, message_id: str) -> Place:
    return Place("messages", column, message_id)


def _is_kept(therapist_id: str) -> tuple[ColumnElement[bool], ...]:
    return messages.c.therapist_id == therapist_id, messages.c.state == State.KEPT


def _stands_failed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A message to a patient that did not arrive, is not dismissed, and was not sent again."""
    later = messages.alias()
    again = select(later.c.id).where(
        later.c.patient_id == messages.c.patient_id,
        later.c.kind == messages.c.kind,
        later.c.created_at > messages.c.created_at,
    )
    return (
        messages.c.state.in_(FAILED_STATES),
        messages.c.patient_id.is_not(None),
        messages.c.dismissed_at.is_(None),
        messages.c.created_at > now - FAILED_FOR,
        ~again.exists(),
    )


def _to_message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        kind=row.kind,
        channel=row.channel,
        state=State(row.state),
        failure=_failure(row),
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


def _to_failed(row: Row[Any]) -> Failed:
    state, failure = State(row.state), _failure(row)
    return Failed(row.id, row.kind, row.channel, state, failure, row.created_at, row.patient_id)


def _failure(row: Row[Any]) -> Failure | None:
    return None if row.failure is None else Failure(row.failure)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (messages.c.state == State.QUEUED) & (messages.c.next_at <= now)


def _is_left(now: datetime) -> ColumnElement[bool]:
    """A claim that is older than any gateway takes: whoever made it died."""
    return (messages.c.state == State.SENDING) & (messages.c.claimed_at <= now - CLAIM_LASTS)


def _ending(outcome: Outcome) -> dict[str, Any]:
    """Return the columns of an outcome; what was said, and to whom, goes with a final one."""
    values: dict[str, Any] = {"state": outcome.state, "failure": outcome.failure}
    if outcome.state in FINAL:
        values |= {"recipient": None, "content": None}
    return values
