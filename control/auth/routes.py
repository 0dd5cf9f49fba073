"""HTTP of logging in."""

from __future__ import annotations

from aiohttp import web

from control.auth.messages import (
    CLOSE_LOGGED_OUT,
    Credentials,
    LoggedOut,
    Me,
    MeChange,
    Registration,
)
from control.auth.model import LONGEST, Therapist, login_group
from control.auth.service import AuthService, LoggedIn, LoginCaller
from control.http.cookies import client_address, drop_cookie, set_cookie
from control.http.wire import Access, Endpoint, json_answer, no_content, now, read_body
from control.live.hub import Pages

LOGIN_COOKIE = "__Host-login"


def endpoints(service: AuthService, pages: Pages) -> list[Endpoint]:
    async def register(request: web.Request) -> web.Response:
        form = await read_body(request, Registration)
        return _welcome(await service.register(form, now=now(request)), 201)

    async def log_in(request: web.Request) -> web.Response:
        form = await read_body(request, Credentials)
        address = client_address(request)
        return _welcome(await service.log_in(form, address, now=now(request)), 200)

    async def log_out(request: web.Request) -> web.Response:
        login_id = await service.log_out(caller(service, request))
        pages.close(login_group(login_id), LoggedOut(), CLOSE_LOGGED_OUT)
        answer = no_content()
        drop_cookie(answer, LOGIN_COOKIE)
        return answer

    async def me(request: web.Request) -> web.Response:
        return json_answer(_to_me(await service.identify(caller(service, request))))

    async def change_me(request: web.Request) -> web.Response:
        form = await read_body(request, MeChange)
        return json_answer(_to_me(await service.change(caller(service, request), form)))

    return [
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
    ]  # fmt: skip


def caller(service: AuthService, request: web.Request) -> LoginCaller:
    """Return who asks by this request's cookie."""
    return service.caller(request.cookies.get(LOGIN_COOKIE), now=now(request))


def _welcome(fresh: LoggedIn, status: int) -> web.Response:
    answer = json_answer(_to_me(fresh.therapist), status)
    set_cookie(answer, LOGIN_COOKIE, fresh.cookie, LONGEST)
    return answer


def _to_me(person: Therapist) -> Me:
    return Me(id=person.id, name=person.name, email=person.email, language=person.language)
