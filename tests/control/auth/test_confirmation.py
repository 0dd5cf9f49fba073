"""An account that anybody may make begins when its address is confirmed, and tells nothing before.

With a gateway for mail alone; without one, accounts are there at once (test_registration).
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from control.auth.store import pending_therapists, therapists
from control.notifications.accounts import CONFIRMATION, TAKEN, Text
from tests.control.auth.mailed import text_of, token_in
from tests.control.stage import HEADERS, PASSWORD, Page, Stage, make_config
from tests.support.mailbox import Mailbox

EMAIL = "bianchi@example.org"
FORM = {"email": EMAIL, "password": PASSWORD, "name": "Dr. Bianchi", "language": "en"}
TAKEN_EMAIL = "rossi@example.org"
OTHER = "another long password"
DAY_S = 24 * 3600


async def register(stage: Stage, **changes: str) -> Any:
    answer = await stage.page().post("/api/register", FORM | changes, 202)
    await stage.control.write_letters()
    return answer


async def confirm(page: Page, token: str, expect: int = 201, password: str = PASSWORD) -> Any:
    return await page.post("/api/register/confirm", {"token": token, "password": password}, expect)


async def log_in(stage: Stage, email: str = EMAIL, expect: int = 200) -> Any:
    form = {"email": email, "password": PASSWORD}
    return await stage.page().post("/api/login", form, expect)


async def count(stage: Stage, table: sa.Table) -> int:
    async with stage.control.database.read() as tx:
        return int(await tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


async def link_of(stage: Stage, post: Mailbox, **changes: str) -> str:
    """Register, and return the token that is mailed."""
    letters = len(post.letters)
    await register(stage, **changes)
    return token_in(await post.until(letters + 1), "confirm")


async def test_mailed_link_and_password_make_the_account_once_and_log_in(
    mailing: Stage, post: Mailbox
) -> None:
    assert await register(mailing) == {"next": "confirm"}
    await log_in(mailing, expect=401)
    letter = await post.until(1)
    assert (letter["To"], letter["Subject"]) == (EMAIL, "Confirm your e-mail address")
    assert "within 24 hours" in text_of(letter)
    page, token = mailing.page(), token_in(letter, "confirm")
    assert (await confirm(page, token))["email"] == EMAIL
    assert (await page.get("/api/me"))["name"] == "Dr. Bianchi"
    await log_in(mailing)
    assert (await confirm(mailing.page(), token, 404))["code"] == "link_unknown"
    assert await count(mailing, therapists) == 1
    assert await count(mailing, pending_therapists) == 0


async def test_link_without_the_password_makes_no_account_and_is_not_used_up(
    mailing: Stage, post: Mailbox
) -> None:
    token = await link_of(mailing, post)
    assert (await confirm(mailing.page(), token, 403, OTHER))["code"] == "wrong_password"
    assert await count(mailing, therapists) == 0
    await confirm(mailing.page(), token)


async def test_guessing_the_password_of_a_link_is_limited(mailing: Stage, post: Mailbox) -> None:
    token = await link_of(mailing, post)
    for _ in range(10):
        await confirm(mailing.page(), token, 403, OTHER)
    assert (await confirm(mailing.page(), token, 429))["code"] == "slow_down"
    mailing.clock.advance(901)
    await confirm(mailing.page(), token)


async def test_guessing_links_is_limited_and_a_good_one_is_not(
    mailing: Stage, post: Mailbox
) -> None:
    token = await link_of(mailing, post)
    for _ in range(10):
        await confirm(mailing.page(), "x" * 43, 404)
    await confirm(mailing.page(), "x" * 43, 429)
    await confirm(mailing.page(), token)


async def test_nothing_tells_a_free_address_from_a_taken_one(mailing: Stage) -> None:
    await mailing.therapist(TAKEN_EMAIL)
    answers = []
    for email in (EMAIL, TAKEN_EMAIL):
        page, login = mailing.page(), {"email": email, "password": OTHER}
        for path, form in (
            ("/api/register", FORM | login),
            ("/api/login", login),
            ("/api/forgot", {"email": email}),
            ("/api/login", login),
        ):
            async with page.client.post(path, json=form, headers=HEADERS) as answer:
                headers = {k: v for k, v in answer.headers.items() if k != "Date"}
                answers.append((path, answer.status, await answer.text(), headers))
            await mailing.control.write_letters()
        assert page.jar == {}
    assert answers[:4] == answers[4:]


async def test_owner_of_a_taken_address_is_told_once_a_day_and_nothing_changes(
    mailing: Stage, post: Mailbox
) -> None:
    await mailing.therapist(TAKEN_EMAIL)
    for _ in range(3):
        await register(mailing, email="Rossi@Example.org", password=OTHER)
        mailing.clock.advance(300)
    letter = await post.until(1)
    assert (letter["To"], letter["Subject"]) == (TAKEN_EMAIL, "Your account on Visavis")
    assert "Hello Dr. Rossi,\n" in text_of(letter)
    assert "\nhttps://visavis.test/login\n" in text_of(letter)
    assert await count(mailing, pending_therapists) == 0
    await log_in(mailing, TAKEN_EMAIL)
    mailing.clock.advance(DAY_S)
    await register(mailing, email=TAKEN_EMAIL)
    await post.until(2)
    assert post.recipients == [TAKEN_EMAIL] * 2


async def test_letters_to_one_address_are_a_minute_apart_and_later_an_hour(
    mailing: Stage, post: Mailbox
) -> None:
    for letters in range(1, 6):
        await register(mailing)
        await register(mailing)
        assert await count(mailing, pending_therapists) == letters
        mailing.clock.advance(61)
    await register(mailing)
    assert await count(mailing, pending_therapists) == 5
    mailing.clock.advance(3600)
    await register(mailing)
    await post.until(6)
    assert await count(mailing, pending_therapists) == 6


async def test_every_letter_of_one_address_works_until_one_is_used(
    mailing: Stage, post: Mailbox
) -> None:
    first = await link_of(mailing, post)
    mailing.clock.advance(61)
    second = await link_of(mailing, post, password=OTHER)
    await confirm(mailing.page(), second, 403)
    await confirm(mailing.page(), first)
    assert await count(mailing, pending_therapists) == 0
    await confirm(mailing.page(), second, 404, OTHER)
    await log_in(mailing)


async def test_link_that_is_used_by_two_at_once_makes_one_account(
    mailing: Stage, post: Mailbox
) -> None:
    token = await link_of(mailing, post)
    form = {"token": token, "password": PASSWORD}
    pages = [mailing.page() for _ in range(4)]
    answers = await asyncio.gather(
        *(page.call("POST", "/api/register/confirm", form) for page in pages)
    )
    assert sorted(one.get("code", "made") for one in answers) == ["link_unknown"] * 3 + ["made"]
    assert await count(mailing, therapists) == 1


async def test_address_that_got_an_account_meanwhile_is_not_taken_over(
    mailing: Stage, post: Mailbox
) -> None:
    token = await link_of(mailing, post, password=OTHER)
    await mailing.therapist(EMAIL)
    assert (await confirm(mailing.page(), token, 404, OTHER))["code"] == "link_unknown"
    assert (await log_in(mailing))["name"] == "Dr. Rossi"


async def test_link_lasts_a_day_and_only_its_hash_is_stored(mailing: Stage, post: Mailbox) -> None:
    token = await link_of(mailing, post)
    async with mailing.control.database.read() as tx:
        row = (await tx.execute(sa.select(pending_therapists))).one()
    assert token.encode() not in bytes(row.token_hash)
    assert EMAIL not in repr(row)
    mailing.clock.advance(DAY_S)
    assert (await confirm(mailing.page(), token, 404))["code"] == "link_unknown"
    await mailing.control.expire()
    assert await count(mailing, pending_therapists) == 0


async def test_invited_and_added_therapists_need_no_confirmation(
    mailing: Stage, post: Mailbox
) -> None:
    link = await mailing.control.registration.invite(None, now=mailing.clock.now)
    form = FORM | {"invitation": link.partition("#")[2]}
    await mailing.page().post("/api/register", form, 201)
    await log_in(mailing)
    await mailing.therapist(TAKEN_EMAIL)
    await mailing.control.write_letters()
    assert post.letters == []


async def test_closing_registration_closes_the_links_too(tmp_path: Path, post: Mailbox) -> None:
    mail = {"smtp_url": post.url, "mail_from": "visavis@practice.test"}
    async with Stage(make_config(tmp_path, **mail)) as stage:
        token = await link_of(stage, post)
    async with Stage(make_config(tmp_path, registration="invite", **mail)) as stage:
        answer = await confirm(stage.page(), token, 403)
    assert answer["code"] == "registration_closed"


@pytest.mark.parametrize("text", [*CONFIRMATION.values(), *TAKEN.values()])
def test_letters_have_one_link_on_a_line_of_its_own(text: Text) -> None:
    assert text.body.splitlines().count("{link}") == 1
    assert text.body.count("{link}") == 1


@pytest.mark.parametrize("text", CONFIRMATION.values())
def test_nobodys_words_are_sent_to_strangers(text: Text) -> None:
    assert "{name}" not in text.body
