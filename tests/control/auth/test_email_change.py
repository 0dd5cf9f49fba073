"""Another address takes the password, a link to it, and somebody who may use that link."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from control.auth.store import email_changes
from control.notifications.accounts import CHANGED, CHANGING, NEW_ADDRESS, Text
from tests.control.auth.mailed import text_of, token_in
from tests.control.stage import PASSWORD, Page, Stage
from tests.support.mailbox import Mailbox

OLD = "rossi@example.org"
NEW = "new@example.org"
TAKEN = "bianchi@example.org"
OTHER = "another long password"
DAY_S = 24 * 3600


async def ask(page: Page, email: str = NEW, expect: int = 200, password: str = PASSWORD) -> Any:
    return await page.post("/api/me/email", {"email": email, "password": password}, expect)


async def confirm(page: Page, token: str, expect: int = 200, password: str | None = None) -> Any:
    form = {"token": token} | ({} if password is None else {"password": password})
    return await page.post("/api/email/confirm", form, expect)


async def log_in(stage: Stage, email: str, expect: int = 200) -> Page:
    page = stage.page()
    await page.post("/api/login", {"email": email, "password": PASSWORD}, expect)
    return page


async def link_in(post: Mailbox, letters: int) -> str:
    """Return the token that went to the new address among so many letters."""
    await post.until(letters)
    letter = next(one for one in reversed(post.letters) if one["To"] == NEW)
    return token_in(letter, "new-email")


async def waiting(stage: Stage) -> int:
    async with stage.control.database.read() as tx:
        return int(await tx.scalar(sa.select(sa.func.count()).select_from(email_changes)) or 0)


async def test_new_address_takes_the_place_of_the_old_once_its_link_is_used(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    state = await ask(page)
    assert (state["email"], state["new"]) == (OLD, NEW)
    token = await link_in(post, 2)
    assert (await page.get("/api/me"))["email"] == OLD
    await log_in(mailing, NEW, 401)
    await confirm(page, token)
    assert (await page.get("/api/me"))["email"] == NEW
    assert await page.get("/api/me/email") == {"email": NEW, "new": None, "expires_at": None}
    await log_in(mailing, NEW)
    await log_in(mailing, OLD, 401)
    assert (await confirm(page, token, 404))["code"] == "link_unknown"


async def test_old_address_is_told_at_once_what_to_do_and_again_when_it_is_done(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    told = next(one for one in post.letters if one["To"] == OLD)
    assert told["Subject"] == "A new e-mail address for Visavis"
    assert "choose a new password at once" in text_of(told)
    assert "\nhttps://visavis.test/forgot\n" in f"{text_of(told)}\n"
    assert NEW not in text_of(told)
    await confirm(page, token)
    assert (await post.until(3))["Subject"] == "Your e-mail address for Visavis has changed"
    assert post.recipients[2] == OLD


async def test_wrong_password_asks_for_nothing(mailing: Stage, post: Mailbox) -> None:
    page = await mailing.therapist()
    assert (await ask(page, expect=403, password=OTHER))["code"] == "wrong_password"
    assert (await page.get("/api/me/email"))["new"] is None
    assert post.letters == []


async def test_browser_without_the_login_needs_the_password(mailing: Stage, post: Mailbox) -> None:
    page = await mailing.therapist()
    stranger = await mailing.therapist(TAKEN)
    await ask(page)
    token = await link_in(post, 2)
    for other in (mailing.page(), stranger):
        assert (await confirm(other, token, 403))["code"] == "password_needed"
        assert (await confirm(other, token, 403, OTHER))["code"] == "wrong_password"
    assert (await confirm(stranger, token, 200, PASSWORD))["email"] == NEW
    assert (await stranger.get("/api/me"))["email"] == TAKEN
    assert (await page.get("/api/me"))["email"] == NEW


async def test_guessing_the_password_of_a_link_is_slowed_like_a_log_in(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    for _ in range(10):
        await confirm(mailing.page(), token, 403, OTHER)
    assert (await confirm(mailing.page(), token, 429, PASSWORD))["code"] == "slow_down"


async def test_taken_address_is_answered_alike_and_its_owner_is_told(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    await mailing.therapist(TAKEN)
    free, taken = await ask(page), await ask(page, "Bianchi@example.org")
    assert taken == free | {"new": "Bianchi@example.org"}
    await page.post("/api/me/email/again", expect=204)
    await post.until(4)
    subjects = [one["Subject"] for one in post.letters if one["To"] == TAKEN]
    assert subjects == ["Your account on Visavis"]


async def test_logins_stay_and_every_other_link_is_void(mailing: Stage, post: Mailbox) -> None:
    page = await mailing.therapist()
    other = await log_in(mailing, OLD)
    reset = await mailing.control.recovery.link(OLD, now=mailing.clock.now)
    await ask(page)
    first = await link_in(post, 2)
    await page.post("/api/me/email/again", expect=204)
    await post.until(3)
    await confirm(page, first)
    await other.get("/api/me")
    assert await waiting(mailing) == 0
    form = {"token": reset.partition("#")[2], "password": OTHER}
    await mailing.page().post("/api/reset", form, 404)


@pytest.mark.parametrize("how", ["cancelled", "password changed", "password reset", "another"])
async def test_link_is_void_when_the_change_is(mailing: Stage, post: Mailbox, how: str) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    if how == "cancelled":
        await page.call("DELETE", "/api/me/email", expect=204)
    elif how == "password changed":
        await page.post("/api/me/password", {"present": PASSWORD, "new": OTHER}, 204)
    elif how == "password reset":
        link = await mailing.control.recovery.link(OLD, now=mailing.clock.now)
        form = {"token": link.partition("#")[2], "password": OTHER}
        await mailing.page().post("/api/reset", form, 204)
    else:
        await ask(page, "third@example.org")
    await confirm(mailing.page(), token, 404, PASSWORD)


async def test_link_lasts_a_day_and_only_its_hash_is_stored(mailing: Stage, post: Mailbox) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    async with mailing.control.database.read() as tx:
        row = (await tx.execute(sa.select(email_changes))).one()
    assert token.encode() not in bytes(row.token_hash)
    assert NEW not in repr(row)
    mailing.clock.advance(DAY_S)
    await confirm(mailing.page(), token, 404, PASSWORD)
    await mailing.control.expire()
    assert await waiting(mailing) == 0


async def test_link_that_is_used_by_two_at_once_changes_once(mailing: Stage, post: Mailbox) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    form = {"token": token, "password": PASSWORD}
    pages = [page, *(mailing.page() for _ in range(3))]
    answers = await asyncio.gather(*(one.call("POST", "/api/email/confirm", form) for one in pages))
    # Who comes late enough to find the new address in place is told that the password is wrong.
    assert sum("code" not in one for one in answers) == 1
    assert {one["code"] for one in answers if "code" in one} <= {"link_unknown", "wrong_password"}
    await post.until(3)


async def test_account_that_is_deleted_meanwhile_gets_no_address(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    await page.post("/api/me/erase", {"password": PASSWORD}, 204)
    assert await waiting(mailing) == 0
    await confirm(mailing.page(), token, 404, PASSWORD)


async def test_address_that_got_an_account_meanwhile_stays_with_it(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    await ask(page)
    token = await link_in(post, 2)
    await mailing.therapist(NEW, "Dr. Bianchi")
    assert (await confirm(page, token, 409))["code"] == "email_taken"
    assert (await page.get("/api/me"))["email"] == OLD


async def test_asking_again_and_again_is_limited(mailing: Stage) -> None:
    page = await mailing.therapist()
    await page.post("/api/me/email/again", expect=404)
    await ask(page)
    for _ in range(3):
        await page.post("/api/me/email/again", expect=204)
    assert (await page.post("/api/me/email/again", expect=429))["code"] == "slow_down"
    assert (await ask(page, expect=429))["code"] == "slow_down"


async def test_known_browser_stays_known_with_the_new_address(stage: Stage) -> None:
    page = await stage.therapist()
    before = page.jar["__Host-device"]
    await ask(page)
    assert page.jar["__Host-device"] != before
    devices = stage.control.email_changes._guard._devices
    assert devices.recognise(NEW, page.jar["__Host-device"]) is not None


async def test_without_a_gateway_the_address_changes_at_once(stage: Stage) -> None:
    page = await stage.therapist()
    await stage.therapist(TAKEN)
    assert (await ask(page, TAKEN, 409))["code"] == "email_taken"
    assert (await page.get("/api/me"))["email"] == OLD
    assert (await ask(page))["email"] == NEW
    await log_in(stage, NEW)
    await log_in(stage, OLD, 401)


async def test_same_address_in_another_spelling_needs_no_link(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    assert (await ask(page, "Rossi@example.org"))["new"] is None
    assert (await page.get("/api/me"))["email"] == "Rossi@example.org"
    assert post.letters == []


@pytest.mark.parametrize("text", [*NEW_ADDRESS.values(), *CHANGING.values()])
def test_letters_have_one_link_on_a_line_of_its_own(text: Text) -> None:
    assert text.body.splitlines().count("{link}") == 1
    assert text.body.count("{link}") == 1


@pytest.mark.parametrize("text", [*NEW_ADDRESS.values(), *CHANGED.values(), *CHANGING.values()])
def test_what_a_locked_screen_shows_tells_nothing(text: Text) -> None:
    shown = (text.subject + text.body.partition("\n\n")[0]).lower()
    assert not any(word in shown for word in ("session", "therap", "patient", "sedut", "pazien"))
