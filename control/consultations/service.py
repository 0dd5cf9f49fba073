"""Use cases of first consultations: begin, follow, and decide what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from control.auth.ports import Caller, Trusted
from control.consultations.letter import Letter, compose
from control.consultations.messages import (
    Consultation as Wire,
)
from control.consultations.messages import (
    ConsultationChange,
    ConsultationLetter,
    ConsultationList,
    NewConsultation,
    SendLink,
)
from control.consultations.model import KEPT, MOST, Consultation, Standing
from control.consultations.ports import (
    Changes,
    Guests,
    Links,
    Patients,
    Sessions,
    Therapists,
)
from control.consultations.store import ConsultationStore, no_consultation
from control.data.database import Database, Transaction
from control.errors import Conflict, NotFound
from control.notifications.messages import Message
from control.notifications.model import CHANNELS, Channel
from control.notifications.model import Letter as Sent
from control.notifications.ports import Letters, SentMessages
from control.patients.messages import NewPatient, Patient
from control.patients.model import Person

MOST_SESSIONS = 1000  # of all guests of one therapist, read for a list


class ConsultationService:
    """Meets people who are not patients yet."""

    def __init__(
        self,
        database: Database,
        store: ConsultationStore,
        *,
        guests: Guests,
        patients: Patients,
        links: Links,
        sessions: Sessions,
        therapists: Therapists,
        changes: Changes,
        letters: Letters,
        sent: SentMessages,
    ) -> None:
        self._database = database
        self._store = store
        self._guests = guests
        self._patients = patients
        self._links = links
        self._sessions = sessions
        self._therapists = therapists
        self._changes = changes
        self._letters = letters
        self._sent = sent

    async def begin(self, me: Caller, form: NewConsultation, *, now: datetime) -> Wire:
        """Make a guest with a one-time link.

        Raises:
            Conflict: too_many: as many are undecided as there may be.
        """
        async with self._database.write(by=me) as tx:
            if await self._store.count(tx, me.id) >= MOST:
                raise Conflict(
                    "too_many",
                    f"You have {MOST} first consultations. Decide about some of them first.",
                )
            guest = await self._guests.add_in(tx, me.id, form.language, now=now)
            one = Consultation(guest.id, me.id, now, form.note, form.message)
            await self._store.add(tx, one)
            return await self._view(tx, one, now)

    async def find(self, me: Caller, *, now: datetime) -> ConsultationList:
        """Return all undecided consultations, newest first."""
        async with self._database.read(by=me) as tx:
            mine = await self._store.of_therapist(tx, me.id)
            return ConsultationList(items=await self._to_wire(tx, me.id, mine, now))

    async def get(self, me: Caller, one_id: str, *, now: datetime) -> Wire:
        async with self._database.read(by=me) as tx:
            one = await self._store.owned(tx, me.id, one_id)
            return await self._view(tx, one, now)

    async def change(
        self, me: Caller, one_id: str, form: ConsultationChange, *, now: datetime
    ) -> Wire:
        """Write note, message or language anew; what is left out stays."""
        said = form.model_dump(exclude_none=True)
        language = said.pop("language", None)
        async with self._database.write(by=me) as tx:
            one = replace(await self._store.owned(tx, me.id, one_id), **said)
            await self._store.change(tx, one)
            if language is not None:
                guest = await self._guest(tx, one)
                await self._guests.change_in(tx, replace(guest, language=language))
            return await self._view(tx, one, now)

    async def letter(self, me: Caller, one_id: str, *, now: datetime) -> ConsultationLetter:
        """Return what goes out with the link, for a mail program or a telephone.

        Raises:
            NotFound: no_consultation, or no_link when it is withdrawn or expired.
        """
        async with self._database.read(by=me) as tx:
            written = await self._letter(tx, await self._store.owned(tx, me.id, one_id), now)
        return ConsultationLetter(
            subject=written.subject,
            text=written.text,
            sms=written.sms,
            channels=[channel for channel in CHANNELS if self._letters.can(channel)],
        )

    async def send(self, me: Caller, one_id: str, form: SendLink, *, now: datetime) -> Wire:
        """Send the link, and keep where it went for the next time.

        Raises:
            NotFound: no_consultation, no_link.
            Conflict: no_email, no_sms: there is no gateway for it.
        """
        channel: Channel = "sms" if form.email is None else "email"
        said = form.model_dump(exclude_none=True)

        async def write(tx: Transaction) -> Wire:
            one = await self._store.owned(tx, me.id, one_id)
            guest = replace(await self._guest(tx, one), **said)
            await self._guests.change_in(tx, guest)
            await self._letters.enqueue(
                tx, await self._to_send(tx, one, guest, channel, now), now=now
            )
            return await self._view(tx, one, now)

        return await self._database.transact(write, by=me)

    async def add(self, me: Caller, one_id: str, form: NewPatient, *, now: datetime) -> Patient:
        """Make the guest a patient, also during the session: device, sessions and setting stay.

        Raises:
            NotFound: no_consultation: decided already.
        """

        async def admit(tx: Transaction) -> None:
            one = await self._store.owned(tx, me.id, one_id)
            await self._guests.admit_in(tx, await self._guest(tx, one), form, now=now)
            await self._store.remove(tx, one_id)

        await self._database.transact(admit, by=me)
        await self._tell(me, one_id, now)
        return await self._patients.get(me, one_id, now=now)

    async def defer(self, me: Caller, one_id: str, *, now: datetime) -> Wire:
        """Decide later: it is kept for so much longer."""
        async with self._database.write(by=me) as tx:
            one = await self._store.owned(tx, me.id, one_id)
            one = replace(one, deferred_at=now)
            await self._store.change(tx, one)
            return await self._view(tx, one, now)

    async def discard(self, me: Caller, one_id: str, *, now: datetime) -> None:
        """Erase it with name, note, sessions and device; a running session ends first."""
        async with self._database.read(by=me) as tx:
            await self._store.owned(tx, me.id, one_id)
        await self._patients.erase_anyone(me, one_id, now=now)

    async def sweep(self, *, now: datetime) -> None:
        """Erase what nobody has decided about for too long."""
        over: list[Consultation] = []
        async with self._database.read() as tx:
            for one in await self._store.begun_before(tx, now - KEPT):
                standings = await self._standings(tx, one.therapist_id, [one])
                over += [one for standing in standings if standing.is_over(now)]
        for one in over:
            await self._patients.erase_anyone(Trusted(one.therapist_id), one.id, now=now)

    async def _to_send(
        self, tx: Transaction, one: Consultation, guest: Person, channel: Channel, now: datetime
    ) -> Sent:
        written = await self._letter(tx, one, now)
        therapist = await self._therapists.therapist(tx, one.therapist_id)
        is_mail = channel == "email"
        return Sent(
            kind="first_consultation",
            channel=channel,
            to=(guest.email if is_mail else guest.phone) or "",
            subject=written.subject if is_mail else "",
            text=written.text if is_mail else written.sms,
            sender_name="" if therapist is None else therapist.name,
            therapist_id=one.therapist_id,
            patient_id=one.id,
            once=None,
        )

    async def _letter(self, tx: Transaction, one: Consultation, now: datetime) -> Letter:
        guest = await self._guest(tx, one)
        link = (await self._links.of_patients(tx, [one.id])).get(one.id)
        if link is None or link.state(now) != "valid":
            raise NotFound("no_link", "This link is not valid any more. Make a new one.")
        therapist = await self._therapists.therapist(tx, one.therapist_id)
        return compose(
            language=guest.language,
            therapist="" if therapist is None else therapist.name,
            gender=None if therapist is None else therapist.gender,
            link=self._links.url(link),
            expires_at=link.expires_at,
            message=one.message,
        )

    async def _guest(self, tx: Transaction, one: Consultation) -> Person:
        guest = (await self._guests.of_in(tx, one.therapist_id, [one.id])).get(one.id)
        if guest is None:
            raise no_consultation()
        return guest

    async def _tell(self, me: Caller, one_id: str, now: datetime) -> None:
        """Push the open session, if any: it is with a patient now."""
        async with self._database.read(by=me) as tx:
            sessions = await self._sessions.newest(tx, me.id, [one_id], limit=1)
        for session in sessions:
            await self._changes.changed(session, now=now)

    async def _standings(
        self, tx: Transaction, therapist_id: str, ones: list[Consultation]
    ) -> list[Standing]:
        ids = [one.id for one in ones]
        links = await self._links.of_patients(tx, ids)
        sessions = await self._sessions.newest(tx, therapist_id, ids, limit=MOST_SESSIONS)
        return [
            Standing(one, links[one.id], [two for two in sessions if two.patient_id == one.id])
            for one in ones
            if one.id in links  # else it was discarded since
        ]

    async def _to_wire(
        self, tx: Transaction, therapist_id: str, ones: list[Consultation], now: datetime
    ) -> list[Wire]:
        """Compose the views of those that are not decided since they were read."""
        guests = await self._guests.of_in(tx, therapist_id, [one.id for one in ones])
        standings = await self._standings(tx, therapist_id, ones)
        sent = await self._sent.newest_of(tx, guests)
        return [
            _to_wire(
                standing,
                guests[standing.consultation.id],
                sent.get(standing.consultation.id),
                now,
            )
            for standing in standings
            if standing.consultation.id in guests
        ]

    async def _view(self, tx: Transaction, one: Consultation, now: datetime) -> Wire:
        views = await self._to_wire(tx, one.therapist_id, [one], now)
        if not views:
            raise no_consultation()
        return views[0]


def _to_wire(standing: Standing, guest: Person, sent: Message | None, now: datetime) -> Wire:
    one, link, session, met = standing.consultation, standing.link, standing.open, standing.met
    return Wire(
        id=one.id,
        name=guest.name,
        language=guest.language,
        email=guest.email,
        phone=guest.phone,
        note=one.note,
        message=one.message,
        stage=standing.stage(now),
        created_at=one.created_at,
        sent_at=link.created_at,
        expires_at=link.expires_at,
        claimed_at=link.claimed_at,
        waiting_since=None if session is None else session.waiting_since,
        met_at=None if met is None else met.facts.contact_at,
        wall_s=0.0 if met is None or met.clock is None else met.clock.wall_s,
        session_id=None if session is None else session.id,
        erase_at=standing.erase_at(),
        sent=sent,
    )
