"""HTTP of an account's e-mail address."""

from __future__ import annotations

from aiohttp import web

from control.auth import devices
from control.auth.account_routes import PASSWORD_ERRORS, browser
from control.auth.email_change import Changed, EmailChangeService
from control.auth.messages import EmailConfirmation, EmailState, NewEmail
from control.auth.routes import DEVICE_COOKIE, caller
from control.auth.service import AuthService
from control.http.cookies import set_cookie
from control.http.wire import Access, Endpoint, json_answer, no_content, now, read_body

PATH = "/api/me/email"


def endpoints(auth: AuthService, service: EmailChangeService) -> list[Endpoint]:
    async def read_email(request: web.Request) -> web.Response:
        return json_answer(await service.state(caller(auth, request), now=now(request)))

    async def change_email(request: web.Request) -> web.Response:
        form = await read_body(request, NewEmail)
        me, at = caller(auth, request), now(request)
        return _changed(await service.begin(me, form, browser(request), now=at))

    async def send_email_again(request: web.Request) -> web.Response:
        await service.again(caller(auth, request), now=now(request))
        return no_content()

    async def keep_email(request: web.Request) -> web.Response:
        await service.cancel(caller(auth, request))
        return no_content()

    async def confirm_email(request: web.Request) -> web.Response:
        form = await read_body(request, EmailConfirmation)
        me, here, at = caller(auth, request), browser(request), now(request)
        return _changed(await service.confirm(me, form.token, form.password, here, now=at))

    return [
        Endpoint(
            "GET", PATH, read_email, "Say the address, and which other one waits to be confirmed",
            answers={200: EmailState},
        ),
        Endpoint(
            "POST", PATH, change_email,
            "Ask for another address, which a link confirms; without mail, take it at once",
            body=NewEmail, answers={200: EmailState},
            errors=(*PASSWORD_ERRORS, "409 email_taken"),
        ),
        Endpoint(
            "POST", f"{PATH}/again", send_email_again, "Send the link once more",
            answers={204: None}, errors=("404 no_change", "429 slow_down"),
        ),
        Endpoint(
            "DELETE", PATH, keep_email, "Keep the address; links to another are void",
            answers={204: None},
        ),
        Endpoint(
            "POST", "/api/email/confirm", confirm_email,
            "Take the new address by its link, logged in to the account or with its password",
            Access.ANYONE, EmailConfirmation, {200: EmailState},
            (
                "403 password_needed", *PASSWORD_ERRORS, "404 link_unknown", "409 email_taken",
            ),
        ),
    ]  # fmt: skip


def _changed(changed: Changed) -> web.Response:
    answer = json_answer(changed.state)
    if changed.device is not None:
        set_cookie(answer, DEVICE_COOKIE, changed.device, devices.LIFETIME)
    return answer
