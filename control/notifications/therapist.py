"""Use cases of a therapist about messages: the alert's words, what was sent, what waits."""

from __future__ import annotations

from datetime import datetime

from control.auth.model import therapist_group
from control.auth.ports import Caller
from control.data.database import Database, Transaction
from control.errors import Conflict, Invalid, NotFound, Unavailable
from control.live.hub import Pages
from control.notifications import texts
from control.notifications.alerts import PatientLetters, address
from control.notifications.failures import FailureMessages
from control.notifications.messages import (
    Alert,
    AlertChange,
    KeptMessages,
    MessagesMessage,
    PatientMessages,
    Way,
    Ways,
)
from control.notifications.model import TRANSACTION_LASTS, Channel
from control.notifications.ports import Links, Patients, Sessions, Settings, Therapists
from control.notifications.service import NotificationService
from control.notifications.store import MessageStore
from control.settings.model import SettingVersion

FAULTS = {
    "alert_too_long": f"The message may have {texts.LONGEST_ALERT} characters.",
    "alert_placeholder": "Only {name}, {therapist} and {link} are filled in; "
    "the message holds another brace.",
}
NO_ADDRESS = {
    "email": ("no_email_address", "This patient has no e-mail address."),
    "sms": ("no_phone_number", "This patient has no phone number."),
}


class TherapistMessages:
    """Reads and changes what concerns one therapist's messages."""

    def __init__(
        self,
        database: Database,
        store: MessageStore,
        outbox: NotificationService,
        *,
        letters: PatientLetters,
        failures: FailureMessages,
        patients: Patients,
        therapists: Therapists,
        settings: Settings,
        links: Links,
        sessions: Sessions,
        pages: Pages,
    ) -> None:
        self._database = database
        self._store = store
        self._outbox = outbox
        self._letters = letters
        self._failures = failures
        self._patients = patients
        self._therapists = therapists
        self._settings = settings
        self._links = links
        self._sessions = sessions
        self._pages = pages

    async def alert(self, me: Caller, patient_id: str) -> Alert:
        async with self._database.read(by=me) as tx:
            person = await self._patients.owned(tx, me.id, patient_id)
            setting = await self._settings.newest(tx, patient_id)
            return self._to_alert(setting, person.language)

    async def change_alert(
        self, me: Caller, patient_id: str, form: AlertChange, *, now: datetime
    ) -> Alert:
        """Add a version of the setting where something changes.

        Raises:
            Invalid: alert_too_long, alert_placeholder.
        """
        text = _own_text(form)

        async def add_version(tx: Transaction) -> tuple[Alert, bool]:
            person = await self._patients.owned(tx, me.id, patient_id)
            before = await self._settings.newest(tx, patient_id)
            after = before.with_alert(email=form.email, sms=form.sms, text=text)
            if after is not before:
                await self._settings.add(tx, patient_id, after, now)
            return self._to_alert(after, person.language), after is not before

        alert, is_new = await self._database.transact(add_version, by=me)
        if is_new:
            await self._sessions.apply_setting(patient_id, now=now)
        return alert

    async def default_alert(self, me: Caller) -> Alert:
        """Return the alert that new patients begin with; our words in the therapist's language."""
        async with self._database.read(by=me) as tx:
            setting = await self._settings.default(tx, me.id)
            return self._to_alert(setting, await self._language(tx, me.id))

    async def change_default_alert(self, me: Caller, form: AlertChange, *, now: datetime) -> Alert:
        """Add a version of what new patients begin with, where something changes.

        Raises:
            Invalid: alert_too_long, alert_placeholder.
        """
        text = _own_text(form)

        async def add_version(tx: Transaction) -> Alert:
            before = await self._settings.default(tx, me.id)
            after = before.with_alert(email=form.email, sms=form.sms, text=text)
            if after is not before:
                await self._settings.add_default(tx, me.id, after, now)
            return self._to_alert(after, await self._language(tx, me.id))

        return await self._database.transact(add_version, by=me)

    async def send_link(
        self, me: Caller, patient_id: str, channel: Channel, *, now: datetime
    ) -> PatientMessages:
        """Send a patient their link.

        Raises:
            NotFound: no_patient, no_link.
            Conflict: no_email_address, no_phone_number; no_email, no_sms.
        """

        async def write(tx: Transaction) -> PatientMessages:
            person = await self._patients.owned(tx, me.id, patient_id)
            url = await self._links.url_of(tx, patient_id, now=now)
            if url is None:
                raise NotFound("no_link", "This patient has no valid link. Renew it.")
            if address(person, channel) is None:
                raise Conflict(*NO_ADDRESS[channel])
            await self._letters.send_link(tx, person, channel, url, now=now)
            return await self._messages(tx, patient_id)

        return await self._database.transact(write, by=me)

    async def messages(self, me: Caller, patient_id: str) -> PatientMessages:
        async with self._database.read(by=me) as tx:
            await self._patients.owned(tx, me.id, patient_id)
            return await self._messages(tx, patient_id)

    async def kept(self, me: Caller) -> KeptMessages:
        """Return the messages that wait to be sent by hand."""
        async with self._database.read(by=me) as tx:
            items = await self._store.kept(tx, me.id)
        return KeptMessages(items=items, ways=self._ways())

    async def remove(self, me: Caller, message_id: str, *, now: datetime) -> None:
        """Take a message off the page it stands on; one that is not there is off."""
        async with self._database.write(by=me) as tx:
            await self._store.remove_kept(tx, me.id, message_id)
            patient_id = await self._store.dismiss_failed(tx, me.id, message_id, now)
            if patient_id is not None:
                self._outbox.note_change(me.id, patient_id, now=now + TRANSACTION_LASTS)

    async def push(self, *, now: datetime) -> None:
        """Send open pages the messages of patients for whom something changed."""
        for therapist_id, patient_id in self._outbox.changed(now):
            group = therapist_group(therapist_id)
            if not self._pages.has(group):
                continue
            try:
                async with self._database.read() as tx:
                    items = await self._store.of_patient(tx, patient_id)
                    await self._failures.push(tx, therapist_id, now=now)
            except Unavailable:
                self._outbox.note_change(therapist_id, patient_id, now=now)
                raise
            self._pages.send(group, MessagesMessage(patient_id=patient_id, items=items))

    async def _language(self, tx: Transaction, therapist_id: str) -> str:
        therapist = await self._therapists.therapist(tx, therapist_id)
        return "en" if therapist is None else therapist.language

    def _to_alert(self, setting: SettingVersion, language: str) -> Alert:
        ours = texts.template(texts.ALERT, language)
        return Alert(
            version=setting.version,
            email=setting.notify_email,
            sms=setting.notify_sms,
            text=setting.alert_text,
            subject=ours.subject,
            default_email=ours.email,
            default_sms=ours.sms,
            ways=self._ways(),
        )

    async def _messages(self, tx: Transaction, patient_id: str) -> PatientMessages:
        items = await self._store.of_patient(tx, patient_id)
        return PatientMessages(items=items, ways=self._ways())

    def _ways(self) -> Ways:
        return Ways(email=self._way("email"), sms=self._way("sms"))

    def _way(self, channel: Channel) -> Way:
        if channel in self._outbox.channels:
            return "sent"
        return "kept" if self._outbox.can(channel) else "off"


def _own_text(form: AlertChange) -> str | None:
    """Return the therapist's own words; None where ours shall stand.

    Raises:
        Invalid: alert_too_long, alert_placeholder.
    """
    text = (form.text or "").strip() or None
    fault = None if text is None else texts.alert_fault(text)
    if fault is not None:
        raise Invalid(fault, FAULTS[fault])
    return text
