"""The therapist's own account: profile, password, and where she is logged in."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from control.auth.browsers import browser_name
from control.auth.store import AuthStore
from control.data.database import Database, LostRace
from tests.control.auth.mailed import text_of
from tests.control.stage import PASSWORD, Page, Stage, make_config
from tests.support.mailbox import Mailbox

EMAIL = "rossi@example.org"
NEW = "another long password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


async def log_in(stage: Stage, password: str = PASSWORD, *, agent: str = "") -> Page:
    page = stage.page()
    await page.call(
        "POST", "/api/login", {"email": EMAIL, "password": password},
        expect=200, headers={"User-Agent": agent},
    )  # fmt: skip
    return page


async def change_password(page: Page, present: str, new: str, expect: int = 204) -> Any:
    return await page.post("/api/me/password", {"present": present, "new": new}, expect)


async def test_profile_keeps_what_the_form_leaves_out(stage: Stage) -> None:
    page = await stage.therapist(name="Dr. Rossi")
    changed = await page.call("PATCH", "/api/me", {"gender": "f"}, expect=200)
    assert (changed["name"], changed["gender"], changed["language"]) == ("Dr. Rossi", "f", "en")
    await page.call("PATCH", "/api/me", {"name": "Dott.ssa Rossi", "language": "it"}, expect=200)
    me = await page.get("/api/me")
    assert (me["name"], me["gender"], me["language"]) == ("Dott.ssa Rossi", "f", "it")
    assert (await page.call("PATCH", "/api/me", {"gender": None}, expect=200))["gender"] is None


@pytest.mark.parametrize(
    "body", [{"gender": "x"}, {"name": " "}, {"name": "x" * 121}, {"language": "xx"}]
)
async def test_profile_that_makes_no_sense_is_refused(stage: Stage, body: dict[str, str]) -> None:
    page = await stage.therapist()
    answer = await page.call("PATCH", "/api/me", body, expect=400)
    assert answer["text"].startswith(next(iter(body)))


async def test_patient_is_told_what_the_article_needs(stage: Stage) -> None:
    therapist = await stage.therapist(name="Dr. Rossi")
    visiting = await stage.visit(therapist)
    assert (await visiting.page.get("/api/visit"))["therapist_gender"] is None
    await therapist.call("PATCH", "/api/me", {"gender": "f"}, expect=200)
    assert (await visiting.page.get("/api/visit"))["therapist_gender"] == "f"
    preview = await stage.page().post("/api/visit/preview", {"token": visiting.token})
    assert (preview["therapist_name"], preview["therapist_gender"]) == ("Dr. Rossi", "f")


async def test_new_password_asks_for_the_present_one_and_ends_other_logins(stage: Stage) -> None:
    page = await stage.therapist()
    other = await log_in(stage)
    live = await other.live("/api/live")
    assert (await change_password(page, "not my password", NEW, 403))["code"] == "wrong_password"
    await other.get("/api/me")
    await change_password(page, PASSWORD, NEW)
    assert await live.close_code() == 4001
    await other.get("/api/me", expect=401)
    await page.get("/api/me")
    await stage.page().post("/api/login", {"email": EMAIL, "password": PASSWORD}, 401)
    await log_in(stage, NEW)


async def test_changed_password_is_told_by_mail_to_its_holder(
    mailing: Stage, post: Mailbox
) -> None:
    page = await mailing.therapist()
    await change_password(page, "not my password", NEW, 403)
    await change_password(page, PASSWORD, NEW)
    told = await post.until(1)
    assert (told["To"], told["Subject"]) == (EMAIL, "Your password for Visavis has changed")
    assert "https://visavis.test/forgot" in text_of(told)
    assert len(post.letters) == 1


async def test_new_password_that_is_too_short_names_its_field(stage: Stage) -> None:
    page = await stage.therapist()
    assert (await change_password(page, PASSWORD, "short", 400))["text"].startswith("new:")


async def test_guessing_the_present_password_is_slowed_like_a_log_in(stage: Stage) -> None:
    page = await stage.therapist()
    for _ in range(10):
        await change_password(page, "a wrong password", NEW, 403)
    assert (await change_password(page, PASSWORD, NEW, 429))["code"] == "slow_down"
    stage.clock.advance(901)
    await change_password(page, PASSWORD, NEW)


async def test_password_that_is_changed_meanwhile_logs_nobody_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await stage.therapist()
    compared, go_on = asyncio.Event(), asyncio.Event()
    welcome = stage.control.auth.welcome

    async def late(*args: Any, **options: Any) -> Any:
        compared.set()
        await go_on.wait()
        return await welcome(*args, **options)

    monkeypatch.setattr(type(stage.control.auth), "welcome", lambda _, *a, **o: late(*a, **o))
    login = {"email": EMAIL, "password": PASSWORD}
    late_login = asyncio.create_task(stage.page().post("/api/login", login, 401))
    await compared.wait()
    await change_password(page, PASSWORD, NEW)
    go_on.set()
    assert (await late_login)["code"] == "bad_credentials"


async def test_logins_are_listed_with_their_browser_and_last_use(stage: Stage) -> None:
    page = await stage.therapist()
    stage.clock.advance(60)
    other = await log_in(stage, agent=FIREFOX)
    stage.clock.advance(60)
    await other.get("/api/me")
    items = (await page.get("/api/me/logins"))["items"]
    assert items[0]["browser"] == "Firefox, Linux"
    assert [one["is_this"] for one in items] == [False, True]
    assert items[0]["last_used_at"] > items[0]["created_at"]


async def test_login_that_idled_out_is_not_listed(stage: Stage) -> None:
    await log_in_after_registering(stage)
    stage.clock.advance(31 * 60)
    page = await log_in(stage)
    assert len((await page.get("/api/me/logins"))["items"]) == 1


async def log_in_after_registering(stage: Stage) -> Page:
    await stage.therapist()
    return await log_in(stage)


async def test_one_login_and_all_others_can_be_ended(stage: Stage) -> None:
    page = await stage.therapist()
    first, second = await log_in(stage), await log_in(stage)
    stage.clock.advance(1)
    third = await log_in(stage)
    live = await third.live("/api/live")
    newest = (await page.get("/api/me/logins"))["items"][0]
    await page.call("DELETE", f"/api/me/logins/{newest['id']}", expect=204)
    assert await live.close_code() == 4001
    await third.get("/api/me", expect=401)
    await first.get("/api/me")
    await page.call("DELETE", "/api/me/logins", expect=204)
    for other in (first, second):
        await other.get("/api/me", expect=401)
    assert [one["is_this"] for one in (await page.get("/api/me/logins"))["items"]] == [True]


@pytest.mark.postgres
async def test_logins_end_though_another_transaction_waits_for_rows_of_theirs(
    tmp_path: Path, emptied_postgres_url: str
) -> None:
    """PostgreSQL breaks off one of two that wait for each other; the therapist read 409."""
    async with Stage(make_config(tmp_path, database_url=emptied_postgres_url)) as stage:
        database, store = stage.control.database, AuthStore(stage.control.vault)
        page = await stage.therapist()
        await log_in(stage)
        items = (await page.get("/api/me/logins"))["items"]
        other, mine = (next(i["id"] for i in items if i["is_this"] is it) for it in (False, True))
        with suppress(LostRace):  # where it is this one that is broken off
            async with database.write() as tx:
                await store.touch_login(tx, other, stage.clock.now)
                ending = asyncio.create_task(page.call("DELETE", "/api/me/logins", expect=204))
                while not await is_one_waiting(database):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0)
                await store.touch_login(tx, mine, stage.clock.now)
        await ending
        assert len((await page.get("/api/me/logins"))["items"]) == 1


async def is_one_waiting(database: Database) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with database.read() as tx:
        return bool((await tx.execute(text(query))).scalar_one())


async def test_login_of_somebody_else_looks_like_none(stage: Stage) -> None:
    page = await stage.therapist()
    stranger = await stage.therapist("bianchi@example.org", "Dr. Bianchi")
    theirs = (await stranger.get("/api/me/logins"))["items"][0]["id"]
    for login_id in (theirs, "0" * 32):
        answer = await page.call("DELETE", f"/api/me/logins/{login_id}", expect=404)
        assert answer["code"] == "no_login"
    await stranger.get("/api/me")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (IPHONE, "Safari, iPhone"),
        ("curl/8", ""),
        (None, ""),
    ],
)
def test_browser_is_named_shortly(agent: str | None, name: str) -> None:
    assert browser_name(agent) == name
