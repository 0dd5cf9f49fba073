"""The two WebSockets: the therapist's and the patient's."""

from __future__ import annotations

import logging
from contextlib import aclosing

from aiohttp import web
from pydantic import ValidationError

from control.access import logged_in, visiting
from control.errors import Forbidden
from control.http.wire import now
from control.keys import CONFIG, FEED, PAGES, PRESENCE, VISITS
from control.live.socket import LiveSocket
from control.live_messages import (
    CLOSE_MOVED,
    CLOSE_RATE,
    DevicesMessage,
    Moved,
    VisitMessage,
)

log = logging.getLogger(__name__)


async def therapist_page(request: web.Request) -> web.StreamResponse:
    """Push all sessions not ended to a page of the therapist's."""
    check_origin(request)
    login, person = await logged_in(request)
    pages, socket = request.app[PAGES], LiveSocket()
    pages.attach_therapist(person.id, login.id, socket)
    try:
        await request.app[PRESENCE].look_all(person.id, now=now(request))
        socket.send(await request.app[FEED].open_views(person.id, now(request)))
        async with aclosing(socket.run(request)) as frames:
            async for _ in frames:
                socket.close(CLOSE_RATE)  # this page has nothing to say here
    finally:
        pages.detach_therapist(person.id, login.id, socket)
        await request.app[PRESENCE].look_all(person.id, now=now(request))
    return socket.response


async def patient_page(request: web.Request) -> web.StreamResponse:
    """Be the patient's presence, and push the visit."""
    check_origin(request)
    visit = await visiting(request)
    pages, visits, socket = request.app[PAGES], request.app[VISITS], LiveSocket()
    pages.attach_patient(visit.patient_id, socket, Moved(), CLOSE_MOVED)
    try:
        socket.send(VisitMessage(visit=await visits.arrive(visit, now=now(request))))
        async with aclosing(socket.run(request)) as frames:
            async for text in frames:
                message = _decode(text)
                if message is None:
                    socket.close(CLOSE_RATE)
                else:
                    await visits.tell_devices(visit, message.devices, now=now(request))
    finally:
        if pages.detach_patient(visit.patient_id, socket):
            await visits.depart(visit, now=now(request))
    return socket.response


def check_origin(request: web.Request) -> None:
    """Refuse a page of another site; a browser always says where a WebSocket comes from."""
    origin = request.headers.get("Origin", "")
    if origin not in request.app[CONFIG].origins:
        raise Forbidden("wrong_origin", "This page may not connect here.")


def _decode(text: str) -> DevicesMessage | None:
    try:
        return DevicesMessage.model_validate_json(text)
    except ValidationError:
        log.info("a patient's page sent what is not a message")
        return None
