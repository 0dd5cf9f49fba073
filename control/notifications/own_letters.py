"""Letters to a therapist about her own work: they name no patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from control import dates
from control.auth.model import Therapist
from control.notifications.model import Channel, Letter
from control.notifications.notices import Notices
from control.notifications.texts import for_sms

SENDER = "Visavis"
WAIT_LASTS = timedelta(minutes=10)  # who came then has gone, or been seen


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body of an e-mail, and an SMS; `{time}` or `{date}`, and `{link}`."""

    subject: str
    email: str
    sms: str = ""


WAITING = {
    "en": Text(
        "Somebody is waiting for you",
        "Somebody is in your waiting room, since {time}.\n\nOpen it here:\n\n{link}",
        "Somebody is in your waiting room, since {time}: {link}",
    ),
    "it": Text(
        "Qualcuno La attende",
        "Qualcuno è nella Sua sala d’attesa. Arrivo: ore {time}.\n\nLa apra qui:\n\n{link}",
        "Qualcuno La attende in sala d'attesa. Arrivo: ore {time}. {link}",
    ),
}
FAILED = {
    "en": Text(
        "A message did not arrive",
        "A message could not be delivered. Sent: {date}.\n\nSee which one, and send it again:"
        "\n\n{link}",
    ),
    "it": Text(
        "Un messaggio non è arrivato",
        "Un messaggio non è stato consegnato. Inviato: {date}.\n\nQui vede quale e può inviarlo "
        "di nuovo:\n\n{link}",
    ),
}


class OwnLetters:
    """Writes them in her language, in the time of her clock."""

    def __init__(self, public_url: str) -> None:
        self._link = f"{public_url}/"

    def waiting(
        self, to: Therapist, wishes: Notices, channel: Channel, since: datetime, cause: str
    ) -> Letter:
        """Tell that somebody is waiting; `cause` names this wait."""
        text = WAITING.get(to.language, WAITING["en"])
        said = text.email if channel == "email" else for_sms(text.sms)
        filled = said.replace("{time}", _time(wishes, since)).replace("{link}", self._link)
        where = to.email if channel == "email" else wishes.phone or ""
        return self._letter("waiting", to, channel, where, text.subject, filled, cause, WAIT_LASTS)

    def failed(self, to: Therapist, wishes: Notices, sent_at: datetime, cause: str) -> Letter:
        """Tell that a message did not arrive; which one stands on her pages."""
        language = to.language if to.language in FAILED else "en"
        text = FAILED[language]
        local = wishes.local(sent_at)
        date = dates.moment(local, language) + _zone_note(local)
        filled = text.email.replace("{date}", date).replace("{link}", self._link)
        lasts = timedelta(days=1)
        return self._letter("failed", to, "email", to.email, text.subject, filled, cause, lasts)

    def _letter(
        self,
        kind: str,
        to: Therapist,
        channel: Channel,
        where: str,
        subject: str,
        text: str,
        cause: str,
        lasts: timedelta,
    ) -> Letter:
        return Letter(
            kind=kind,
            channel=channel,
            to=where,
            subject=subject if channel == "email" else "",
            text=text,
            sender_name=SENDER,
            therapist_id=to.id,
            patient_id=None,
            once=cause,
            lasts=lasts,
        )


def _time(wishes: Notices, at: datetime) -> str:
    local = wishes.local(at)
    return f"{local:%H:%M}{_zone_note(local)}"


def _zone_note(local: datetime) -> str:
    """Say that a time is UTC where her own zone is not known."""
    return " UTC" if local.tzinfo is UTC else ""
