"""HTTP of logging in."""

from __future__ import annotations

from aiohttp import web

from control.access import LOGIN_COOKIE, client_address, drop_cookie, logged_in, set_cookie
from control.auth.messages import Credentials, Me, MeChange, Registration
from control.auth.model import LONGEST, Therapist
from control.auth.service import LoggedIn
from control.http.wire import Access, Endpoint, json_answer, no_content, now, read_body
from control.keys import AUTH, PAGES
from control.live_messages import CLOSE_LOGGED_OUT, LoggedOut


async def register(request: web.Request) -> web.Response:
    form = await read_body(request, Registration)
    return _welcome(await request.app[AUTH].register(form, now=now(request)), 201)


async def log_in(request: web.Request) -> web.Response:
    form = await read_body(request, Credentials)
    address = client_address(request)
    return _welcome(await request.app[AUTH].log_in(form, address, now=now(request)), 200)


async def log_out(request: web.Request) -> web.Response:
    login, _ = await logged_in(request)
    await request.app[AUTH].log_out(login)
    request.app[PAGES].close_login(login.id, LoggedOut(), CLOSE_LOGGED_OUT)
    answer = no_content()
    drop_cookie(answer, LOGIN_COOKIE)
    return answer


async def me(request: web.Request) -> web.Response:
    _, person = await logged_in(request)
    return json_answer(_to_me(person))


async def change_me(request: web.Request) -> web.Response:
    _, person = await logged_in(request)
    form = await read_body(request, MeChange)
    return json_answer(_to_me(await request.app[AUTH].change(person, form)))


def _welcome(fresh: LoggedIn, status: int) -> web.Response:
    answer = json_answer(_to_me(fresh.therapist), status)
    set_cookie(answer, LOGIN_COOKIE, fresh.cookie, LONGEST)
    return answer


def _to_me(person: Therapist) -> Me:
    return Me(id=person.id, name=person.name, email=person.email, language=person.language)


ROUTES = (
    Endpoint(
        "POST", "/api/register", register, "Make a therapist's account and log in",
        Access.ANYONE, Registration, {201: Me}, ("409 email_taken",),
    ),
    Endpoint(
        "POST", "/api/login", log_in, "Log in",
        Access.ANYONE, Credentials, {200: Me}, ("401 bad_credentials", "429 slow_down"),
    ),
    Endpoint("POST", "/api/logout", log_out, "End this login", answers={204: None}),
    Endpoint("GET", "/api/me", me, "Say who is logged in", answers={200: Me}),
    Endpoint(
        "PATCH", "/api/me", change_me, "Change name or language",
        body=MeChange, answers={200: Me},
    ),
)  # fmt: skip
