"""E-mail that a server takes and that comes back later: what the therapist is told, and who not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from control.notifications.model import KEPT_FOR, Failure
from control.notifications.return_path import ReturnPath
from control.notifications.store import messages
from tests.control.notifications import returned
from tests.control.notifications.letters import letter
from tests.control.notifications.test_alert import add_patient, enable, enter
from tests.control.stage import Page, Stage, make_config
from tests.support import mailbox
from tests.support.mailbox import Mailbox

ADDRESS = "bounces+{token}@practice.test"
TOKEN = "a token for the mail server"
PATH = "/api/mail/bounces"
STRANGE = ReturnPath(ADDRESS, bytes(32), "").address("0" * 32)


@pytest.fixture
async def post() -> AsyncIterator[Mailbox]:
    async with mailbox.smtp_server() as running:
        yield running


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, post: Mailbox) -> AsyncIterator[Stage]:
    """A running control on each kind of database, that sends e-mail and reads what comes back."""
    config = make_config(
        tmp_path,
        database_url=database_url,
        smtp_url=post.url,
        mail_from="visavis@practice.test",
        bounce_address=ADDRESS,
        bounce_token=TOKEN,
    )
    async with Stage(config) as running:
        yield running


async def come(stage: Stage, raw: bytes, token: str = TOKEN, expect: int = 204) -> Any:
    """Hand a message to control, as the operator's mail server does."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "message/rfc822"}
    return await stage.page().call("POST", PATH, expect=expect, data=BytesIO(raw), headers=headers)


def counted(stage: Stage) -> dict[str, int]:
    results = ("failed", "delayed", "other_report", "no_report", "unknown", "late", "too_large")
    counts = {one: int(stage.count("visavis_control_bounces_total", result=one)) for one in results}
    return {one: count for one, count in counts.items() if count}


async def rows(stage: Stage) -> list[tuple[str, str, str | None]]:
    async with stage.control.database.read() as tx:
        found = list(await tx.execute(messages.select().order_by(messages.c.created_at)))
    return [(row.kind, row.state, row.failure) for row in found]


async def until_sent(stage: Stage, count: int = 1) -> None:
    """Wait for the sender to have written down that a server took so many."""
    async with asyncio.timeout(20):
        while sum(one[1] == "delivered" for one in await rows(stage)) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def sent_alert(stage: Stage, post: Mailbox, therapist: Page) -> str:
    """Have an alert taken by the server, and return its envelope sender."""
    patient_id = await add_patient(therapist)
    await enable(therapist, patient_id)
    await enter(therapist, patient_id)
    await post.until(1)
    await until_sent(stage)
    return post.senders[-1]


@pytest.mark.parametrize("server", [returned.postfix, returned.exim, returned.exchange])
async def test_what_comes_back_is_told_as_a_refusal_is(
    stage: Stage, post: Mailbox, server: Any
) -> None:
    therapist = await stage.therapist()
    sender = await sent_alert(stage, post, therapist)
    live = await therapist.live("/api/live")
    stage.clock.advance(timedelta(days=5).total_seconds())
    await come(stage, server(sender))
    told = await live.until(lambda one: one["type"] == "failures" and bool(one["items"]))
    (item,) = told["items"]
    assert (item["patient_name"], item["channel"]) == ("Alex M.", "email")
    assert (item["state"], item["failure"]) == ("refused", "no_such_address")
    changed = await live.until(lambda one: one["type"] == "messages")
    assert changed["items"][0]["state"] == "refused"
    assert counted(stage) == {"failed": 1}


async def test_it_is_mailed_to_her_once_when_no_page_is_open(stage: Stage, post: Mailbox) -> None:
    therapist = await stage.therapist()
    sender = await sent_alert(stage, post, therapist)
    await come(stage, returned.postfix(sender))
    for _ in range(2):
        stage.clock.advance(60)
        await stage.control.tell_therapists()
    told = await post.until(2)
    assert (told["To"], told["Subject"]) == ("rossi@example.org", "A message did not arrive")
    assert "Alex" not in told.as_string()
    await until_sent(stage)

    # That this one comes back is told to nobody, whose address it is.
    await come(stage, returned.postfix(post.senders[-1]))
    stage.clock.advance(60)
    await stage.control.tell_therapists()
    assert [kind for kind, _, _ in await rows(stage)] == ["alert", "failed"]
    assert counted(stage) == {"failed": 2}


async def test_the_envelope_id_is_enough(stage: Stage, post: Mailbox) -> None:
    post.offers_dsn = True
    await sent_alert(stage, post, await stage.therapist())
    (envelope_id,) = (one[6:] for one in post.options if one.startswith("ENVID="))
    await come(stage, returned.postfix("bounces@relay.test", envelope_id=envelope_id))
    assert counted(stage) == {"failed": 1}


async def test_a_second_one_and_a_delay_change_nothing(stage: Stage, post: Mailbox) -> None:
    sender = await sent_alert(stage, post, await stage.therapist())
    await come(stage, returned.postfix(sender, action="delayed", status="4.4.1"))
    assert await rows(stage) == [("alert", "delivered", None)]
    full = returned.postfix(sender, status="5.2.2")
    await asyncio.gather(*(come(stage, full) for _ in range(4)))
    await come(stage, returned.postfix(sender, status="5.1.1"))
    await come(stage, returned.postfix(sender, action="delivered", status="2.0.0"))
    assert await rows(stage) == [("alert", "refused", "mailbox_full")]
    assert counted(stage) == {"delayed": 1, "failed": 1, "late": 4, "other_report": 1}


async def test_what_is_no_report_of_ours_changes_nothing(
    stage: Stage, post: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sender = await sent_alert(stage, post, await stage.therapist())
    await come(stage, returned.absent(sender))
    await come(stage, returned.read_receipt(sender))
    await come(stage, b"\xff\x00" * 100)
    await come(stage, returned.postfix(STRANGE))
    await come(stage, returned.postfix("bounces@practice.test", envelope_id=post.senders[0][:20]))
    await come(stage, returned.postfix(sender) + b"x" * 1024 * 1024)
    assert await rows(stage) == [("alert", "delivered", None)]
    assert counted(stage) == {"no_report": 3, "unknown": 2, "too_large": 1}
    logged = "\n".join(one.getMessage() for one in caplog.records if one.name[:8] == "control.")
    assert "alex" not in logged.lower()
    assert sender.partition("@")[0] not in logged


async def test_one_of_a_message_that_is_erased_is_late(stage: Stage, post: Mailbox) -> None:
    sender = await sent_alert(stage, post, await stage.therapist())
    stage.clock.advance(KEPT_FOR.total_seconds())
    await stage.control.outbox.sweep(now=stage.clock.now)
    await come(stage, returned.postfix(sender))
    assert counted(stage) == {"late": 1}


@pytest.mark.parametrize("token", ["", "another token of that kind", f"{TOKEN}x", "à"])
async def test_nobody_but_the_mail_server_may(stage: Stage, post: Mailbox, token: str) -> None:
    sender = await sent_alert(stage, post, await stage.therapist())
    answer = await come(stage, returned.postfix(sender), token=token, expect=401)
    assert answer["code"] == "bad_token"
    assert await rows(stage) == [("alert", "delivered", None)]
    assert counted(stage) == {}


async def test_where_bounces_are_not_set_up_no_token_is_right(tmp_path: Path) -> None:
    async with Stage(make_config(tmp_path)) as stage:
        for token in ("", TOKEN):
            await come(stage, returned.postfix(STRANGE), token=token, expect=401)


async def test_an_account_letter_that_comes_back_is_told_to_nobody(
    stage: Stage, post: Mailbox
) -> None:
    therapist = await stage.therapist()
    await stage.page().post("/api/forgot", {"email": "rossi@example.org"}, 204)
    await stage.control.write_letters()
    await post.until(1)
    await until_sent(stage)
    await come(stage, returned.postfix(post.senders[-1]))
    await stage.control.tell_therapists()
    assert await rows(stage) == [("password_reset", "refused", "no_such_address")]
    assert (await therapist.get("/api/messages/failed"))["items"] == []


async def test_the_link_of_a_first_consultation_shows_that_it_came_back(
    stage: Stage, post: Mailbox
) -> None:
    therapist = await stage.therapist()
    guest = await therapist.post("/api/consultations", {}, 201)
    form = {"email": "alex@example.org"}
    await therapist.post(f"/api/consultations/{guest['id']}/send", form)
    await post.until(1)
    await until_sent(stage)
    await come(stage, returned.exim(post.senders[-1]))
    (listed,) = (await therapist.get("/api/consultations"))["items"]
    assert listed["sent"]["state"] == "refused"
    (failed,) = (await therapist.get("/api/messages/failed"))["items"]
    assert failed["is_guest"]


async def test_one_that_comes_back_before_its_sender_has_written_that_it_went(
    stage: Stage, post: Mailbox
) -> None:
    """A server beside us can be quicker than our transaction; the worker then changes nothing."""
    post.answers_to_data = [mailbox.SILENCE]
    therapist = await stage.therapist()
    patient_id = await add_patient(therapist)
    await enable(therapist, patient_id)
    await enter(therapist, patient_id)
    await post.until(1)
    assert await rows(stage) == [("alert", "sending", None)]
    await come(stage, returned.postfix(post.senders[0]))
    assert await rows(stage) == [("alert", "refused", "no_such_address")]


async def test_what_was_never_handed_over_does_not_come_back(stage: Stage) -> None:
    outbox, clock = stage.control.outbox, stage.clock
    await stage.control.tasks.stop()  # so that nobody sends it
    async with stage.control.database.write() as tx:
        unsent = await outbox.enqueue(tx, letter(), now=clock.now)
    assert not await outbox.bounce(unsent, Failure.REFUSED, now=clock.now)
    assert await rows(stage) == [("test", "queued", None)]
