"""Messages to patients, written within the transactions that cause them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from control.data.database import Transaction
from control.notifications import texts
from control.notifications.model import Channel, Letter
from control.notifications.ports import Letters, Links, Patients, Settings, Therapists
from control.notifications.texts import Template
from control.patients.model import Person

ALERT_LASTS = timedelta(minutes=10)  # then "you can come in now" is no longer true


class PatientLetters:
    """Writes to patients: that the therapist has entered, and their link."""

    def __init__(
        self,
        letters: Letters,
        *,
        patients: Patients,
        therapists: Therapists,
        settings: Settings,
        links: Links,
    ) -> None:
        self._letters = letters
        self._patients = patients
        self._therapists = therapists
        self._settings = settings
        self._links = links

    async def entered(
        self, tx: Transaction, session_id: str, patient_id: str, *, now: datetime
    ) -> None:
        """Tell the patient that the therapist has entered, as the setting says.

        Once for each session and channel. Never stands in the way of entering: without an
        address, a gateway or a link that opens there is no letter.
        """
        setting = await self._settings.newest(tx, patient_id)
        wanted: dict[Channel, bool] = {"email": setting.notify_email, "sms": setting.notify_sms}
        if not any(wanted.values()):
            return
        person = await self._patients.get(tx, patient_id)
        url = await self._links.url_of(tx, patient_id, now=now)
        if person is None or url is None:
            return
        own = setting.alert_text
        alert = texts.template(texts.ALERT, person.language)
        if own is not None:
            alert = Template(alert.subject, own, own)
        for channel, is_wanted in wanted.items():
            if is_wanted and address(person, channel) and self._letters.can(channel):
                letter = await self._letter(tx, "alert", alert, person, channel, url)
                letter = _once(letter, f"entered {session_id}", ALERT_LASTS)
                await self._letters.enqueue(tx, letter, now=now)

    async def send_link(
        self, tx: Transaction, person: Person, channel: Channel, url: str, *, now: datetime
    ) -> str:
        """Send a patient their link; asked for twice within a minute it is one letter."""
        link = texts.template(texts.LINK, person.language)
        letter = await self._letter(tx, "link", link, person, channel, url)
        cause = f"link {person.id} {now:%Y-%m-%d %H:%M}"
        return await self._letters.enqueue(tx, _once(letter, cause, letter.lasts), now=now)

    async def _letter(
        self,
        tx: Transaction,
        kind: str,
        template: Template,
        person: Person,
        channel: Channel,
        url: str,
    ) -> Letter:
        therapist = await self._therapists.therapist(tx, person.therapist_id)
        sender = "" if therapist is None else therapist.name
        text = texts.fill(
            template.email if channel == "email" else template.sms,
            name=person.name,
            therapist=sender,
            link=url,
            language=person.language,
            gender=None if therapist is None else therapist.gender,
        )
        return Letter(
            kind=kind,
            channel=channel,
            to=address(person, channel) or "",
            subject=template.subject if channel == "email" else "",
            text=text if channel == "email" else texts.for_sms(text),
            sender_name=sender,
            therapist_id=person.therapist_id,
            patient_id=person.id,
            once=None,
        )


def address(person: Person, channel: Channel) -> str | None:
    return person.email if channel == "email" else person.phone


def _once(letter: Letter, cause: str, lasts: timedelta) -> Letter:
    return replace(letter, once=cause, lasts=lasts)
