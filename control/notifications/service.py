"""Use cases of the outbox: write a letter down, send what is due, forget what is old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from prometheus_client import Counter

from control.data.database import Database, Transaction
from control.errors import Conflict, Unavailable
from control.notifications.model import (
    TRANSACTION_LASTS,
    Channel,
    Failure,
    Letter,
    Outcome,
    Parcel,
    State,
    after_try,
    one_line,
)
from control.notifications.ports import Gateway
from control.notifications.store import Concerned, MessageStore, Overview

log = logging.getLogger(__name__)

WRITE_AGAIN_S = 0.5
OVERVIEW = 100
MISSING = {
    "email": Conflict("no_email", "E-mail is not set up on this server."),
    "sms": Conflict("no_sms", "SMS is not set up on this server."),
}


class NotificationService:
    """Takes letters from other nouns (`Letters`), and sends them by the gateways there are.

    Args:
        gateways: None of a channel: its letters are kept for the page, or refused.
        keep: Keep letters that have no gateway for the page of messages.
    """

    def __init__(
        self,
        database: Database,
        store: MessageStore,
        gateways: Mapping[Channel, Gateway],
        *,
        keep: bool,
    ) -> None:
        self._database = database
        self._store = store
        self._gateways = gateways
        self._keep = keep
        self._changed: dict[tuple[str, str], datetime] = {}
        self.tries = Counter(
            "visavis_control_message_tries_total",
            "Messages handed to a gateway, by what it made of them.",
            ("channel", "result"),
            registry=None,
        )
        for channel in gateways:
            for result in (State.DELIVERED, *Failure):
                self.tries.labels(channel, result.value)

    @property
    def channels(self) -> list[Channel]:
        """Return the channels that have a gateway."""
        return list(self._gateways)

    def can(self, channel: Channel) -> bool:
        return self._keep or channel in self._gateways

    async def enqueue(self, tx: Transaction, letter: Letter, *, now: datetime) -> str:
        """See `ports.Letters`."""
        if not self.can(letter.channel):
            raise Conflict(MISSING[letter.channel].code, MISSING[letter.channel].text)
        if letter.once is not None:
            found = await self._store.find_once(tx, letter)
            if found is not None:
                return found
        state = State.QUEUED if letter.channel in self._gateways else State.KEPT
        if letter.therapist_id is not None and letter.patient_id is not None:
            self.note_change(letter.therapist_id, letter.patient_id, now=now + TRANSACTION_LASTS)
        return await self._store.add(tx, letter, state, now)

    async def deliver(self, channel: Channel, clock: Callable[[], datetime]) -> None:
        """Send all that is due by this channel, one after another; several may do so at once."""
        async with self._database.read() as tx:
            if not await self._store.has_work(tx, channel, clock()):
                return
        while True:
            async with self._database.write() as tx:
                for concerned in await self._store.give_up(tx, channel, clock()):
                    self._note(concerned, clock())
                parcel = await self._store.claim(tx, channel, clock())
            if parcel is None:
                return
            outcome = await self._gateways[channel].send(_safe(parcel))
            self.tries.labels(channel, (outcome.failure or outcome.state).value).inc()
            if outcome.failure in (Failure.NO_ANSWER, Failure.GATEWAY):
                log.warning("%s was not taken by its gateway (%s)", channel, outcome.failure)
            await self._finish(parcel, outcome, clock)

    async def bounce(self, message_id: str, failure: Failure, *, now: datetime) -> bool:
        """See `ports.Returned`."""
        async with self._database.write() as tx:
            concerned = await self._store.bounce(tx, message_id, failure)
        if concerned is not None:
            self._note(concerned, now)
        return concerned is not None

    def failed_tries(self) -> dict[tuple[str, str], int]:
        """Return how often a gateway did not take a message, by channel and why."""
        found: dict[tuple[str, str], int] = {}
        for sample in (one for metric in self.tries.collect() for one in metric.samples):
            channel, result = sample.labels["channel"], sample.labels["result"]
            if sample.name.endswith("_total") and result != State.DELIVERED:
                found[channel, result] = int(sample.value)
        return found

    async def overview(self) -> list[str]:
        """Return a line for each of the last messages, newest first, for whoever runs the server.

        Neither names nor addresses nor texts: those are the therapists'.
        """
        async with self._database.read() as tx:
            return [overview_line(one) for one in await self._store.newest(tx, OVERVIEW)]

    def note_change(self, therapist_id: str, patient_id: str, *, now: datetime) -> None:
        """Remember that this patient's messages change, by `now` at the latest."""
        self._changed[therapist_id, patient_id] = now

    def changed(self, now: datetime) -> list[tuple[str, str]]:
        """Return whose messages changed since this was last asked, or may be changing now.

        A letter counts until its transaction must have ended, since nobody tells us when it does.
        """
        changed = list(self._changed)
        self._changed = {key: until for key, until in self._changed.items() if until > now}
        return changed

    def _note(self, concerned: Concerned, now: datetime) -> None:
        if concerned.therapist_id is not None and concerned.patient_id is not None:
            key = concerned.therapist_id, concerned.patient_id
            self._changed.setdefault(key, now)

    async def sweep(self, *, now: datetime) -> None:
        async with self._database.write() as tx:
            await self._store.sweep(tx, now)

    def close(self) -> None:
        for gateway in self._gateways.values():
            gateway.close()

    async def _finish(
        self, parcel: Parcel, outcome: Outcome, clock: Callable[[], datetime]
    ) -> None:
        """Write down what became of it, as often as it takes, lest it is sent again."""
        while True:
            outcome, again_at = after_try(parcel, outcome, clock())
            try:
                async with self._database.write() as tx:
                    concerned = await self._store.finish(tx, parcel, outcome, again_at, clock())
                if concerned is not None:
                    self._note(concerned, clock())
                return
            except Unavailable:
                await asyncio.sleep(WRITE_AGAIN_S)


def overview_line(one: Overview) -> str:
    tries = f"{one.attempts} {'try' if one.attempts == 1 else 'tries'}"
    reason = f" ({one.failure})" if one.failure else ""
    kind = one.kind.replace("_", " ")
    return (
        f"{one.created_at:%Y-%m-%d %H:%M} UTC  {one.channel}  {kind}  {one.state}{reason}  {tries}"
    )


def _safe(parcel: Parcel) -> Parcel:
    """Return the parcel with what becomes a header on one line each."""
    return replace(
        parcel, subject=one_line(parcel.subject), sender_name=one_line(parcel.sender_name)
    )
