"""Messages to patients that did not arrive: told on her pages, and by mail when none is open."""

from __future__ import annotations

from datetime import datetime

from control.auth.model import therapist_group
from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.live.hub import Pages
from control.notifications.messages import FailedMessage, FailedMessages, FailuresMessage
from control.notifications.notice_store import NoticeStore
from control.notifications.own_letters import OwnLetters
from control.notifications.ports import Patients, Therapists
from control.notifications.service import NotificationService
from control.notifications.store import Failed, MessageStore


class FailureMessages:
    """What failed stands on every page until she takes it off, or sends it again."""

    def __init__(
        self,
        database: Database,
        store: MessageStore,
        wishes: NoticeStore,
        outbox: NotificationService,
        letters: OwnLetters,
        *,
        patients: Patients,
        therapists: Therapists,
        pages: Pages,
    ) -> None:
        self._database = database
        self._store = store
        self._wishes = wishes
        self._outbox = outbox
        self._letters = letters
        self._patients = patients
        self._therapists = therapists
        self._pages = pages

    async def find(self, me: Caller, *, now: datetime) -> FailedMessages:
        async with self._database.read(by=me) as tx:
            return FailedMessages(items=await self._of(tx, me.id, now))

    async def push(self, tx: Transaction, therapist_id: str, *, now: datetime) -> None:
        """Send her open pages what stands."""
        items = await self._of(tx, therapist_id, now)
        self._pages.send(therapist_group(therapist_id), FailuresMessage(items=items))

    async def tell(self, *, now: datetime) -> None:
        """Write the mails that are due; called every few seconds."""
        async with self._database.read() as tx:
            untold = await self._store.therapists_with_untold(tx, now)
        for therapist_id in untold:
            has_page = self._pages.has(therapist_group(therapist_id))

            async def write(
                tx: Transaction, therapist_id: str = therapist_id, has_page: bool = has_page
            ) -> None:
                await self._tell(tx, therapist_id, has_page, now)

            await self._database.transact(write)

    async def _tell(
        self, tx: Transaction, therapist_id: str, has_page: bool, now: datetime
    ) -> None:
        """One mail for all that failed; a page that is open was pushed it, and needs none."""
        wishes = await self._wishes.of(tx, therapist_id)
        can_mail = "email" in self._outbox.channels
        if not has_page and (not can_mail or wishes.is_quiet(now)):
            return
        told = await self._store.mark_told(tx, therapist_id, now)
        therapist = await self._therapists.therapist(tx, therapist_id)
        if has_page or not told or therapist is None:
            return
        newest = max(told, key=lambda one: (one.created_at, one.id))
        cause = f"failed {newest.id}"
        letter = self._letters.failed(therapist, wishes, newest.created_at, cause)
        await self._outbox.enqueue(tx, letter, now=now)

    async def _of(self, tx: Transaction, therapist_id: str, now: datetime) -> list[FailedMessage]:
        found = await self._store.failed(tx, therapist_id, now)
        items = [await self._to_wire(tx, one) for one in found]
        return [one for one in items if one is not None]

    async def _to_wire(self, tx: Transaction, failed: Failed) -> FailedMessage | None:
        person = await self._patients.get(tx, failed.patient_id)
        if person is None:
            return None
        return FailedMessage(
            id=failed.id,
            kind=failed.kind,
            channel=failed.channel,
            state=failed.state,
            failure=failed.failure,
            created_at=failed.created_at,
            patient_id=person.id,
            patient_name=person.name,
            is_guest=person.is_guest,
            phone=person.phone,
        )
