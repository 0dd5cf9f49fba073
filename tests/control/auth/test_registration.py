"""Who may make an account, and what the answer tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from control.auth.store import invited_therapists, therapists
from control.http.throttle import REGISTER_BY_ADDRESS
from tests.control.stage import HEADERS, PASSWORD, Page, Stage, make_config

FORM = {"email": "bianchi@example.org", "password": PASSWORD, "name": "Dr. Bianchi"}
WEEK_S = 7 * 24 * 3600


@pytest.fixture
async def inviting(tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control where accounts need an invitation."""
    async with Stage(make_config(tmp_path, registration="invite")) as running:
        yield running


async def invite(stage: Stage, email: str | None = None) -> dict[str, str]:
    """Return the form of somebody who has just been invited."""
    link = await stage.control.registration.invite(email, now=stage.clock.now)
    address, _, token = link.partition("#")
    assert address == f"{stage.config.public_url}/register"
    return FORM | {"invitation": token}


async def code(page: Page, form: dict[str, str], expect: int) -> str:
    return str((await page.post("/api/register", form, expect))["code"])


async def count(stage: Stage, table: Any) -> int:
    async with stage.control.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table))).scalar_one())


async def test_open_registration_answers_the_same_for_free_and_taken_addresses(
    stage: Stage,
) -> None:
    answers = []
    for password in (PASSWORD, "another long password"):
        form = FORM | {"email": "Bianchi@Example.org", "password": password}
        page = stage.page()
        async with page.client.post("/api/register", json=form, headers=HEADERS) as answer:
            headers = {k: v for k, v in answer.headers.items() if k != "Date"}
            answers.append((answer.status, await answer.text(), headers))
        assert page.jar == {}
    assert answers[0] == answers[1]
    assert answers[0][0] == 202
    await stage.page().post("/api/login", {"email": FORM["email"], "password": PASSWORD})
    assert await count(stage, therapists) == 1


async def test_invitation_makes_one_account_and_logs_in(inviting: Stage) -> None:
    form, page = await invite(inviting), inviting.page()
    assert await page.get("/api/register") == {"registration": "invite", "mail": False}
    assert (await page.post("/api/register", form, 201))["name"] == "Dr. Bianchi"
    assert (await page.get("/api/me"))["email"] == FORM["email"]
    again = form | {"email": "other@example.org"}
    assert await code(inviting.page(), again, 403) == "invitation_needed"


async def test_without_a_good_invitation_no_account_is_made(inviting: Stage) -> None:
    page, expired = inviting.page(), await invite(inviting)
    bound = await invite(inviting, "Rossi@example.org")
    assert await code(page, FORM, 403) == "invitation_needed"
    assert await code(page, FORM | {"invitation": "x" * 43}, 403) == "invitation_needed"
    assert await code(page, bound, 403) == "invitation_needed"
    inviting.clock.advance(WEEK_S)
    assert await code(page, expired, 403) == "invitation_needed"
    assert await count(inviting, therapists) == 0


async def test_invitation_for_an_address_is_good_for_its_spellings(inviting: Stage) -> None:
    form = await invite(inviting, "BIANCHI@example.org")
    await inviting.page().post("/api/register", form, 201)


async def test_invitation_is_not_used_up_by_a_taken_address(inviting: Stage) -> None:
    await inviting.page().post("/api/register", await invite(inviting), 201)
    form = await invite(inviting)
    assert await code(inviting.page(), form, 409) == "email_taken"
    await inviting.page().post("/api/register", form | {"email": "other@example.org"}, 201)


async def test_invitation_used_by_many_at_once_makes_one_account(inviting: Stage) -> None:
    form, page = await invite(inviting), inviting.page()
    forms = [form | {"email": f"person{n}@example.org"} for n in range(8)]
    answers = await asyncio.gather(*(page.call("POST", "/api/register", one) for one in forms))
    assert sum("id" in answer for answer in answers) == 1
    assert await count(inviting, therapists) == 1


async def test_closed_is_closed_to_the_invited_too(tmp_path: Path) -> None:
    async with Stage(make_config(tmp_path, registration="invite")) as stage:
        form = await invite(stage)
    async with Stage(make_config(tmp_path, registration="closed")) as stage:
        page = stage.page()
        assert await page.get("/api/register") == {"registration": "closed", "mail": False}
        for one in (FORM, form):
            assert await code(page, one, 403) == "registration_closed"


async def test_registering_is_limited_by_address_and_a_good_invitation_is_not(
    inviting: Stage,
) -> None:
    page, wrong = inviting.page(), FORM | {"invitation": "x" * 43}
    codes = []
    for _ in range(14):  # as many at once as the database's own limits of time allow anywhere
        tries = [page.call("POST", "/api/register", wrong) for _ in range(10)]
        codes += [answer["code"] for answer in await asyncio.gather(*tries)]
    assert (codes.count("invitation_needed"), codes.count("slow_down")) == (120, 20)
    await page.post("/api/register", await invite(inviting), 201)


async def test_open_registration_is_limited_by_address(stage: Stage) -> None:
    page = stage.page()
    for _ in range(REGISTER_BY_ADDRESS.failures):
        await page.post("/api/register", FORM, 202)
    assert await code(page, FORM, 429) == "slow_down"


async def test_expired_invitations_are_forgotten(inviting: Stage) -> None:
    await invite(inviting)
    await inviting.control.expire()
    assert await count(inviting, invited_therapists) == 1
    inviting.clock.advance(WEEK_S)
    await inviting.control.expire()
    assert await count(inviting, invited_therapists) == 0
