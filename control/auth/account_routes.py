"""HTTP of the therapist's own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import hdrs, web

from control.auth.account import AccountService, Browser
from control.auth.leaving import LeavingService
from control.auth.messages import (
    CLOSE_LOGGED_OUT,
    Erasure,
    LoggedOut,
    LoginList,
    Me,
    PasswordChange,
    PasswordReset,
    ResetAsking,
)
from control.auth.model import MOST_PICTURE_BYTES, login_group, therapist_group
from control.auth.pictures import PictureService
from control.auth.recovery import RecoveryService
from control.auth.routes import DEVICE_COOKIE, LOGIN_COOKIE, caller, to_me
from control.auth.service import AuthService
from control.http.addresses import client_address
from control.http.cookies import drop_cookie
from control.http.wire import (
    Access,
    Endpoint,
    Picture,
    json_answer,
    no_content,
    now,
    picture_answer,
    read_body,
    read_picture,
)
from control.live.hub import Pages

PASSWORD_ERRORS = ("403 wrong_password", "429 slow_down", "503 busy")


def endpoints(
    auth: AuthService,
    account: AccountService,
    *,
    pictures: PictureService,
    leaving: LeavingService,
    recovery: RecoveryService,
    pages: Pages,
) -> list[Endpoint]:
    def close(login_ids: Iterable[str]) -> None:
        for login_id in login_ids:
            pages.close(login_group(login_id), LoggedOut(), CLOSE_LOGGED_OUT)

    async def change_password(request: web.Request) -> web.Response:
        form = await read_body(request, PasswordChange)
        me, at = caller(auth, request), now(request)
        close(await account.change_password(me, form, browser(request), now=at))
        return no_content()

    async def forgot(request: web.Request) -> web.Response:
        form = await read_body(request, ResetAsking)
        await recovery.ask(form.email, client_address(request), now=now(request))
        return no_content()

    async def reset(request: web.Request) -> web.Response:
        form = await read_body(request, PasswordReset)
        address, at = client_address(request), now(request)
        close(await recovery.reset(form.token, form.password, address, now=at))
        return no_content()

    async def logins(request: web.Request) -> web.Response:
        return json_answer(await auth.logins(caller(auth, request), now=now(request)))

    async def end_login(request: web.Request) -> web.Response:
        close(await auth.end_login(caller(auth, request), request.match_info["id"]))
        return no_content()

    async def end_other_logins(request: web.Request) -> web.Response:
        close(await auth.end_other_logins(caller(auth, request)))
        return no_content()

    async def picture(request: web.Request) -> web.Response:
        found = await pictures.read(caller(auth, request))
        return picture_answer(found.kind, found.content)

    async def put_picture(request: web.Request) -> web.Response:
        content = await read_picture(request, MOST_PICTURE_BYTES)
        await pictures.put(caller(auth, request), content)
        return json_answer(to_me(await auth.identify(caller(auth, request))))

    async def remove_picture(request: web.Request) -> web.Response:
        await pictures.remove(caller(auth, request))
        return no_content()

    async def export(request: web.Request) -> web.Response:
        at = now(request)
        text = await leaving.export(caller(auth, request), now=at)
        name = f"visavis-{at:%Y-%m-%d}.json"
        headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
        return web.Response(text=text, content_type="application/json", headers=headers)

    async def erase(request: web.Request) -> web.Response:
        form = await read_body(request, Erasure)
        me, at = caller(auth, request), now(request)
        therapist_id = await leaving.erase(me, form.password, browser(request), now=at)
        pages.close(therapist_group(therapist_id), LoggedOut(), CLOSE_LOGGED_OUT)
        answer = no_content()
        drop_cookie(answer, LOGIN_COOKIE)
        drop_cookie(answer, DEVICE_COOKIE)
        return answer

    return [
        Endpoint(
            "GET", "/api/me/picture", picture, "Read the therapist's own picture",
            answers={200: Picture()}, errors=("404 no_picture",),
        ),
        Endpoint(
            "PUT", "/api/me/picture", put_picture, "Set the picture that patients see",
            body=Picture(), answers={200: Me}, errors=("400 bad_picture", "413 too_large"),
        ),
        Endpoint(
            "DELETE", "/api/me/picture", remove_picture, "Remove the picture",
            answers={204: None},
        ),
        Endpoint(
            "GET", "/api/me/export", export, "Take everything of this account along, as a file",
            answers={200: dict[str, Any]},
        ),
        Endpoint(
            "POST", "/api/me/erase", erase,
            "Delete the account with all that belongs to it; running sessions end first",
            body=Erasure, answers={204: None}, errors=PASSWORD_ERRORS,
        ),
        Endpoint(
            "POST", "/api/me/password", change_password,
            "Change the password; every other login ends",
            body=PasswordChange, answers={204: None}, errors=PASSWORD_ERRORS,
        ),
        Endpoint(
            "POST", "/api/forgot", forgot,
            "Ask for a link to a new password; the same answer whether or not there is an account",
            Access.ANYONE, ResetAsking, {204: None}, ("429 slow_down", "503 no_mail"),
        ),
        Endpoint(
            "POST", "/api/reset", reset, "Set a new password by a link; every login ends",
            Access.ANYONE, PasswordReset, {204: None},
            ("404 link_unknown", "429 slow_down", "503 busy"),
        ),
        Endpoint(
            "GET", "/api/me/logins", logins, "List where the therapist is logged in",
            answers={200: LoginList},
        ),
        Endpoint(
            "DELETE", "/api/me/logins/{id}", end_login, "End one login",
            answers={204: None}, errors=("404 no_login",),
        ),
        Endpoint(
            "DELETE", "/api/me/logins", end_other_logins, "End every login but this one",
            answers={204: None},
        ),
    ]  # fmt: skip


def browser(request: web.Request) -> Browser:
    return Browser(client_address(request), request.cookies.get(DEVICE_COOKIE))
