"""What messages say, by language, and how a text is filled in. PURE.

The words are WORDS.md's: nothing of a session or a reason in subject and first line, one link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from control.calling import Gender, called_name, first_name

LONGEST_ALERT = 400  # characters, as the page counts them
PLACEHOLDER = re.compile(r"\{(name|therapist|link)\}")
SENTENCE_BEGINS = re.compile(r"(?:^|[.!?]\s+|\n\s*)$")
GSM = str.maketrans(
    {
        "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "…": "...",
        "–": "-", "—": "-", "\N{NO-BREAK SPACE}": " ",
        "À": "A'", "È": "E'", "Ì": "I'", "Ò": "O'", "Ù": "U'",
    }
)  # fmt: skip
"""Signs that make an SMS one of 70 characters instead of 160 (GSM 03.38), and what stands in."""


@dataclass(frozen=True, slots=True)
class Template:
    """One message in one language, with `{name}`, `{therapist}` and `{link}`."""

    subject: str
    email: str
    sms: str


ALERT = {
    "en": Template(
        "You can come in now",
        "Hello {name},\n\n{therapist} is ready for you. Open your link to come in:\n\n{link}\n\n"
        "It is for you alone, please do not pass it on.",
        "{name}, {therapist} is ready for you: {link}",
    ),
    "it": Template(
        "Può entrare ora",
        "Gentile {name},\n\n{therapist} La attende. Per entrare apra il Suo link:\n\n{link}\n\n"
        "È solo per Lei: non lo inoltri.",
        "{name}, {therapist} La attende: {link}",
    ),
    "de": Template(
        "Sie können jetzt eintreten",
        "Guten Tag {name},\n\n{therapist} ist bereit für Sie. Öffnen Sie Ihren Link, um "
        "einzutreten:\n\n{link}\n\nEr ist nur für Sie, bitte geben Sie ihn nicht weiter.",
        "{name}, {therapist} ist bereit für Sie: {link}",
    ),
    "fr": Template(
        "Vous pouvez entrer maintenant",
        "Bonjour {name},\n\n{therapist} vous attend. Ouvrez votre lien pour entrer\u00a0:\n\n"
        "{link}\n\nIl vous est réservé\u00a0: ne le transmettez pas, s’il vous plaît.",
        "{name}, {therapist} vous attend\u00a0: {link}",
    ),
    "es": Template(
        "Ya puede entrar",
        "Hola, {name}:\n\n{therapist} le espera. Abra su enlace para entrar:\n\n{link}\n\n"
        "Es solo para usted; por favor, no lo reenvíe.",
        "{name}, {therapist} le espera: {link}",
    ),
}
LINK = {
    "en": Template(
        "Your appointment online",
        "Hello {name},\n\n{therapist} sends you your link. At the agreed time open it in Chrome, "
        "Edge, Firefox or Safari; there is nothing to install:\n\n{link}\n\n"
        "It is for you alone, please do not pass it on. Nobody sees or hears you before you are "
        "let in.",
        "{therapist} sends you the link for your appointment: {link}",
    ),
    "it": Template(
        "Il Suo appuntamento online",
        "Gentile {name},\n\n{therapist} Le invia il Suo link. All’ora concordata lo apra in "
        "Chrome, Edge, Firefox o Safari; non serve installare nulla:\n\n{link}\n\n"
        "È solo per Lei: non lo inoltri. Prima del Suo ingresso nessuno La vede o La sente.",
        "{therapist} Le invia il link per l'appuntamento: {link}",
    ),
    "de": Template(
        "Ihr Termin online",
        "Guten Tag {name},\n\n{therapist} sendet Ihnen Ihren Link. Öffnen Sie ihn zur vereinbarten "
        "Zeit in Chrome, Edge, Firefox oder Safari; zu installieren ist nichts:\n\n{link}\n\n"
        "Er ist nur für Sie, bitte geben Sie ihn nicht weiter. Niemand sieht oder hört Sie, bevor "
        "Sie eingelassen werden.",
        "{therapist} sendet Ihnen den Link für Ihren Termin: {link}",
    ),
    "fr": Template(
        "Votre rendez-vous en ligne",
        "Bonjour {name},\n\n{therapist} vous envoie votre lien. À l’heure convenue, ouvrez-le dans "
        "Chrome, Edge, Firefox ou Safari\u00a0; il n’y a rien à installer\u00a0:\n\n{link}\n\n"
        "Il vous est réservé\u00a0: ne le transmettez pas, s’il vous plaît. Personne ne vous voit "
        "ni ne vous entend avant votre entrée.",
        "{therapist} vous envoie le lien de votre rendez-vous\u00a0: {link}",
    ),
    "es": Template(
        "Su cita en línea",
        "Hola, {name}:\n\n{therapist} le envía su enlace. A la hora acordada, ábralo en Chrome, "
        "Edge, Firefox o Safari; no hay que instalar nada:\n\n{link}\n\n"
        "Es solo para usted; por favor, no lo reenvíe. Nadie le ve ni le oye antes de que entre.",
        "{therapist} le manda el enlace de su cita: {link}",
    ),
}


def template(of: dict[str, Template], language: str) -> Template:
    return of.get(language, of["en"])


def alert_fault(text: str) -> str | None:
    """Return what is wrong with a therapist's own alert, as a code; None for nothing."""
    if len(text) > LONGEST_ALERT:
        return "alert_too_long"
    rest = PLACEHOLDER.sub("", text)
    return "alert_placeholder" if "{" in rest or "}" in rest else None


def fill(
    text: str,
    *,
    name: str,
    therapist: str,
    link: str,
    language: str,
    gender: Gender = None,
) -> str:
    """Put the names and the link in; what stands in them is not read again.

    A therapist's name has the article of the language, with a capital where a sentence begins.
    """
    values = {"name": first_name(name), "link": link}
    called = called_name(therapist, language, gender)

    def value(found: re.Match[str]) -> str:
        if found[1] != "therapist":
            return values[found[1]]
        begins = SENTENCE_BEGINS.search(text, 0, found.start())
        return called[:1].upper() + called[1:] if begins else called

    return PLACEHOLDER.sub(value, text)


def for_sms(text: str) -> str:
    """Return the text in signs of which 160 fit into one SMS, where there are such."""
    return text.translate(GSM)
