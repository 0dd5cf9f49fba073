"""HTTP and WebSocket of the patient's visit."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing

from aiohttp import web
from pydantic import ValidationError

from control.http.addresses import client_address
from control.http.cookies import set_cookie
from control.http.middleware import check_origin
from control.http.pace import socket_pace
from control.http.wire import (
    Access,
    Endpoint,
    Offer,
    Picture,
    Sdp,
    json_answer,
    no_content,
    now,
    picture_answer,
    read_body,
    read_offer,
    saves_data,
    sdp_answer,
)
from control.live.hub import LiveHub
from control.live.socket import CLOSE_RATE, LiveSocket
from control.presence.model import lobby_group
from control.visits.checks import VisitChecks
from control.visits.link_tests import LinkTests
from control.visits.messages import (
    CLOSE_MOVED,
    DevicesMessage,
    Hint,
    LinkLook,
    LinkPreview,
    LinkTestAnswer,
    LinkTestOffer,
    Moved,
    Revoked,
    Visit,
    VisitMessage,
    VisitRequest,
)
from control.visits.model import VISIT_COOKIE, VISIT_LIFETIME, patient_group
from control.visits.ports import Presence
from control.visits.service import VisitorCookie, VisitService

log = logging.getLogger(__name__)


def endpoints(
    service: VisitService, checks: VisitChecks, tests: LinkTests, pages: LiveHub, presence: Presence
) -> list[Endpoint]:
    sockets = socket_pace()

    async def preview(request: web.Request) -> web.Response:
        form = await read_body(request, LinkLook)
        address, jar = client_address(request), request.cookies
        return json_answer(await service.preview(form.token, jar, address, now=now(request)))

    async def open_link(request: web.Request) -> web.Response:
        form = await read_body(request, VisitRequest)
        address, jar = client_address(request), request.cookies
        admission = await service.open(form, jar, address, now=now(request))
        answer = json_answer(admission.visit)
        set_cookie(answer, VISIT_COOKIE, admission.cookie, VISIT_LIFETIME)
        if admission.hold is not None:
            hold = admission.hold
            set_cookie(answer, hold.name, hold.secret, hold.expires_at - now(request))
        return answer

    async def get(request: web.Request) -> web.Response:
        return json_answer(await service.view(visitor(service, request), now=now(request)))

    async def picture(request: web.Request) -> web.Response:
        found = await service.picture(visitor(service, request))
        return picture_answer(found.kind, found.content)

    async def offer(request: web.Request) -> web.Response:
        offered = await read_offer(request)
        me = visitor(service, request)
        return sdp_answer(await service.offer(me, offered, now=now(request)))

    async def check(request: web.Request) -> web.Response:
        light = request.query.get("light") == "1"
        await checks.check(visitor(service, request), light=light)
        return no_content()

    async def offer_test(request: web.Request) -> web.Response:
        form = await read_body(request, LinkTestOffer)
        jar, address = request.cookies, client_address(request)
        offered = Offer(form.sdp, saves_data(request))
        answer = await tests.offer(form.token, offered, jar, address, now=now(request))
        return json_answer(LinkTestAnswer(sdp=answer), 201)

    async def leave(request: web.Request) -> web.Response:
        await service.leave(visitor(service, request), now=now(request))
        return no_content()

    async def live(request: web.Request) -> web.StreamResponse:
        """Be the patient's presence, and push the visit."""
        check_origin(request)
        me, socket = visitor(service, request), LiveSocket()
        visit, record = await service.join(me, now=now(request))
        sockets.take(visit.id, asyncio.get_running_loop().time())
        session_id = None if record is None else record.id
        pages.close(patient_group(visit.patient_id), Moved(), CLOSE_MOVED)
        pages.join(patient_group(visit.patient_id), socket)
        if session_id is not None:
            pages.join(lobby_group(session_id), socket)
        try:
            # Judged again, now that a revocation would close this socket.
            socket.send(VisitMessage(visit=await service.arrived(me, session_id, now=now(request))))
            async with aclosing(socket.run(request)) as frames:
                async for text in frames:
                    message = _decode(text)
                    if message is None:
                        socket.close(CLOSE_RATE)
                    elif session_id is not None:
                        await presence.tell_patient_devices(
                            session_id, message.devices, now=now(request)
                        )
        finally:
            pages.leave(socket)
            await service.departed(visit, session_id, now=now(request))
        return socket.response

    return [
        Endpoint(
            "POST", "/api/visit/preview", preview, "Say whom a link is for; nothing follows",
            Access.ANYONE, LinkLook, {200: LinkPreview},
            ("404 link_unknown", "409 taken", "429 slow_down"),
        ),
        Endpoint(
            "POST", "/api/visit", open_link, "Continue with the link on this device",
            Access.ANYONE, VisitRequest, {200: Visit},
            ("400 name_needed", "404 link_unknown", "409 elsewhere", "409 taken", "429 slow_down"),
        ),
        Endpoint("GET", "/api/visit", get, "Read the visit", Access.VISIT, answers={200: Visit}),
        Endpoint(
            "GET", "/api/visit/picture", picture, "Read the therapist's picture",
            Access.VISIT, answers={200: Picture()}, errors=("404 no_picture",),
        ),
        Endpoint(
            "POST", "/api/visit/offer", offer,
            "Connect the patient's media; again replaces the old peer",
            Access.VISIT, Sdp(), {201: Sdp()},
            ("400 bad_sdp", "409 ended", "429 slow_down", "503 media_away", "503 draining"),
        ),
        Endpoint(
            "POST", "/api/visit/test/offer", offer_test,
            "Connect a test of camera and connection; nobody is told, and no visit begins",
            Access.ANYONE, LinkTestOffer, {201: LinkTestAnswer},
            (
                "400 bad_sdp", "404 link_unknown", "409 taken", "429 slow_down", "503 media_away",
                "503 full", "503 draining",
            ),
        ),
        Endpoint(
            "POST", "/api/visit/check", check,
            "Begin a check of the patient's line, before contact",
            Access.VISIT, answers={204: None}, query=("light",),
            errors=(
                "409 ended", "409 not_connected", "409 in_call", "429 slow_down", "503 media_away",
                "503 full",
            ),
        ),
        Endpoint(
            "POST", "/api/visit/leave", leave, "The patient's own goodbye",
            Access.VISIT, answers={204: None},
        ),
        Endpoint(
            "GET", "/api/visit/live", live, "Be present, and be pushed the visit", Access.VISIT,
            live=(VisitMessage, Hint, Moved, Revoked, DevicesMessage),
        ),
    ]  # fmt: skip


def visitor(service: VisitService, request: web.Request) -> VisitorCookie:
    """Return whose device asks by this request's cookie."""
    return service.visitor(request.cookies.get(VISIT_COOKIE), now=now(request))


def _decode(text: str) -> DevicesMessage | None:
    try:
        return DevicesMessage.model_validate_json(text)
    except ValidationError:
        log.info("a patient's page sent what is not a message")
        return None
