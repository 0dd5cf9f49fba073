"""The mail of accounts; implements `auth.ports.AccountMail`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from control.auth.model import Therapist
from control.data.database import Transaction
from control.notifications.model import Letter
from control.notifications.ports import Letters

SENDER = "Visavis"


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and body; `{name}`, `{n}` and `{link}` are filled in."""

    subject: str
    body: str


RESET = {
    "en": Text(
        "A new password for Visavis",
        "Hello {name},\n\nsomeone asked for a new password for this account. If it was you, choose "
        "one within {n} minutes:\n\n{link}\n\nIf not, ignore this message: nothing has changed.",
    ),
    "it": Text(
        "Una nuova password per Visavis",
        "Gentile {name},\n\nè stata chiesta una nuova password per questo account. Se la richiesta "
        "è Sua, ne scelga una entro {n} minuti:\n\n{link}\n\nAltrimenti ignori questo messaggio: "
        "nulla è cambiato.",
    ),
}

CONFIRMATION = {
    "en": Text(
        "Confirm your e-mail address",
        "Hello,\n\nplease confirm that this address is yours, within {n} hours:\n\n{link}\n\n"
        "If you did not create an account, ignore this message: nothing happens.",
    ),
    "it": Text(
        "Confermi il Suo indirizzo e-mail",
        "Buongiorno,\n\nconfermi entro {n} ore che questo indirizzo è Suo:\n\n{link}\n\n"
        "Se non ha creato un account, ignori questo messaggio: non accade nulla.",
    ),
}
"""Without name: whoever registers types one, and what strangers type is not sent to strangers."""
TAKEN = {
    "en": Text(
        "Your account on Visavis",
        "Hello {name},\n\nsomeone wanted to use your address for another account; it has one "
        "already. If it was you, log in, or ask there for a new password:\n\n{link}\n\n"
        "If not, ignore this message: nothing has changed.",
    ),
    "it": Text(
        "Il Suo account Visavis",
        "Gentile {name},\n\nil Suo indirizzo è stato indicato per un altro account, ma ne ha già "
        "uno. Se la richiesta è Sua, acceda o chieda lì una nuova password:\n\n{link}\n\n"
        "Altrimenti ignori questo messaggio: nulla è cambiato.",
    ),
}
NEW_ADDRESS = {
    "en": Text(
        "Confirm your new e-mail address",
        "Hello,\n\nplease confirm within {n} hours that you want to log in to Visavis with this "
        "address from now on:\n\n{link}\n\n"
        "If you did not ask for this, ignore this message: nothing happens.",
    ),
    "it": Text(
        "Confermi il Suo nuovo indirizzo e-mail",
        "Buongiorno,\n\nconfermi entro {n} ore che d’ora in poi vuole accedere a Visavis con "
        "questo indirizzo:\n\n{link}\n\n"
        "Se non ne ha fatto richiesta, ignori questo messaggio: non accade nulla.",
    ),
}
"""Without name, since it may reach a stranger."""
CHANGING = {
    "en": Text(
        "A new e-mail address for Visavis",
        "Hello {name},\n\nsomeone asked to use another address for this account. If it was you, "
        "there is nothing to do here: this address stays until the new one is confirmed.\n\n"
        "If not, choose a new password at once. That cancels the change and ends every login:"
        "\n\n{link}",
    ),
    "it": Text(
        "Un nuovo indirizzo e-mail per Visavis",
        "Gentile {name},\n\nè stato chiesto di usare un altro indirizzo per questo account. Se la "
        "richiesta è Sua, qui non c’è nulla da fare: questo indirizzo resta finché il nuovo non è "
        "confermato.\n\nAltrimenti scelga subito una nuova password. Così il cambio è annullato e "
        "ogni accesso termina:\n\n{link}",
    ),
}
CHANGED = {
    "en": Text(
        "Your e-mail address for Visavis has changed",
        "Hello {name},\n\nfrom now on you log in to Visavis with your new address. This one is "
        "not used any more.\n\nIf it was not you, tell whoever runs this server at once.",
    ),
    "it": Text(
        "Il Suo indirizzo e-mail per Visavis è cambiato",
        "Gentile {name},\n\nd’ora in poi accede a Visavis con il Suo nuovo indirizzo. Questo non è "
        "più in uso.\n\nSe non è stata una Sua scelta, lo dica subito a chi gestisce il server.",
    ),
}

NEW_PASSWORD = {
    "en": Text(
        "Your password for Visavis has changed",
        "Hello {name},\n\nthe password of your account was changed just now. If it was you, there "
        "is nothing to do.\n\nIf not, ask for a new password at once. That ends every login:"
        "\n\n{link}",
    ),
    "it": Text(
        "La Sua password per Visavis è cambiata",
        "Gentile {name},\n\nla password del Suo account è stata appena cambiata. Se è stata una "
        "Sua scelta, non c’è nulla da fare.\n\nAltrimenti chieda subito una nuova password. Così "
        "ogni accesso termina:\n\n{link}",
    ),
}

HOUR_S = 3600
DAY = timedelta(days=1)


class AccountMail:
    """Writes letters to therapists about their own accounts."""

    def __init__(self, letters: Letters, *, can_send: bool) -> None:
        """Take the outbox.

        Args:
            can_send: There is a gateway. A letter that is kept for the page of messages helps
                nobody who cannot log in.
        """
        self._letters = letters
        self.can_send = can_send

    async def send_reset(
        self, tx: Transaction, to: Therapist, link: str, lasts: timedelta, *, now: datetime
    ) -> None:
        text, minutes = _choose(RESET, to), int(lasts.total_seconds() // 60)
        letter = _letter("password_reset", to, text, link=link, n=minutes, lasts=lasts)
        await self._letters.enqueue(tx, letter, now=now)

    async def send_confirmation(
        self, tx: Transaction, to: Therapist, link: str, lasts: timedelta, *, now: datetime
    ) -> None:
        text, hours = _choose(CONFIRMATION, to), int(lasts.total_seconds() // HOUR_S)
        letter = _letter("confirmation", to, text, link=link, n=hours, lasts=lasts)
        await self._letters.enqueue(tx, replace(letter, therapist_id=None), now=now)

    async def send_new_address(
        self, tx: Transaction, to: Therapist, link: str, lasts: timedelta, *, now: datetime
    ) -> None:
        text, hours = _choose(NEW_ADDRESS, to), int(lasts.total_seconds() // HOUR_S)
        letter = _letter("new_address", to, text, link=link, n=hours, lasts=lasts)
        await self._letters.enqueue(tx, letter, now=now)

    async def send_changing(
        self, tx: Transaction, to: Therapist, link: str, *, now: datetime
    ) -> None:
        letter = _letter("address_changing", to, _choose(CHANGING, to), link=link, lasts=DAY)
        await self._letters.enqueue(tx, letter, now=now)

    async def send_changed(self, tx: Transaction, to: Therapist, *, now: datetime) -> None:
        letter = _letter("address_changed", to, _choose(CHANGED, to), link="", lasts=DAY)
        await self._letters.enqueue(tx, letter, now=now)

    async def send_new_password(
        self, tx: Transaction, to: Therapist, link: str, *, now: datetime
    ) -> None:
        letter = _letter("password_changed", to, _choose(NEW_PASSWORD, to), link=link, lasts=DAY)
        await self._letters.enqueue(tx, letter, now=now)

    async def send_taken(self, tx: Transaction, to: Therapist, link: str, *, now: datetime) -> None:
        letter = _letter("address_taken", to, _choose(TAKEN, to), link=link, lasts=DAY)
        once = f"address_taken:{to.id}:{now:%Y-%m-%d}"
        await self._letters.enqueue(tx, replace(letter, once=once), now=now)


def _choose(texts: dict[str, Text], to: Therapist) -> Text:
    return texts.get(to.language, texts["en"])


def _letter(
    kind: str, to: Therapist, text: Text, *, link: str, lasts: timedelta, n: int = 0
) -> Letter:
    return Letter(
        kind=kind,
        channel="email",
        to=to.email,
        subject=text.subject,
        text=fill(text.body, name=to.name, link=link, n=n),
        sender_name=SENDER,
        therapist_id=to.id,
        patient_id=None,
        once=None,
        lasts=lasts,
    )


def fill(text: str, *, name: str, link: str, n: int) -> str:
    """Fill in; what a name holds is not read for further places."""
    if "{name}" not in text:
        return text.replace("{n}", str(n)).replace("{link}", link)
    before, _, after = text.partition("{name}")
    return before + name + after.replace("{n}", str(n)).replace("{link}", link)
