"""HTTP of the patient's visit."""

from __future__ import annotations

from aiohttp import web

from control.access import VISIT_COOKIE, client_address, set_cookie, visiting
from control.http.wire import (
    Access,
    Endpoint,
    Sdp,
    json_answer,
    no_content,
    now,
    read_body,
    read_sdp,
    sdp_answer,
)
from control.keys import VISITS
from control.presence.model import VISIT_LIFETIME
from control.visits.messages import Visit, VisitRequest


async def open_link(request: web.Request) -> web.Response:
    form = await read_body(request, VisitRequest)
    cookie = request.cookies.get(VISIT_COOKIE)
    address = client_address(request)
    admission = await request.app[VISITS].open(form, cookie, address, now=now(request))
    answer = json_answer(admission.visit)
    set_cookie(answer, VISIT_COOKIE, admission.cookie, VISIT_LIFETIME)
    return answer


async def get(request: web.Request) -> web.Response:
    return json_answer(await request.app[VISITS].view(await visiting(request)))


async def offer(request: web.Request) -> web.Response:
    visit = await visiting(request)
    sdp = await read_sdp(request)
    return sdp_answer(await request.app[VISITS].offer(visit, sdp, now=now(request)))


async def leave(request: web.Request) -> web.Response:
    await request.app[VISITS].leave(await visiting(request), now=now(request))
    return no_content()


ROUTES = (
    Endpoint(
        "POST", "/api/visit", open_link, "Open the link on this device",
        Access.ANYONE, VisitRequest, {200: Visit},
        ("404 link_unknown", "409 elsewhere", "429 slow_down"),
    ),
    Endpoint("GET", "/api/visit", get, "Read the visit", Access.VISIT, answers={200: Visit}),
    Endpoint(
        "POST", "/api/visit/offer", offer,
        "Connect the patient's media; again replaces the old peer",
        Access.VISIT, Sdp(), {201: Sdp()}, ("400 bad_sdp", "409 ended", "503 media_away"),
    ),
    Endpoint(
        "POST", "/api/visit/leave", leave, "The patient's own goodbye",
        Access.VISIT, answers={204: None},
    ),
)  # fmt: skip
