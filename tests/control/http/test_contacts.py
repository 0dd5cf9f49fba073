"""E-mail addresses and phone numbers, as they are stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from control.http.wire import Email, Phone
from tests.control.stage import Stage, make_config

EMAIL: TypeAdapter[str] = TypeAdapter(Email)
PHONE: TypeAdapter[str] = TypeAdapter(Phone)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("alex@example.org", "alex@example.org"),
        (" Alex.M+visit@Example.ORG ", "Alex.M+visit@example.org"),
        ("demo@visavis.local", "demo@visavis.local"),
        ("a@clinic.test", "a@clinic.test"),
        ("jos\u00e9@bücher.example.org", "jos\u00e9@bücher.example.org"),
        ("jose\u0301@xn--bcher-kva.example.org", "jos\u00e9@bücher.example.org"),
    ],
)
def test_email_is_stored_in_one_spelling(text: str, stored: str) -> None:
    assert EMAIL.validate_python(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        *("", "nowhere", "a@", "@b.cd", "a@b", "a b@c.de", "a@b..cd", "a@[192.0.2.1]"),
        *("a@x.localhost", "Alex <alex@example.org>", f"{'a' * 65}@example.org"),
        "a@example.org\nBcc: b@example.org",
    ],
)
def test_what_no_mail_reaches_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        EMAIL.validate_python(text)


@pytest.mark.parametrize(
    ("text", "region", "stored"),
    [
        ("+39 333 1234567", "DE", "+393331234567"),
        ("0039 333 1234567", "IT", "+393331234567"),
        ("333 123 4567", "IT", "+393331234567"),
        ("(06) 6982.0000", "IT", "+390669820000"),
        ("030/901820", "DE", "+4930901820"),
        ("+49 (0) 30 901820", "IT", "+4930901820"),
    ],
)
def test_phone_is_stored_with_its_country(text: str, region: str, stored: str) -> None:
    assert PHONE.validate_python(text, context={"region": region}) == stored


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("call me", "not a phone number"),
        ("+999 1234567", "country code"),
        ("+39 1", "too short"),
        ("+1 555 0100", "area code"),
        ("+39 333 1234567 1234567", "too long"),
        ("+1 212 555 0100 ext. 5", "extension"),
    ],
)
def test_phone_that_nobody_can_call_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        PHONE.validate_python(text)


async def test_numbers_without_country_are_of_the_region_that_is_set(tmp_path: Path) -> None:
    async with Stage(make_config(tmp_path, region="DE")) as stage:
        therapist = await stage.therapist()
        patient = {"name": "Alex M.", "phone": "030 901820", "email": "Alex@Example.org"}
        added = await therapist.post("/api/patients", patient, 201)
        assert (added["phone"], added["email"]) == ("+4930901820", "Alex@example.org")
        wrong = await therapist.post("/api/patients", patient | {"phone": "no"}, 400)
        assert wrong == {"code": "invalid_body", "text": "phone: this is not a phone number"}
        wrong = await therapist.post("/api/patients", patient | {"email": "nowhere"}, 400)
        assert wrong["text"] == "email: An email address must have an @-sign."
