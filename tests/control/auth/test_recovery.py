"""A forgotten password is replaced by a one-time link, and asking tells nothing to strangers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from control.auth.store import asked_resets, password_resets
from control.notifications.accounts import RESET, fill
from tests.control.auth.mailed import text_of, token_in
from tests.control.stage import HEADERS, PASSWORD, Page, Stage
from tests.support.mailbox import Mailbox

EMAIL = "rossi@example.org"
NEW = "another long password"


async def ask(stage: Stage, email: str = EMAIL, expect: int = 204) -> Any:
    return await stage.page().post("/api/forgot", {"email": email}, expect)


async def reset(page: Page, token: str, expect: int = 204, password: str = NEW) -> Any:
    return await page.post("/api/reset", {"token": token, "password": password}, expect)


async def log_in(stage: Stage, password: str, expect: int = 200) -> None:
    await stage.page().post("/api/login", {"email": EMAIL, "password": password}, expect)


async def operators_link(stage: Stage) -> str:
    link = await stage.control.recovery.link(EMAIL, now=stage.clock.now)
    return link.partition("#")[2]


async def test_mailed_link_sets_a_new_password_once_and_ends_every_login(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    live = await page.live("/api/live")
    await ask(mailing, "Rossi@Example.org")
    await mailing.control.write_letters()
    letter = await post.until(1)
    assert letter["To"] == EMAIL
    assert letter["Subject"] == "A new password for Visavis"
    token = token_in(letter, "reset")
    await reset(mailing.page(), token)
    assert await live.close_code() == 4001
    await page.get("/api/me", 401)
    await log_in(mailing, PASSWORD, 401)
    await log_in(mailing, NEW)
    assert (await reset(mailing.page(), token, 404))["code"] == "link_unknown"
    told = await post.until(2)
    assert (told["To"], told["Subject"]) == (EMAIL, "Your password for Visavis has changed")
    assert "https://visavis.test/forgot" in text_of(told)


async def test_address_without_account_is_answered_alike_and_gets_nothing(
    mailing: Stage, post: Mailbox
) -> None:
    await mailing.therapist()
    answers = []
    for email in (EMAIL, "nobody@example.org"):
        page = mailing.page()
        body = {"email": email}
        async with page.client.post("/api/forgot", json=body, headers=HEADERS) as answer:
            headers = {k: v for k, v in answer.headers.items() if k != "Date"}
            answers.append((answer.status, await answer.read(), headers))
    assert answers[0] == answers[1]
    await mailing.control.write_letters()
    await post.until(1)
    async with mailing.control.database.read() as tx:
        assert (await tx.execute(select(asked_resets))).all() == []
    assert post.recipients == [EMAIL]


async def test_letters_to_one_account_are_a_minute_apart(mailing: Stage, post: Mailbox) -> None:
    await mailing.therapist()
    for _ in range(3):
        await ask(mailing)
    await mailing.control.write_letters()
    async with mailing.control.database.read() as tx:
        assert len((await tx.execute(select(password_resets))).all()) == 1
    mailing.clock.advance(61)
    await ask(mailing)
    await mailing.control.write_letters()
    async with mailing.control.database.read() as tx:
        assert len((await tx.execute(select(password_resets))).all()) == 2


async def test_asking_again_and_again_is_refused_for_known_and_unknown_addresses(
    mailing: Stage,
) -> None:
    await mailing.therapist()
    for email in (EMAIL, "nobody@example.org"):
        for _ in range(5):
            await ask(mailing, email)
        assert (await ask(mailing, email, 429))["code"] == "slow_down"


async def test_link_lasts_half_an_hour_and_only_its_hash_is_stored(stage: Stage) -> None:
    await stage.therapist()
    token = await operators_link(stage)
    async with stage.control.database.read() as tx:
        rows = (await tx.execute(select(password_resets))).all()
    assert token.encode() not in [row.token_hash for row in rows]
    stage.clock.advance(30 * 60)
    assert (await reset(stage.page(), token, 404))["code"] == "link_unknown"
    await log_in(stage, PASSWORD)
    await stage.control.expire()
    async with stage.control.database.read() as tx:
        assert (await tx.execute(select(password_resets))).all() == []


async def test_new_password_makes_every_other_link_void(stage: Stage) -> None:
    page = await stage.therapist()
    first, second = await operators_link(stage), await operators_link(stage)
    await reset(stage.page(), first)
    await reset(stage.page(), second, 404)
    third = await operators_link(stage)
    await page.post("/api/login", {"email": EMAIL, "password": NEW})
    change = {"present": NEW, "new": "a third long password"}
    await page.post("/api/me/password", change, 204)
    await reset(stage.page(), third, 404)


async def test_password_that_is_too_short_names_its_field_and_uses_nothing_up(
    stage: Stage,
) -> None:
    await stage.therapist()
    token = await operators_link(stage)
    assert (await reset(stage.page(), token, 400, "short"))["text"].startswith("password:")
    await reset(stage.page(), token)


async def test_guessing_links_is_limited_and_a_good_one_is_not(stage: Stage) -> None:
    await stage.therapist()
    token = await operators_link(stage)
    for _ in range(10):
        await reset(stage.page(), "x" * 43, 404)
    await reset(stage.page(), "x" * 43, 429)
    await reset(stage.page(), token)


async def test_without_a_gateway_it_is_said_that_no_mail_is_sent(stage: Stage) -> None:
    assert (await stage.page().get("/api/register"))["mail"] is False
    assert (await ask(stage, expect=503))["code"] == "no_mail"


@pytest.mark.parametrize("language", sorted(RESET))
def test_letter_reads_nothing_into_a_name(language: str) -> None:
    text = fill(RESET[language].body, name="{link} {n}", link="https://v.test/reset#t", n=30)
    assert text.count("https://v.test/reset#t") == 1
    assert "{link} {n}," in text
    assert "30 min" in text
