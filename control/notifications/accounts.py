"""The mail of accounts; implements `auth.ports.AccountMail`."""

from __future__ import annotations

from dataclasses import dataclass
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
        text = RESET.get(to.language, RESET["en"])
        letter = Letter(
            kind="password_reset",
            channel="email",
            to=to.email,
            subject=text.subject,
            text=fill(text.body, name=to.name, link=link, n=int(lasts.total_seconds() // 60)),
            sender_name=SENDER,
            therapist_id=to.id,
            patient_id=None,
            once=None,
            lasts=lasts,
        )
        await self._letters.enqueue(tx, letter, now=now)


def fill(text: str, *, name: str, link: str, n: int) -> str:
    """Fill in; what a name holds is not read for further places."""
    before, _, after = text.partition("{name}")
    return before + name + after.replace("{n}", str(n)).replace("{link}", link)
