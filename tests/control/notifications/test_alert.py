"""The alert to the patient, end to end in control: entering, what is sent, what the pages hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.control.stage import Page, Stage, make_config
from tests.support import mailbox
from tests.support.mailbox import Mailbox

OWN = "Dear {name}, come in:\n{link}\n{therapist}"


@pytest.fixture
async def post() -> AsyncIterator[Mailbox]:
    async with mailbox.smtp_server() as running:
        yield running


@pytest.fixture
async def stage(tmp_path: Path, post: Mailbox) -> AsyncIterator[Stage]:
    config = make_config(
        tmp_path, smtp_url=post.url, mail_from="visavis@practice.test", outbox="page"
    )
    async with Stage(config) as running:
        yield running


async def add_patient(therapist: Page, **changes: Any) -> str:
    form = {"name": "Alex M.", "email": "alex@example.org", "phone": "+39 333 1234567"}
    patient_id: str = (await therapist.post("/api/patients", form | changes, 201))["id"]
    return patient_id


async def enable(therapist: Page, patient_id: str, **changes: Any) -> Any:
    form = {"email": True, "sms": False, "text": None} | changes
    return await therapist.call("PUT", f"/api/patients/{patient_id}/alert", form, expect=200)


async def enter(therapist: Page, patient_id: str) -> str:
    session = await therapist.post("/api/sessions", {"patient_id": patient_id}, 201)
    await therapist.post(f"/api/sessions/{session['id']}/enter")
    return str(session["id"])


async def messages(therapist: Page, patient_id: str) -> list[dict[str, Any]]:
    found = await therapist.get(f"/api/patients/{patient_id}/messages")
    items: list[dict[str, Any]] = found["items"]
    return items


async def test_entering_sends_the_patient_their_link(stage: Stage, post: Mailbox) -> None:
    therapist = await stage.therapist(name="Dott.ssa Rossi")
    patient_id = await add_patient(therapist, language="it")
    link = await therapist.get(f"/api/patients/{patient_id}/invitation")
    await enable(therapist, patient_id)
    await enter(therapist, patient_id)
    letter = await post.until(1)
    assert letter["To"] == "alex@example.org"
    assert letter["From"].addresses[0].display_name == "Dott.ssa Rossi"
    assert letter["Subject"] == "Può entrare ora"
    body = letter.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    assert lines[0] == "Gentile Alex,"
    assert link["url"] in lines


async def test_a_patient_is_told_once_for_each_session(stage: Stage, post: Mailbox) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    await enable(therapist, patient_id, sms=True)
    session_id = await enter(therapist, patient_id)
    await asyncio.gather(*(therapist.post(f"/api/sessions/{session_id}/enter") for _ in range(3)))
    assert sorted(one["channel"] for one in await messages(therapist, patient_id)) == [
        "email",
        "sms",
    ]
    await therapist.post(f"/api/sessions/{session_id}/end")
    await enter(therapist, patient_id)
    assert len(await messages(therapist, patient_id)) == 4
    await post.until(2)


async def test_nobody_is_told_who_is_not_to_be(stage: Stage) -> None:
    therapist = await stage.therapist()
    silent = await add_patient(therapist)
    await enter(therapist, silent)
    without_address = await add_patient(therapist, email=None, phone=None)
    await enable(therapist, without_address, sms=True)
    await enter(therapist, without_address)
    revoked = await add_patient(therapist)
    await enable(therapist, revoked)
    await therapist.call("DELETE", f"/api/patients/{revoked}/invitation", expect=204)
    await enter(therapist, revoked)
    for patient_id in (silent, without_address, revoked):
        assert await messages(therapist, patient_id) == []


async def test_pages_hear_what_became_of_a_message(stage: Stage, post: Mailbox) -> None:
    post.answers_to_rcpt = ["550 5.1.1 no such mailbox"]
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    await enable(therapist, patient_id)
    live = await therapist.live("/api/live")
    await enter(therapist, patient_id)
    told = await live.until(
        lambda message: message["type"] == "messages" and message["items"][0]["failure"]
    )
    assert told["patient_id"] == patient_id
    (item,) = told["items"]
    assert (item["kind"], item["state"]) == ("alert", "refused")
    assert (item["failure"], item["sent_at"]) == ("no_such_address", None)


async def test_own_words_are_sent_and_kept_by_version(stage: Stage, post: Mailbox) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    saved = await enable(therapist, patient_id, text=f"  {OWN} ")
    assert (saved["version"], saved["text"]) == (2, OWN)
    assert await enable(therapist, patient_id, text=OWN) == saved
    assert await therapist.get(f"/api/patients/{patient_id}/alert") == saved
    switches = {"self_view": False, "clock": False}
    await therapist.call("PUT", f"/api/patients/{patient_id}/setting", switches, expect=200)
    assert (await therapist.get(f"/api/patients/{patient_id}/alert"))["text"] == OWN
    await enter(therapist, patient_id)
    body = (await post.until(1)).get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[0] == "Dear Alex, come in:"
    assert (await enable(therapist, patient_id, text=" "))["text"] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("Hi {nome}", "alert_placeholder"), ("Hi {name", "alert_placeholder"),
     ("x" * 10_000, "alert_too_long")],
)  # fmt: skip
async def test_a_text_that_cannot_be_sent_is_refused_in_words(
    stage: Stage, text: str, code: str
) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    form = {"email": True, "sms": False, "text": text}
    path = f"/api/patients/{patient_id}/alert"
    refused = await therapist.call("PUT", path, form, expect=400)
    assert refused["code"] == code
    assert (await therapist.get(path))["version"] == 1


async def test_the_link_is_sent_on_request_and_once_for_a_double_click(
    stage: Stage, post: Mailbox
) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    path = f"/api/patients/{patient_id}/link/send"
    for _ in range(2):
        sent = await therapist.post(path, {"channel": "email"}, 202)
    assert [one["kind"] for one in sent["items"]] == ["link"]
    assert sent["ways"] == {"email": "sent", "sms": "kept"}
    letter = await post.until(1)
    assert letter["Subject"] == "Your appointment online"


async def test_a_link_that_cannot_be_sent_is_refused_in_words(stage: Stage) -> None:
    therapist = await stage.therapist()
    bare = await add_patient(therapist, email=None, phone=None)
    path = f"/api/patients/{bare}/link/send"
    refused = [await therapist.post(path, {"channel": one}, 409) for one in ("email", "sms")]
    assert [one["code"] for one in refused] == ["no_email_address", "no_phone_number"]
    patient_id = await add_patient(therapist)
    await therapist.call("DELETE", f"/api/patients/{patient_id}/invitation", expect=204)
    path = f"/api/patients/{patient_id}/link/send"
    assert (await therapist.post(path, {"channel": "email"}, 404))["code"] == "no_link"


async def test_the_page_shows_a_therapist_her_own_messages_alone(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    await enable(therapist, patient_id, email=False, sms=True)
    await enter(therapist, patient_id)
    (kept,) = (await therapist.get("/api/messages"))["items"]
    assert (kept["to"], kept["channel"]) == ("+393331234567", "sms")
    assert kept["text"].startswith("Alex, Dr. Rossi is ready for you: https://visavis.test/v#")
    other = await stage.therapist("bianchi@example.org")
    assert (await other.get("/api/messages"))["items"] == []
    await other.call("DELETE", f"/api/messages/{kept['id']}", expect=204)
    await other.get(f"/api/patients/{patient_id}/messages", 404)
    assert len((await therapist.get("/api/messages"))["items"]) == 1
    await therapist.call("DELETE", f"/api/messages/{kept['id']}", expect=204)
    assert (await therapist.get("/api/messages"))["items"] == []
    assert (await messages(therapist, patient_id))[0]["state"] == "removed"


async def test_erasing_a_patient_erases_what_was_written_to_them(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    await therapist.post(f"/api/patients/{patient_id}/link/send", {"channel": "sms"}, 202)
    await therapist.call("DELETE", f"/api/patients/{patient_id}", expect=204)
    assert (await therapist.get("/api/messages"))["items"] == []
