"""HTTP of operators' logins."""

from __future__ import annotations

from aiohttp import web

from control.auth import devices
from control.auth.messages import Credentials, OperatorMe
from control.auth.model import LONGEST, Operator
from control.auth.operators import OperatorCaller, OperatorService
from control.http.addresses import client_address
from control.http.cookies import drop_cookie, set_cookie
from control.http.wire import Access, Endpoint, json_answer, no_content, now, read_body

OPERATOR_COOKIE = "__Host-operator"
DEVICE_COOKIE = "__Host-operator-device"


def endpoints(service: OperatorService) -> list[Endpoint]:
    async def log_operator_in(request: web.Request) -> web.Response:
        form = await read_body(request, Credentials)
        address, device = client_address(request), request.cookies.get(DEVICE_COOKIE)
        fresh = await service.log_in(form, address, device, now=now(request))
        answer = json_answer(_to_me(fresh.operator))
        set_cookie(answer, OPERATOR_COOKIE, fresh.cookie, LONGEST)
        set_cookie(answer, DEVICE_COOKIE, fresh.device, devices.LIFETIME)
        return answer

    async def log_operator_out(request: web.Request) -> web.Response:
        await service.log_out(caller(service, request))
        answer = no_content()
        drop_cookie(answer, OPERATOR_COOKIE)
        return answer

    async def operator_me(request: web.Request) -> web.Response:
        return json_answer(_to_me(await service.identify(caller(service, request))))

    return [
        Endpoint(
            "POST", "/api/ops/login", log_operator_in, "Log an operator in",
            Access.ANYONE, Credentials, {200: OperatorMe},
            ("401 bad_credentials", "429 slow_down", "503 busy"),
        ),
        Endpoint(
            "POST", "/api/ops/logout", log_operator_out, "End this login of an operator",
            Access.OPERATOR, answers={204: None},
        ),
        Endpoint(
            "GET", "/api/ops/me", operator_me, "Say which operator is logged in",
            Access.OPERATOR, answers={200: OperatorMe},
        ),
    ]  # fmt: skip


def caller(service: OperatorService, request: web.Request) -> OperatorCaller:
    """Return who asks by this request's cookie."""
    return service.caller(request.cookies.get(OPERATOR_COOKIE), now=now(request))


def _to_me(operator: Operator) -> OperatorMe:
    return OperatorMe(email=operator.email, language=operator.language)
