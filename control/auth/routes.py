"""HTTP of logging in."""

from __future__ import annotations

from aiohttp import hdrs, web

from control.auth import devices
from control.auth.browsers import browser_name
from control.auth.confirmation import ConfirmationService
from control.auth.messages import (
    CLOSE_LOGGED_OUT,
    Confirmation,
    Credentials,
    LoggedOut,
    Me,
    MeChange,
    Registered,
    Registration,
    RegistrationMode,
)
from control.auth.model import LONGEST, Therapist, login_group
from control.auth.registration import RegistrationService
from control.auth.service import AuthService, LoggedIn, LoginCaller
from control.http.addresses import client_address
from control.http.cookies import drop_cookie, set_cookie
from control.http.wire import Access, Endpoint, json_answer, no_content, now, read_body
from control.live.hub import Pages

LOGIN_COOKIE = "__Host-login"
DEVICE_COOKIE = "__Host-device"


def endpoints(
    service: AuthService,
    registration: RegistrationService,
    confirmations: ConfirmationService,
    pages: Pages,
) -> list[Endpoint]:
    async def registration_mode(request: web.Request) -> web.Response:
        return json_answer(
            RegistrationMode(registration=registration.mode, mail=confirmations.can_mail)
        )

    async def register(request: web.Request) -> web.Response:
        form = await read_body(request, Registration)
        address = client_address(request)
        therapist = await registration.register(form, address, now=now(request))
        if therapist is None:
            return json_answer(Registered(next=registration.next_step), 202)
        fresh = await service.welcome(therapist, browser=_browser(request), now=now(request))
        return _welcome(fresh, 201)

    async def confirm(request: web.Request) -> web.Response:
        form = await read_body(request, Confirmation)
        address, at = client_address(request), now(request)
        therapist = await confirmations.confirm(form.token, form.password, address, now=at)
        fresh = await service.welcome(therapist, browser=_browser(request), now=at)
        return _welcome(fresh, 201)

    async def log_in(request: web.Request) -> web.Response:
        form = await read_body(request, Credentials)
        address, device = client_address(request), request.cookies.get(DEVICE_COOKIE)
        fresh = await service.log_in(
            form, address, device, browser=_browser(request), now=now(request)
        )
        return _welcome(fresh, 200)

    async def log_out(request: web.Request) -> web.Response:
        login_id = await service.log_out(caller(service, request))
        pages.close(login_group(login_id), LoggedOut(), CLOSE_LOGGED_OUT)
        answer = no_content()
        drop_cookie(answer, LOGIN_COOKIE)
        return answer

    async def me(request: web.Request) -> web.Response:
        return json_answer(to_me(await service.identify(caller(service, request))))

    async def change_me(request: web.Request) -> web.Response:
        form = await read_body(request, MeChange)
        return json_answer(to_me(await service.change(caller(service, request), form)))

    return [
        Endpoint(
            "GET", "/api/register", registration_mode, "Say who may make an account",
            Access.ANYONE, answers={200: RegistrationMode},
        ),
        Endpoint(
            "POST", "/api/register", register,
            "Make a therapist's account; with an invitation, log in as well",
            Access.ANYONE, Registration, {201: Me, 202: Registered},
            (
                "403 registration_closed", "403 invitation_needed", "409 email_taken",
                "429 slow_down", "503 busy",
            ),
        ),
        Endpoint(
            "POST", "/api/register/confirm", confirm,
            "Confirm the address by the link that was sent to it: make the account, and log in",
            Access.ANYONE, Confirmation, {201: Me},
            (
                "403 wrong_password", "403 registration_closed", "404 link_unknown",
                "429 slow_down", "503 busy",
            ),
        ),
        Endpoint(
            "POST", "/api/login", log_in, "Log in",
            Access.ANYONE, Credentials, {200: Me},
            ("401 bad_credentials", "429 slow_down", "503 busy"),
        ),
        Endpoint("POST", "/api/logout", log_out, "End this login", answers={204: None}),
        Endpoint("GET", "/api/me", me, "Say who is logged in", answers={200: Me}),
        Endpoint(
            "PATCH", "/api/me", change_me, "Change name, gender or language",
            body=MeChange, answers={200: Me},
        ),
    ]  # fmt: skip


def caller(service: AuthService, request: web.Request) -> LoginCaller:
    """Return who asks by this request's cookie."""
    return service.caller(request.cookies.get(LOGIN_COOKIE), now=now(request))


def _welcome(fresh: LoggedIn, status: int) -> web.Response:
    answer = json_answer(to_me(fresh.therapist), status)
    set_cookie(answer, LOGIN_COOKIE, fresh.cookie, LONGEST)
    set_cookie(answer, DEVICE_COOKIE, fresh.device, devices.LIFETIME)
    return answer


def to_me(person: Therapist) -> Me:
    return Me(
        id=person.id,
        name=person.name,
        gender=person.gender,
        email=person.email,
        language=person.language,
        picture=person.picture,
        is_canary=person.is_canary,
    )


def _browser(request: web.Request) -> str:
    return browser_name(request.headers.get(hdrs.USER_AGENT))
