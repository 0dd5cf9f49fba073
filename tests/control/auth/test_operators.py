"""Operators log in apart from therapists, and neither is let into what is the other's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from control.app import endpoints
from control.auth.messages import OperatorForm
from control.auth.model import hash_secret
from control.auth.store import operator_logins, operators
from control.http.wire import Access, Endpoint
from tests.control.stage import PASSWORD, Page, Stage

EMAIL = "watch@example.org"
FORM = OperatorForm(email=EMAIL, password=PASSWORD, language="it")
LIVE = ("/api/live", "/api/visit/live")
"""WebSockets, which look at the origin before anything."""


async def operator(stage: Stage) -> Page:
    """Make an account, as the command line does, and log in."""
    await stage.control.operators.add(FORM, now=stage.clock.now)
    page = stage.page()
    await log_in(page, 200)
    return page


async def log_in(page: Page, expect: int, email: str = EMAIL, password: str = PASSWORD) -> str:
    form = {"email": email, "password": password}
    code: str = (await page.post("/api/ops/login", form, expect)).get("code", "")
    return code


async def is_in(page: Page) -> bool:
    async with page.client.get("/api/ops/me") as answer:
        return answer.status == 200


def calls(stage: Stage, *access: Access) -> list[Endpoint]:
    return [
        replace(one, path=one.path.replace("{id}", "0" * 32))
        for one in endpoints(stage.control)
        if one.access in access and one.path not in LIVE
    ]


async def refusals(page: Page, asked: list[Endpoint], code: str) -> list[str]:
    """Return the calls that answered anything but this code."""
    answers = {f"{one.method} {one.path}": await page.call(one.method, one.path) for one in asked}
    return [call for call, said in answers.items() if not said or said.get("code") != code]


async def test_operator_reads_who_is_logged_in(stage: Stage) -> None:
    page = await operator(stage)
    assert await page.get("/api/ops/me") == {"email": EMAIL, "language": "it"}


async def test_no_call_of_therapists_or_patients_lets_an_operator_in(stage: Stage) -> None:
    page = await operator(stage)
    asked = calls(stage, Access.LOGIN)
    assert len(asked) > 40
    assert await refusals(page, asked, "login_needed") == []
    assert await refusals(page, calls(stage, Access.VISIT), "visit_needed") == []


async def test_no_call_of_operators_lets_a_therapist_or_a_patient_in(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = (await stage.visit(therapist)).page
    asked = calls(stage, Access.OPERATOR)
    assert len(asked) >= 2
    for page in (therapist, patient, stage.page()):
        assert await refusals(page, asked, "operator_needed") == []


@pytest.mark.parametrize(
    ("name", "other"), [("__Host-operator", "__Host-login"), ("__Host-login", "__Host-operator")]
)
async def test_a_cookie_under_the_others_name_is_nobodys(
    stage: Stage, name: str, other: str
) -> None:
    await operator(stage)
    page = await stage.therapist()
    await log_in(page, 200)
    thief = stage.page()
    thief.client.session.cookie_jar.update_cookies({other: page.jar[name]})
    for path in ("/api/me", "/api/ops/me"):
        await thief.get(path, 401)


async def test_the_same_address_may_be_a_therapists_and_an_operators(stage: Stage) -> None:
    await stage.therapist(EMAIL)
    await stage.control.operators.add(
        FORM.model_copy(update={"password": "another long password"}), now=stage.clock.now
    )
    page = stage.page()
    assert await log_in(page, 401) == "bad_credentials"
    await log_in(page, 200, password="another long password")
    await page.get("/api/me", 401)


async def test_guesses_at_the_operator_lock_no_therapist_out(stage: Stage) -> None:
    await operator(stage)
    therapist = await stage.therapist(EMAIL)
    therapist.client.session.cookie_jar.clear()
    page = stage.page()
    for _ in range(10):
        await log_in(page, 401, password="wrong")
    assert await log_in(page, 429) == "slow_down"
    await therapist.post("/api/login", {"email": EMAIL, "password": PASSWORD})


async def test_a_browser_that_logged_in_before_is_kept_out_by_nobodys_guesses(
    stage: Stage,
) -> None:
    page, stranger = await operator(stage), stage.page()
    await page.post("/api/ops/logout", expect=204)
    for _ in range(10):
        await log_in(stranger, 401, password="wrong")
    await log_in(stranger, 429)
    await log_in(page, 200)


async def test_cookie_is_bound_to_the_host_and_only_its_hash_is_stored(stage: Stage) -> None:
    await operator(stage)
    page, form = stage.page(), {"email": EMAIL, "password": PASSWORD}
    async with page.client.post("/api/ops/login", json=form, headers={"X-Visavis": "1"}) as answer:
        headers = answer.headers.getall("Set-Cookie")
    for header, name in zip(headers, ("operator", "operator-device"), strict=True):
        for part in (f"__Host-{name}=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in header
    async with stage.control.database.read() as tx:
        stored = (await tx.execute(select(operator_logins.c.token_hash))).scalars().all()
        (row,) = (await tx.execute(select(operators))).all()
    assert hash_secret(page.jar["__Host-operator"]) in stored
    assert EMAIL.encode() not in row.email.blob
    assert row.password_hash.startswith("$argon2id$")


async def test_login_idles_out_and_use_keeps_it_for_twelve_hours(stage: Stage) -> None:
    page, idle = await operator(stage), stage.page()
    await log_in(idle, 200)
    for _ in range(12 * 4 - 1):
        stage.clock.advance(15 * 60)
        assert await is_in(page)
        await stage.control.expire()
    assert not await is_in(idle)
    stage.clock.advance(15 * 60)
    assert not await is_in(page)


async def test_use_is_remembered_over_a_restart_and_logins_that_are_over_are_erased(
    stage: Stage,
) -> None:
    page, idle = await operator(stage), stage.page()
    await log_in(idle, 200)
    stage.clock.advance(25 * 60)
    assert await is_in(page)
    await stage.control.expire()
    await stage.restart()
    stage.clock.advance(25 * 60)
    assert await is_in(page)
    await stage.control.expire()
    async with stage.control.database.read() as tx:
        left = (await tx.execute(select(operator_logins.c.token_hash))).scalars().all()
    assert left == [hash_secret(page.jar["__Host-operator"])]


async def test_logging_out_ends_the_login_on_the_server(stage: Stage) -> None:
    page = await operator(stage)
    cookie = page.jar["__Host-operator"]
    await page.post("/api/ops/logout", expect=204)
    stolen = stage.page()
    stolen.client.session.cookie_jar.update_cookies({"__Host-operator": cookie})
    assert not await is_in(stolen)


async def test_another_password_ends_every_login_and_replaces_the_old_one(stage: Stage) -> None:
    page = await operator(stage)
    changed = FORM.model_copy(update={"email": "WATCH@example.org", "password": "a second one 123"})
    await stage.control.operators.set_password(changed)
    assert not await is_in(page)
    await log_in(page, 401)
    await log_in(page, 200, password="a second one 123")


async def test_removing_an_operator_ends_every_login(stage: Stage) -> None:
    page = await operator(stage)
    await stage.control.operators.remove(EMAIL)
    assert not await is_in(page)
    await log_in(page, 401)


async def test_password_that_changes_while_it_is_compared_lets_nobody_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, compare = stage.control.operators, stage.control.passwords.matches
    await service.add(FORM, now=stage.clock.now)

    async def matches(*given: Any, **more: Any) -> bool:
        same = await compare(*given, **more)
        await service.set_password(FORM.model_copy(update={"password": "a second one 123"}))
        return same

    monkeypatch.setattr(stage.control.passwords, "matches", matches)
    assert await log_in(stage.page(), 401) == "bad_credentials"
