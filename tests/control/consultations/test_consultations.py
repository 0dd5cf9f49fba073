"""First consultations from the link to the decision."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from control.consultations.model import KEPT, MOST
from control.invitations.model import ONE_TIME_LIFETIME
from tests.control.consultations.first import NOTE, First
from tests.control.data import tables
from tests.control.stage import PASSWORD, Page, Stage, make_config

GIULIA = {"name": "Giulia B.", "email": "giulia@example.org", "language": "it"}
EXPORT = "from=2026-01-01&to=2026-12-31&zone=Europe/Rome&language=en"
LOGIN = {"email": "rossi@example.org", "password": PASSWORD}


async def test_stage_follows_the_guest_from_the_link_to_the_decision(first: First) -> None:
    stages = [(await first.read())["stage"]]
    await first.press_continue()
    stages.append((await first.read())["stage"])
    _, path = await first.meet()
    stages.append((await first.read())["stage"])
    await first.therapist.post(f"{path}/hold")
    stages.append((await first.read())["stage"])
    await first.therapist.post(f"{path}/end")
    stages.append((await first.read())["stage"])
    stages.append((await first.therapist.post(f"{first.path}/later"))["stage"])
    assert stages == ["unopened", "opened", "in_contact", "waiting", "met", "later"]


async def test_link_that_expired_or_was_withdrawn_is_said_and_can_be_made_anew(
    first: First,
) -> None:
    await first.therapist.call("DELETE", first.link, expect=204)
    assert (await first.read())["stage"] == "withdrawn"
    assert (await first.therapist.get(f"{first.path}/letter", 404))["code"] == "no_link"
    await first.therapist.post(first.link, expect=201)
    assert (await first.read())["stage"] == "unopened"
    first.stage.clock.advance(ONE_TIME_LIFETIME.total_seconds())
    await first.therapist.post("/api/login", LOGIN)
    assert (await first.read())["stage"] == "expired"


async def test_guest_waits_on_home_and_is_in_no_list_of_patients_or_sessions(first: First) -> None:
    await first.meet()
    session = await first.session()
    assert (session["patient_name"], session["is_guest"], session["is_first"]) == (
        "Giulia",
        True,
        True,
    )
    await first.therapist.post("/api/patients", {"name": "Alex M."}, 201)
    (patient,) = (await first.therapist.get("/api/patients"))["items"]
    assert patient["name"] == "Alex M."
    for path in ("/api/patients?search=giulia", "/api/sessions"):
        assert (await first.therapist.get(path))["items"] == []
    assert "Giulia" not in await first.therapist.get(f"/api/sessions/export?{EXPORT}")
    for search in ("search=giulia", f"patient={first.id}"):
        assert (await first.therapist.get(f"/api/sessions?{search}"))["items"] == []
    one = f"/api/patients/{first.id}"
    for method, body in (("GET", None), ("PATCH", {"name": "X"}), ("DELETE", None)):
        refused = await first.therapist.call(method, one, body, expect=404)
        assert refused["code"] == "no_patient"
    (listed,) = (await first.therapist.get("/api/consultations"))["items"]
    assert (listed["name"], listed["note"], listed["stage"]) == ("Giulia", NOTE, "in_contact")


async def test_guest_has_a_setting_of_its_own(first: First) -> None:
    waiting = await first.arrive()
    change = {"self_view": False, "clock": False}
    await first.therapist.call("PUT", f"/api/patients/{first.id}/setting", change, expect=200)
    await waiting.until(lambda message: change.items() <= message["visit"]["setting"].items())


async def test_adding_as_a_patient_in_contact_keeps_sessions_setting_and_device(
    first: First,
) -> None:
    waiting, path = await first.meet()
    home = await first.therapist.live("/api/live")
    patient = await first.therapist.post(f"{first.path}/add", GIULIA, 201)
    assert (patient["id"], patient["name"], patient["link_state"]) == (
        first.id,
        "Giulia B.",
        "valid",
    )
    pushed = await home.session(lambda one: not one["is_guest"])
    assert (pushed["patient_name"], pushed["state"]) == ("Giulia B.", "in_contact")
    await waiting.until(lambda message: message["visit"]["name"] == "Giulia B.")
    assert (await first.guest.get("/api/visit"))["state"] == "in_contact"
    await first.guest.offer("/api/visit/offer")
    await first.therapist.post(f"{path}/end")
    (session,) = (await first.therapist.get("/api/sessions"))["items"]
    assert (session["patient_id"], session["outcome"]) == (first.id, "attended")
    assert (await first.therapist.get("/api/patients?search=giulia"))["items"][0]["id"] == first.id
    assert (await first.therapist.get("/api/consultations"))["items"] == []
    assert await rows(first, "consultations") == 0


async def test_patient_added_gets_a_link_for_any_device_and_the_one_time_link_is_void(
    first: First,
) -> None:
    await first.press_continue()
    await first.therapist.post(f"{first.path}/add", GIULIA, 201)
    assert (await first.look(expect=404))["code"] == "link_unknown"
    link = await first.therapist.get(first.link)
    assert not link["is_one_time"]
    first.token = link["url"].partition("#")[2]
    tablet = first.stage.page()
    assert (await first.press_continue(None, tablet, take_over=True))["name"] == "Giulia B."


async def test_who_decides_twice_reads_that_it_is_done(first: First) -> None:
    await first.therapist.post(f"{first.path}/add", GIULIA, 201)
    for method, path in (
        ("POST", f"{first.path}/add"),
        ("POST", f"{first.path}/later"),
        ("DELETE", first.path),
    ):
        body = GIULIA if path.endswith("add") else None
        refused = await first.therapist.call(method, path, body, expect=404)
        assert refused["code"] == "no_consultation"
    assert (await first.therapist.get(f"/api/patients/{first.id}"))["name"] == "Giulia B."


async def test_discarding_in_contact_closes_the_room_first_and_erases_every_row(
    first: First, database_url: str
) -> None:
    waiting, path = await first.meet()
    session_id = path.rpartition("/")[2]
    await first.therapist.call("DELETE", first.path, expect=204)
    assert first.stage.media.room(session_id) is None
    calls = [call for call, room in first.stage.media.calls if room == session_id]
    assert calls.index("close_gate") < calls.index("close_room")
    await waiting.until(lambda message: message["type"] == "revoked")
    content = await tables.read(database_url)
    named = {table for table, rows in content.items() for row in rows if names(row, first.id)}
    assert named == set()
    for table in ("patients", "invitations", "settings", "sessions", "visits", "consultations"):
        assert content[table] == []
    await first.guest.get("/api/visit", 401)
    assert (await first.look(expect=404))["code"] == "link_unknown"
    assert (await first.therapist.get(first.path, 404))["code"] == "no_consultation"


def names(row: dict[str, Any], guest_id: str) -> bool:
    return guest_id in row.values()


async def test_nothing_that_was_written_stands_in_clear_in_the_database(
    first: First, database_url: str
) -> None:
    await first.press_continue("Giulia")
    await first.therapist.call("PATCH", first.path, {"message": "See you: {link}"}, expect=200)
    text = repr(await tables.read(database_url))
    for secret in ("Giulia", NOTE, "See you", first.token):
        assert secret not in text


async def test_consultation_of_another_therapist_does_not_exist(first: First) -> None:
    other = await first.stage.therapist("other@example.org")
    assert (await other.get("/api/consultations"))["items"] == []
    for method, path, body in (
        ("GET", first.path, None),
        ("PATCH", first.path, {"note": "mine"}),
        ("GET", f"{first.path}/letter", None),
        ("POST", f"{first.path}/add", GIULIA),
        ("POST", f"{first.path}/later", None),
        ("DELETE", first.path, None),
        ("GET", first.link, None),
        ("POST", first.link, None),
        ("DELETE", first.link, None),
        ("POST", "/api/sessions", {"patient_id": first.id}),
    ):
        await other.call(method, path, body, expect=404)
    assert (await first.read())["note"] == NOTE


async def test_undecided_consultation_is_erased_after_the_stated_time(first: First) -> None:
    _, path = await first.meet()
    first.stage.clock.advance(10)
    await first.therapist.post(f"{path}/end")
    erase_at = ONE_TIME_LIFETIME + KEPT
    await pass_time(first, erase_at - timedelta(minutes=1))
    assert len(await consultations(first)) == 1
    await pass_time(first, timedelta(minutes=1))
    assert await consultations(first) == []
    assert await rows(first, "patients") == await rows(first, "sessions") == 0


async def test_deciding_later_keeps_it_for_longer_and_an_open_session_keeps_it(
    first: First,
) -> None:
    await pass_time(first, ONE_TIME_LIFETIME + KEPT - timedelta(hours=1))
    before = (await first.read())["erase_at"]
    after = (await first.therapist.post(f"{first.path}/later"))["erase_at"]
    assert after > before
    await pass_time(first, KEPT - timedelta(hours=1))
    await first.therapist.post("/api/sessions", {"patient_id": first.id}, 201)
    await pass_time(first, timedelta(hours=1))
    assert len(await consultations(first)) == 1


async def test_letter_is_in_the_guests_language_with_the_link_and_the_day_it_expires(
    first: First,
) -> None:
    english = await first.therapist.get(f"{first.path}/letter")
    assert english["subject"] == "Your appointment online"
    assert f"{first.stage.config.public_url}/v#{first.token}" in english["text"]
    assert "Expires: Monday 16 March." in english["text"]
    await first.therapist.call("PATCH", first.path, {"language": "it"}, expect=200)
    italian = await first.therapist.get(f"{first.path}/letter")
    assert "Scade: lunedì 16 marzo." in italian["text"]
    assert italian["sms"].startswith("Dr. Rossi Le invia il link per l'appuntamento: https://")


@pytest.mark.parametrize(
    ("language", "subject", "expires", "sms"),
    [
        ("de", "Ihr Termin online", "Läuft ab: Montag, 16. März.", "Dr. Rossi sendet Ihnen"),
        ("fr", "Votre rendez-vous en ligne", "Expire\u00a0: lundi 16 mars.", "Le Dr. Rossi vous"),
        ("es", "Su cita en línea", "Caduca: lunes, 16 de marzo.", "Dr. Rossi le manda"),
    ],
)
async def test_letter_speaks_every_language_of_the_patients_pages(
    first: First, language: str, subject: str, expires: str, sms: str
) -> None:
    await first.therapist.call("PATCH", first.path, {"language": language}, expect=200)
    letter = await first.therapist.get(f"{first.path}/letter")
    assert letter["subject"] == subject
    assert expires in letter["text"]
    assert letter["sms"].startswith(sms)
    assert "\u00a0" not in letter["sms"]


@pytest.mark.parametrize(
    ("message", "begins", "ends"),
    [
        ("Open {link} on Tuesday", "Open https://", " on Tuesday"),
        ("See you on Tuesday", "See you on Tuesday\nhttps://", ""),
        ("{name} {link", "{name} {link\nhttps://", ""),
    ],
)
async def test_own_message_goes_with_the_link(
    stage: Stage, message: str, begins: str, ends: str
) -> None:
    first = await First.begin(stage)
    await first.therapist.call("PATCH", first.path, {"message": message}, expect=200)
    letter = await first.therapist.get(f"{first.path}/letter")
    for text in (letter["text"], letter["sms"]):
        assert text.startswith(begins)
        assert text.endswith(ends)


async def test_link_is_sent_by_mail_and_goes_with_the_guest(
    tmp_path: Path, database_url: str
) -> None:
    config = make_config(tmp_path, database_url=database_url, outbox="page")
    async with Stage(config) as stage:
        first = await First.begin(stage)
        assert (await first.therapist.get(f"{first.path}/letter"))["channels"] == ["email", "sms"]
        form = {"email": "giulia@EXAMPLE.org"}
        sent = await first.therapist.post(f"{first.path}/send", form)
        assert (sent["email"], sent["phone"]) == ("giulia@example.org", None)
        assert (sent["sent"]["channel"], sent["sent"]["state"]) == ("email", "kept")
        (message,) = (await tables.read(database_url))["messages"]
        assert (message["kind"], message["channel"]) == ("first_consultation", "email")
        assert message["patient_id"] == first.id
        await first.therapist.call("DELETE", first.path, expect=204)
        assert (await tables.read(database_url))["messages"] == []


async def test_link_is_not_sent_without_a_gateway_or_to_nowhere(first: First) -> None:
    assert (await first.therapist.get(f"{first.path}/letter"))["channels"] == []
    path = f"{first.path}/send"
    refused = await first.therapist.post(path, {"phone": "+39 333 1234567"}, 409)
    assert refused["code"] == "no_sms"
    both = {"email": "a@example.org", "phone": "+393331234567"}
    for form in ({}, {"email": "nowhere"}, {"phone": "call me"}, both):
        assert (await first.therapist.post(path, form, 400))["code"] == "invalid_body"
    await first.therapist.call("DELETE", first.link, expect=204)
    form = {"email": "giulia@example.org"}
    assert (await first.therapist.post(path, form, 404))["code"] == "no_link"
    assert (await first.read())["email"] is None


@pytest.mark.parametrize(
    "wrong",
    [{"note": "x" * 2001}, {"message": "a\u0007b"}, {"note": "a\u202eb"}, {"language": "tlh"}],
)
async def test_text_that_cannot_be_kept_is_refused(stage: Stage, wrong: dict[str, str]) -> None:
    therapist = await stage.therapist()
    refused = await therapist.post("/api/consultations", wrong, 400)
    assert refused["code"] == "invalid_body"
    assert next(iter(wrong)) in refused["text"]
    assert (await therapist.get("/api/consultations"))["items"] == []


async def test_there_is_an_end_to_undecided_consultations(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control.consultations.service.MOST", 2)
    therapist = await stage.therapist()
    for _ in range(2):
        await therapist.post("/api/consultations", {}, 201)
    assert (await therapist.post("/api/consultations", {}, 409))["code"] == "too_many"
    assert MOST == 200


async def test_session_is_the_first_until_another_was_met(stage: Stage) -> None:
    first = await First.begin(stage)
    _, path = await first.meet()
    assert (await first.session())["is_first"]
    await first.therapist.post(f"{path}/end")
    first.stage.clock.advance(60)
    session = await first.therapist.post("/api/sessions", {"patient_id": first.id}, 201)
    assert not session["is_first"]


async def consultations(first: First) -> Any:
    await relogin(first.therapist)
    return (await first.therapist.get("/api/consultations"))["items"]


async def relogin(page: Page) -> None:
    await page.post("/api/login", LOGIN)


async def pass_time(first: First, time: timedelta) -> None:
    first.stage.clock.advance(time.total_seconds())
    await first.stage.control.expire()
    await relogin(first.therapist)


async def rows(first: First, table: str) -> int:
    async with first.stage.control.database.read() as tx:
        found: int = (await tx.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one()
    return found
