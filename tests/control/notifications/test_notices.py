"""Messages to the therapist herself: somebody waits unseen, a message failed, and quiet hours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from control.notifications.hours import QuietHours
from control.notifications.store import messages
from sfu.messages import Role
from tests.control.notifications.test_alert import add_patient, enable, enter
from tests.control.stage import Page, Stage, make_config
from tests.support import mailbox
from tests.support.mailbox import Mailbox

ROME = ZoneInfo("Europe/Rome")
WISHES = {
    "wait_minutes": 5,
    "email": True,
    "sms": False,
    "phone": None,
    "quiet": None,
    "zone": "Europe/Rome",
}
PATH = "/api/me/notices"


@pytest.fixture
async def post() -> AsyncIterator[Mailbox]:
    async with mailbox.smtp_server() as running:
        yield running


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, post: Mailbox) -> AsyncIterator[Stage]:
    """A running control on each kind of database, with e-mail and without SMS."""
    config = make_config(
        tmp_path,
        database_url=database_url,
        smtp_url=post.url,
        mail_from="visavis@practice.test",
        outbox="page",
    )
    async with Stage(config) as running:
        yield running


async def wish(therapist: Page, expect: int = 200, **changes: Any) -> Any:
    return await therapist.call("PUT", PATH, WISHES | changes, expect=expect)


async def pass_time(stage: Stage, minutes: float) -> None:
    """Let time pass, and let control write what is due; the senders send it by themselves."""
    await stage.tick(minutes * 60)
    await stage.control.tell_therapists()


async def letters(stage: Stage, kind: str) -> list[tuple[str, str]]:
    """Return channel and state of every message of a kind, from the tables."""
    async with stage.control.database.read() as tx:
        rows = list(await tx.execute(messages.select().where(messages.c.kind == kind)))
    return [(row.channel, row.state) for row in rows]


def said(letter: Any) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


async def test_she_is_told_once_a_wait_when_nobody_has_seen_the_card(
    stage: Stage, post: Mailbox
) -> None:
    therapist = await stage.therapist()
    await wish(therapist)
    visiting = await stage.visit(therapist)
    await visiting.arrive()
    await stage.tick()
    await pass_time(stage, 4.9)
    assert await letters(stage, "waiting") == []
    await pass_time(stage, 0.2)
    letter = await post.until(1)
    assert letter["To"] == "rossi@example.org"
    assert letter["Subject"] == "Somebody is waiting for you"
    assert "Alex" not in letter.as_string(), "a mail to the therapist names no patient"
    since = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).astimezone(ROME)
    assert f"since {since:%H:%M}" in said(letter)
    await stage.restart()
    await pass_time(stage, 10)
    assert len(await letters(stage, "waiting")) == 1


async def test_she_is_not_told_of_whom_she_has_seen_or_is_with(stage: Stage) -> None:
    therapist = await stage.therapist()
    await wish(therapist)
    live = await therapist.live("/api/live")
    visiting = await stage.visit(therapist)
    await visiting.arrive()
    session = await live.session(lambda one: bool(one["patient_present"]))
    path = f"/api/sessions/{session['id']}"
    await therapist.call("PUT", f"{path}/seen", expect=204)
    await pass_time(stage, 6)
    assert await letters(stage, "waiting") == []

    other = await stage.therapist("bianchi@example.org")
    await other.call("PUT", f"{path}/seen", expect=404)


async def test_an_open_page_that_nobody_uses_does_not_keep_her_from_being_told(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    await wish(therapist)
    live = await therapist.live("/api/live")
    patient = await (await stage.visit(therapist)).arrive()
    await live.session(lambda one: bool(one["patient_present"]))
    await pass_time(stage, 6)
    assert len(await letters(stage, "waiting")) == 1
    await patient.ws.close()


async def test_she_is_not_told_while_she_is_in_contact_with_somebody(stage: Stage) -> None:
    therapist = await stage.therapist()
    await wish(therapist)
    live = await therapist.live("/api/live")
    first = await stage.visit(therapist)
    await first.arrive()
    session = await live.session(lambda one: bool(one["patient_present"]))
    path = f"/api/sessions/{session['id']}"
    await first.page.offer("/api/visit/offer")
    await therapist.offer(f"{path}/offer")
    await stage.media.connect(session["id"], Role.PATIENT)
    await stage.media.connect(session["id"], Role.THERAPIST)
    await therapist.post(f"{path}/enter")
    await therapist.post(f"{path}/accept")
    await (await stage.visit(therapist, "Bruna T.")).arrive()
    await stage.tick()
    await pass_time(stage, 6)
    assert await letters(stage, "waiting") == []


async def test_quiet_hours_hold_it_back_and_it_goes_after_them_if_somebody_waits_still(
    stage: Stage,
) -> None:
    therapist = await stage.therapist()
    clock = stage.clock().astimezone(ROME)
    quiet = {"begin": f"{clock:%H:%M}", "end": f"{clock.replace(minute=30):%H:%M}"}
    await wish(therapist, quiet=quiet)
    await (await stage.visit(therapist)).arrive()
    await stage.tick()
    await pass_time(stage, 20)
    assert await letters(stage, "waiting") == []
    await pass_time(stage, 11)
    assert len(await letters(stage, "waiting")) == 1


async def test_wishes_are_kept_and_bad_ones_refused_at_their_field(stage: Stage) -> None:
    therapist = await stage.therapist()
    fresh = await therapist.get(PATH)
    assert (fresh["wait_minutes"], fresh["quiet"], fresh["zone"]) == (None, None, None)
    assert fresh["ways"] == {"email": "sent", "sms": "off"}
    quiet = {"begin": "22:00", "end": "07:30"}
    kept = await wish(therapist, sms=True, phone="333 1234567", quiet=quiet)
    assert kept["phone"] == "+393331234567"
    assert await therapist.get(PATH) == kept
    codes: dict[str, dict[str, Any]] = {
        "phone_needed": {"sms": True},
        "no_way": {"email": False},
        "same_hours": {"quiet": {"begin": "22:00", "end": "22:00"}},
        "bad_zone": {"zone": "Mars/Olympus"},
        "invalid_body": {"quiet": {"begin": "25:00", "end": "07:30"}},
    }
    for code, change in codes.items():
        assert (await wish(therapist, 400, **change))["code"] == code
    assert "wait_minutes" in (await wish(therapist, 400, wait_minutes=0))["text"]
    assert "phone" in (await wish(therapist, 400, phone="call me"))["text"]
    assert await therapist.get(PATH) == kept


async def fail(stage: Stage, post: Mailbox, therapist: Page) -> str:
    """Have the alert to a patient refused; return the patient's id."""
    patient_id = await add_patient(therapist)
    await enable(therapist, patient_id)
    post.answers_to_rcpt.append("550 no such user")
    await enter(therapist, patient_id)
    return patient_id


async def test_what_did_not_arrive_is_pushed_to_her_page_and_not_mailed(
    stage: Stage, post: Mailbox
) -> None:
    therapist = await stage.therapist()
    live = await therapist.live("/api/live")
    patient_id = await fail(stage, post, therapist)
    told = await live.until(lambda one: one["type"] == "failures" and bool(one["items"]))
    (item,) = told["items"]
    assert (item["patient_id"], item["patient_name"], item["state"]) == (
        patient_id, "Alex M.", "refused",
    )  # fmt: skip
    assert item["phone"] == "+393331234567"
    await pass_time(stage, 1)
    await live.ws.close()
    await pass_time(stage, 1)
    assert await letters(stage, "failed") == []

    await therapist.call("DELETE", f"/api/messages/{item['id']}", expect=204)
    assert (await therapist.get("/api/messages/failed"))["items"] == []


async def test_it_is_mailed_once_when_no_page_of_hers_is_open(stage: Stage, post: Mailbox) -> None:
    therapist = await stage.therapist()
    await therapist.call("PATCH", "/api/me", {"language": "it"}, expect=200)
    await wish(therapist, wait_minutes=None)
    patient_id = await fail(stage, post, therapist)
    await until_failed(therapist)
    await pass_time(stage, 1)
    letter = await post.until(1)
    assert letter["To"] == "rossi@example.org"
    assert letter["Subject"] == "Un messaggio non è arrivato"
    assert "Alex" not in letter.as_string()
    assert "ore 10:0" in said(letter), "in the time of her clock"
    await pass_time(stage, 5)
    assert len(await letters(stage, "failed")) == 1

    # Sent again, it stands there no more.
    stage.clock.advance(60)
    await therapist.post(f"/api/patients/{patient_id}/link/send", {"channel": "email"}, 202)
    assert len((await therapist.get("/api/messages/failed"))["items"]) == 1, "another kind"
    await post.until(2)


async def test_sending_it_again_takes_it_off_and_others_see_none_of_it(
    stage: Stage, post: Mailbox
) -> None:
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    post.answers_to_rcpt.append("550 no such user")
    path = f"/api/patients/{patient_id}/link/send"
    await therapist.post(path, {"channel": "email"}, 202)
    item = await until_failed(therapist)
    other = await stage.therapist("bianchi@example.org")
    assert (await other.get("/api/messages/failed"))["items"] == []
    await other.call("DELETE", f"/api/messages/{item['id']}", expect=204)
    assert len((await therapist.get("/api/messages/failed"))["items"]) == 1
    stage.clock.advance(60)
    await therapist.post(path, {"channel": "email"}, 202)
    assert (await therapist.get("/api/messages/failed"))["items"] == []


async def until_failed(therapist: Page) -> Any:
    """Wait for the sender to have been refused, which it tells nobody but the tables."""
    async with asyncio.timeout(20):
        while not (items := (await therapist.get("/api/messages/failed"))["items"]):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return items[0]


@pytest.mark.parametrize(
    ("clock", "holds"), [("21:59", False), ("22:00", True), ("03:00", True), ("07:00", False)]
)
def test_quiet_hours_go_over_midnight_by_her_clock(clock: str, holds: bool) -> None:
    hours = QuietHours(time(22), time(7))
    now = datetime.combine(date(2026, 7, 2), time.fromisoformat(clock), ROME)
    assert hours.hold(now.astimezone(UTC), ROME) is holds
