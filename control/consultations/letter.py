"""What goes out with the link, by WORDS.md "First consultation". PURE."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from control import dates
from control.calling import Gender, called_name

LINK = "{link}"
SUBJECTS = {
    "en": "Your appointment online",
    "it": "Il Suo appuntamento online",
    "de": "Ihr Termin online",
    "fr": "Votre rendez-vous en ligne",
    "es": "Su cita en línea",
}
TEXTS = {
    "en": (
        "Hello,\n\n{therapist} invites you to a first meeting online. At the agreed time open this "
        "link in Chrome, Edge, Firefox or Safari; there is nothing to install:\n\n{link}\n\n"
        "It belongs to the first device where someone presses Continue. Expires: {date}.\n"
        "Nobody sees or hears you before you are let in."
    ),
    "it": (
        "Buongiorno,\n\n{therapist} La invita a un primo incontro online. All’ora concordata apra "
        "questo link in Chrome, Edge, Firefox o Safari; non serve installare nulla:\n\n{link}\n\n"
        "Vale per il primo dispositivo su cui si preme Continua. Scade: {date}.\n"
        "Prima del Suo ingresso nessuno La vede o La sente."
    ),
    "de": (
        "Guten Tag,\n\n{therapist} lädt Sie zu einem ersten Treffen online ein. Öffnen Sie diesen "
        "Link zur vereinbarten Zeit in Chrome, Edge, Firefox oder Safari; zu installieren ist "
        "nichts:\n\n{link}\n\n"
        "Er gehört dem ersten Gerät, auf dem jemand „Weiter“ drückt. Läuft ab: {date}.\n"
        "Niemand sieht oder hört Sie, bevor Sie eingelassen werden."
    ),
    "fr": (
        "Bonjour,\n\n{therapist} vous invite à une première rencontre en ligne. À l’heure "
        "convenue, ouvrez ce lien dans Chrome, Edge, Firefox ou Safari\u00a0; il n’y a rien à "
        "installer\u00a0:\n\n{link}\n\n"
        "Il appartient au premier appareil sur lequel on appuie sur Continuer. Expire\u00a0: "
        "{date}.\n"
        "Personne ne vous voit ni ne vous entend avant votre entrée."
    ),
    "es": (
        "Hola:\n\n{therapist} le invita a un primer encuentro en línea. A la hora acordada, abra "
        "este enlace en Chrome, Edge, Firefox o Safari; no hay que instalar nada:\n\n{link}\n\n"
        "Es del primer dispositivo en el que alguien pulse Continuar. Caduca: {date}.\n"
        "Nadie le ve ni le oye antes de que entre."
    ),
}
SMS = {
    "en": "{therapist} sends you the link for your appointment: {link}",
    "it": "{therapist} Le invia il link per l'appuntamento: {link}",
    "de": "{therapist} sendet Ihnen den Link für Ihren Termin: {link}",
    "fr": "{therapist} vous envoie le lien de votre rendez-vous\u00a0: {link}",
    "es": "{therapist} le manda el enlace de su cita: {link}",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One text for mail and one for SMS, each with the link."""

    subject: str
    text: str
    sms: str


def compose(
    *,
    language: str,
    therapist: str,
    gender: Gender = None,
    link: str,
    expires_at: datetime,
    message: str = "",
) -> Letter:
    """Write the letter: the therapist's own message where there is one, else our words."""
    language = language if language in TEXTS else "en"
    subject = SUBJECTS[language]
    if message:
        own = _with_link(message, link)
        return Letter(subject, own, own)
    called = called_name(therapist, language, gender)
    date = dates.day(expires_at, language)  # in UTC
    text = TEXTS[language].format(therapist=called, link=link, date=date)
    sms = SMS[language].format(therapist=called[:1].upper() + called[1:], link=link)
    return Letter(subject, text, sms.replace("\u00a0", " "))  # GSM-7 has no such space


def _with_link(message: str, link: str) -> str:
    """Put the link where the message has it, else on a line of its own below.

    Only this one placeholder is known; other braces are text.
    """
    return message.replace(LINK, link) if LINK in message else f"{message}\n{link}"
