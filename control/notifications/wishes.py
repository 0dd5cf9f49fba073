"""Use cases of what a therapist wants to be told herself."""

from __future__ import annotations

from datetime import time

from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.errors import Invalid
from control.notifications.hours import QuietHours, known_zone
from control.notifications.messages import Hours, NoticesChange, Way, Ways
from control.notifications.messages import Notices as Wire
from control.notifications.notice_store import NoticeStore
from control.notifications.notices import Notices
from control.notifications.ports import Therapists
from control.notifications.service import NotificationService


class WishService:
    """Reads and writes them."""

    def __init__(
        self,
        database: Database,
        store: NoticeStore,
        outbox: NotificationService,
        *,
        therapists: Therapists,
    ) -> None:
        self._database = database
        self._store = store
        self._outbox = outbox
        self._therapists = therapists

    async def get(self, me: Caller) -> Wire:
        async with self._database.read(by=me) as tx:
            return await self._to_wire(tx, me.id, await self._store.of(tx, me.id))

    async def put(self, me: Caller, form: NoticesChange) -> Wire:
        """Write all of them.

        Raises:
            Invalid: bad_zone, phone_needed, no_way, same_hours.
        """
        wanted = _read(form)

        async def write(tx: Transaction) -> Wire:
            await self._store.put(tx, me.id, wanted)
            return await self._to_wire(tx, me.id, wanted)

        return await self._database.transact(write, by=me)

    async def _to_wire(self, tx: Transaction, therapist_id: str, wishes: Notices) -> Wire:
        therapist = await self._therapists.therapist(tx, therapist_id)
        quiet = wishes.quiet
        return Wire(
            wait_minutes=wishes.wait_minutes,
            email=wishes.email,
            sms=wishes.sms,
            phone=wishes.phone,
            quiet=None
            if quiet is None
            else Hours(begin=f"{quiet.begin:%H:%M}", end=f"{quiet.end:%H:%M}"),
            zone=wishes.zone,
            email_to="" if therapist is None else therapist.email,
            ways=Ways(email=self._way("email"), sms=self._way("sms")),
        )

    def _way(self, channel: str) -> Way:
        """A message that waits on a page of hers would tell her nothing: it needs a gateway."""
        return "sent" if channel in self._outbox.channels else "off"


def _read(form: NoticesChange) -> Notices:
    if known_zone(form.zone) is None:
        raise Invalid("bad_zone", "There is no such time zone.")
    if form.sms and form.phone is None:
        raise Invalid("phone_needed", "Write the phone number that the SMS goes to.")
    if form.wait_minutes is not None and not (form.email or form.sms):
        raise Invalid("no_way", "Choose e-mail or SMS.")
    quiet = None
    if form.quiet is not None:
        quiet = QuietHours(time.fromisoformat(form.quiet.begin), time.fromisoformat(form.quiet.end))
        if quiet.begin == quiet.end:
            raise Invalid("same_hours", "Quiet hours begin and end at different times.")
    return Notices(
        wait_minutes=form.wait_minutes,
        email=form.email,
        sms=form.sms,
        phone=form.phone,
        quiet=quiet,
        zone=form.zone,
    )
