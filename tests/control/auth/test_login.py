"""Registering, logging in and out, and what stops those who guess."""

from __future__ import annotations

from sqlalchemy import select

from control.auth.model import hash_secret
from control.auth.store import logins
from tests.control.stage import PASSWORD, Page, Stage

EMAIL = "rossi@example.org"


async def log_in(page: Page, expect: int, email: str = EMAIL, password: str = PASSWORD) -> str:
    answer = await page.post("/api/login", {"email": email, "password": password}, expect)
    code: str = answer.get("code", "")
    return code


async def test_me_says_who_is_logged_in(stage: Stage) -> None:
    page = await stage.therapist()
    me = await page.get("/api/me")
    assert (me["name"], me["email"], me["language"]) == ("Dr. Rossi", EMAIL, "en")


async def test_login_cookie_is_bound_to_the_host_and_only_its_hash_is_stored(stage: Stage) -> None:
    await stage.therapist()
    page, form = stage.page(), {"email": EMAIL, "password": PASSWORD}
    async with page.client.post("/api/login", json=form, headers={"X-Visavis": "1"}) as answer:
        headers = answer.headers.getall("Set-Cookie")
    for header, name in zip(headers, ("__Host-login=", "__Host-device="), strict=True):
        for part in (name, "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in header
        assert "Domain" not in header
    async with stage.control.database.read() as tx:
        stored = (await tx.execute(select(logins.c.token_hash))).scalars().all()
    assert hash_secret(page.jar["__Host-login"]) in stored


async def test_short_password_is_refused_without_repeating_it(stage: Stage) -> None:
    form = {"email": EMAIL, "password": "swordfish", "name": "Dr. Rossi"}
    error = await stage.page().post("/api/register", form, 400)
    assert error["code"] == "invalid_body"
    assert error["text"].startswith("password:")
    assert "swordfish" not in error["text"]


async def test_unknown_email_and_wrong_password_get_the_same_answer(stage: Stage) -> None:
    await stage.therapist()
    page = stage.page()
    wrong = await page.post("/api/login", {"email": EMAIL, "password": "wrong"}, 401)
    unknown = await page.post("/api/login", {"email": "no@example.org", "password": "wrong"}, 401)
    assert wrong == unknown
    assert wrong["code"] == "bad_credentials"


async def test_unknown_email_costs_the_same_work(stage: Stage) -> None:
    passwords = stage.control.passwords
    assert not await passwords.matches(None, "nobody has this password")
    assert await passwords.matches(await passwords.hash(PASSWORD), PASSWORD)


async def test_logging_out_ends_the_login_on_the_server(stage: Stage) -> None:
    page = await stage.therapist()
    cookie = page.jar["__Host-login"]
    live = await page.live("/api/live")
    await page.post("/api/logout", expect=204)
    await live.until(lambda message: message["type"] == "logged_out")
    assert await live.close_code() == 4001
    stolen = stage.page()
    stolen.client.session.cookie_jar.update_cookies({"__Host-login": cookie})
    assert (await stolen.call("GET", "/api/me", expect=401))["code"] == "login_needed"


async def test_login_idles_out_unless_a_page_is_open(stage: Stage) -> None:
    page, other = await stage.therapist(), await stage.therapist("bianchi@example.org")
    live = await page.live("/api/live")
    await live.next()
    for _ in range(4):
        stage.clock.advance(10 * 60)
        await stage.control.expire()
    await page.get("/api/me")
    await other.get("/api/me", expect=401)


async def test_longest_login_closes_the_open_page(stage: Stage) -> None:
    live = await (await stage.therapist()).live("/api/live")
    stage.clock.advance(12 * 3600)
    await stage.control.expire()
    await live.until(lambda message: message["type"] == "logged_out")
    assert await live.close_code() == 4001


async def test_name_and_language_can_be_changed(stage: Stage) -> None:
    page = await stage.therapist()
    changed = await page.call("PATCH", "/api/me", {"language": "it"}, expect=200)
    assert (changed["name"], changed["language"]) == ("Dr. Rossi", "it")
    assert await page.get("/api/me") == changed
    await page.call("PATCH", "/api/me", {"language": "fr"}, expect=400)
