"""What messages say: the words of WORDS.md, filled in, in signs a phone takes."""

from __future__ import annotations

from typing import Any

import pytest

from control.http.wire import PATIENT_LANGUAGES
from control.notifications.texts import (
    ALERT,
    LINK,
    LONGEST_ALERT,
    Template,
    alert_fault,
    fill,
    for_sms,
)

GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
"""GSM 03.38, with its extension."""
TELLING = ("session", "therap", "patient", "psych", "sedut", "terap", "pazien", "psico")
ALL = [(name, language, of[language]) for name, of in (("alert", ALERT), ("link", LINK))
       for language in of]  # fmt: skip


def test_every_message_is_there_in_every_language() -> None:
    for of in (ALERT, LINK):
        assert sorted(of) == sorted(PATIENT_LANGUAGES)


@pytest.mark.parametrize(("name", "language", "template"), ALL)
def test_our_own_words_keep_the_rules(name: str, language: str, template: Template) -> None:
    for text in (template.email, template.sms):
        assert alert_fault(text) is None
        assert text.count("{link}") == 1
        bare = text.replace("{therapist}", "").lower()
        assert not any(word in bare for word in TELLING)
    assert not any(word in template.subject.lower() for word in TELLING)
    assert set(for_sms(template.sms)) <= GSM_7
    assert len(template.sms.replace("{link}", "")) <= 80
    assert any(line == "{link}" for line in template.email.splitlines())


def filled(text: str, language: str = "it", **changes: str) -> str:
    values: dict[str, Any] = {
        "name": "Bruna T.",
        "therapist": "Dott.ssa Rossi",
        "link": "https://v.test/v#t",
    }
    return fill(text, **values | changes, language=language)


def test_an_alert_in_italian_calls_both_as_italian_does() -> None:
    assert filled(ALERT["it"].sms) == ("Bruna, la Dott.ssa Rossi La attende: https://v.test/v#t")
    assert filled(LINK["it"].sms).startswith("La Dott.ssa Rossi Le invia")
    assert filled(ALERT["it"].email).startswith("Gentile Bruna,\n\nLa Dott.ssa Rossi La attende.")


@pytest.mark.parametrize(
    ("name", "called"),
    [("Sig.ra Bianchi", "Sig.ra Bianchi"), ("Frau Weber", "Frau Weber"), ("M. Petit", "M. Petit"),
     ("Med Ali", "Med"), ("", "")],
)  # fmt: skip
def test_titles_of_patients_keep_their_names(name: str, called: str) -> None:
    assert filled("{name}", name=name) == called


def test_what_is_filled_in_is_not_read_again() -> None:
    assert filled("{name}", name="{link}") == "{link}"
    assert filled("{therapist}: {name}", "en", therapist="{name}") == "{name}: Bruna"


@pytest.mark.parametrize(
    "text", ["Hi {nome}", "Hi {name", "Hi name}", "{}", "{ name }", "{{name}}"]
)
def test_unknown_and_broken_placeholders_are_refused(text: str) -> None:
    assert alert_fault(text) == "alert_placeholder"


def test_length_is_bounded() -> None:
    assert alert_fault("x" * LONGEST_ALERT) is None
    assert alert_fault("x" * (LONGEST_ALERT + 1)) == "alert_too_long"


def test_signs_that_cost_a_second_sms_are_replaced() -> None:
    text = for_sms("È l’ora… «Può» entrare – PERCHÉ È già")
    assert text == "E' l'ora... \"Può\" entrare - PERCHÉ E' già"
    assert set(text) <= GSM_7
