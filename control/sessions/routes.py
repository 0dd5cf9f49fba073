"""HTTP and WebSocket of sessions: what the therapist does and is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime

from aiohttp import web

from control.auth.messages import LoggedOut
from control.auth.model import login_group, therapist_group
from control.auth.ports import Caller, CallerOf
from control.errors import ControlError, SlowDown
from control.http import paging
from control.http.middleware import check_origin
from control.http.pace import socket_pace
from control.http.wire import (
    CSV_TYPE,
    LANGUAGES,
    Csv,
    Endpoint,
    Sdp,
    json_answer,
    no_content,
    now,
    read_body,
    read_offer,
    sdp_answer,
)
from control.live.hub import LiveHub
from control.live.socket import CLOSE_RATE, HEARTBEAT_S, LiveSocket
from control.notifications.messages import FailuresMessage, MessagesMessage
from control.presence.messages import Devices
from control.sessions.checks import LineChecks
from control.sessions.export import SessionExport
from control.sessions.listing import SessionListing
from control.sessions.messages import (
    LineCheck,
    NewSession,
    Session,
    SessionMessage,
    SessionPage,
    SessionsMessage,
    SoundFirst,
)
from control.sessions.ports import Presence
from control.sessions.service import SessionService
from control.sessions.sheet import read_period
from control.sessions.weak_lines import WeakLines

ONE = "/api/sessions/{id}"
NONE_SUCH = ("404 no_session",)
ENDED = (*NONE_SUCH, "409 ended")
UNSAVED = "503 closed_unsaved"
ANSWER = {200: Session}

SOCKETS_PER_LOGIN = 3

UseCase = Callable[..., Awaitable[Session]]


def endpoints(
    service: SessionService,
    caller: CallerOf,
    *,
    listing: SessionListing,
    checks: LineChecks,
    weak_lines: WeakLines,
    export: SessionExport,
    pages: LiveHub,
    presence: Presence,
) -> list[Endpoint]:
    sockets = socket_pace()

    async def find(request: web.Request) -> web.Response:
        asked, patient_id = paging.read_asked(request), request.query.get("patient") or None
        ended = request.query.get("ended") == "1"
        me = caller(request)
        page = await listing.find(me, asked, patient_id, ended=ended, now=now(request))
        return json_answer(page)

    async def find_open(request: web.Request) -> web.Response:
        return json_answer(await service.find_open(caller(request), now=now(request)))

    async def export_csv(request: web.Request) -> web.StreamResponse:
        query = request.query
        period = read_period(query.get("from", ""), query.get("to", ""), query.get("zone", ""))
        language = query.get("language", "")
        language = language if language in LANGUAGES else LANGUAGES[0]
        response = web.StreamResponse(headers={"Content-Type": f"{CSV_TYPE}; charset=utf-8"})
        async with aclosing(export.pieces(caller(request), period, language)) as pieces:
            try:
                async for piece in pieces:
                    if not response.prepared:
                        await response.prepare(request)
                    await response.write(piece)
            except ControlError:
                if not response.prepared:
                    raise
                if request.transport is not None:  # half a sheet must not pass for a whole one
                    request.transport.abort()
                return response
        await response.write_eof()
        return response

    async def open_session(request: web.Request) -> web.Response:
        form = await read_body(request, NewSession)
        session, is_new = await service.open(caller(request), form.patient_id, now=now(request))
        return json_answer(session, 201 if is_new else 200)

    async def offer(request: web.Request) -> web.Response:
        offered = await read_offer(request)
        me, session_id = caller(request), request.match_info["id"]
        return sdp_answer(await service.offer(me, session_id, offered, now=now(request)))

    async def tell_devices(request: web.Request) -> web.Response:
        devices = await read_body(request, Devices)
        me, session_id = caller(request), request.match_info["id"]
        await presence.tell_therapist_devices(me, session_id, devices, now=now(request))
        return no_content()

    async def check(request: web.Request) -> web.Response:
        me, session_id = caller(request), request.match_info["id"]
        light = request.query.get("light") == "1"
        return json_answer(await checks.check(me, session_id, light=light, now=now(request)))

    async def put_sound_first(request: web.Request) -> web.Response:
        on = (await read_body(request, SoundFirst)).on
        me, session_id = caller(request), request.match_info["id"]
        return json_answer(
            await weak_lines.put_sound_first(me, session_id, on=on, now=now(request))
        )

    async def hint(request: web.Request) -> web.Response:
        await weak_lines.hint(caller(request), request.match_info["id"])
        return no_content()

    async def do(request: web.Request, use_case: UseCase) -> web.Response:
        me: Caller = caller(request)
        moment: datetime = now(request)
        return json_answer(await use_case(me, request.match_info["id"], now=moment))

    async def get(request: web.Request) -> web.Response:
        return await do(request, service.get)

    async def enter(request: web.Request) -> web.Response:
        return await do(request, service.enter)

    async def accept(request: web.Request) -> web.Response:
        return await do(request, service.accept)

    async def hold(request: web.Request) -> web.Response:
        return await do(request, service.hold)

    async def end(request: web.Request) -> web.Response:
        return await do(request, service.end)

    async def live(request: web.Request) -> web.StreamResponse:
        """Push all sessions not ended to a page of the therapist's."""
        check_origin(request)
        me, socket = caller(request), LiveSocket()
        await service.confirm(me)
        sockets.take(me.login_id, asyncio.get_running_loop().time())
        therapist_id, login = me.id, login_group(me.login_id)
        if pages.count(login) >= SOCKETS_PER_LOGIN:
            raise SlowDown(int(HEARTBEAT_S))
        pages.join(login, socket)
        pages.join(therapist_group(therapist_id), socket)
        try:
            await presence.refresh_all(therapist_id, now=now(request))
            # Judged again, now that a log-out would close this socket.
            socket.send(await service.find_open(me, now=now(request)))
            async with aclosing(socket.run(request)) as frames:
                async for _ in frames:
                    socket.close(CLOSE_RATE)  # this page has nothing to say here
        finally:
            pages.leave(socket)
            await presence.refresh_all(therapist_id, now=now(request))
        return socket.response

    return [
        Endpoint(
            "GET", "/api/sessions", find, "List sessions, newest first",
            answers={200: SessionPage}, query=("patient", "ended", *paging.QUERY),
            errors=paging.ERRORS,
        ),
        Endpoint(
            "GET", "/api/sessions/open", find_open, "Read all sessions not ended, as pushed",
            answers={200: SessionsMessage},
        ),
        Endpoint(
            "GET", "/api/sessions/export", export_csv, "Download the sessions of some days as CSV",
            answers={200: Csv()}, query=("from", "to", "zone", "language"),
            errors=("400 bad_period", "400 bad_zone"),
        ),
        Endpoint(
            "POST", "/api/sessions", open_session, "Open a session, or find the open one",
            body=NewSession, answers={201: Session, 200: Session}, errors=("404 no_patient",),
        ),
        Endpoint("GET", ONE, get, "Read a session", answers=ANSWER, errors=NONE_SUCH),
        Endpoint(
            "POST", f"{ONE}/offer", offer,
            "Connect the therapist's media; again replaces the old peer",
            body=Sdp(), answers={201: Sdp()},
            errors=(*ENDED, "400 bad_sdp", "429 slow_down", "503 media_away", "503 draining"),
        ),
        Endpoint(
            "PUT", f"{ONE}/devices", tell_devices,
            "Say what the therapist's page sends, for the patient's page",
            body=Devices, answers={204: None}, errors=ENDED,
        ),
        Endpoint(
            "POST", f"{ONE}/check", check,
            "Begin a check of both lines, unless in contact, and tell how they are now",
            answers={200: LineCheck}, query=("light",),
            errors=(*ENDED, "409 in_call", "429 slow_down", "503 media_away", "503 full"),
        ),
        Endpoint(
            "PUT", f"{ONE}/sound-first", put_sound_first,
            "Stop the pictures of both in contact, so that the sound has the lines, or let them go",
            body=SoundFirst, answers=ANSWER, errors=ENDED,
        ),
        Endpoint(
            "POST", f"{ONE}/hint", hint, "Have the patient's page say what may help its line",
            answers={204: None}, errors=(*ENDED, "409 no_page", "429 slow_down"),
        ),
        Endpoint(
            "POST", f"{ONE}/enter", enter, "Enter the virtual room", answers=ANSWER, errors=ENDED
        ),
        Endpoint(
            "POST", f"{ONE}/accept", accept, "Let the patient in: the gate opens",
            answers=ANSWER,
            errors=(
                *ENDED, "409 not_entered", "409 patient_absent", "409 in_conversation",
                "503 media_away",
            ),
        ),
        Endpoint(
            "POST", f"{ONE}/hold", hold, "Send the patient back to the waiting room",
            answers=ANSWER, errors=(*ENDED, "409 not_in_contact", UNSAVED),
        ),
        Endpoint(
            "POST", f"{ONE}/end", end, "End the session for both",
            answers=ANSWER, errors=(*ENDED, UNSAVED),
        ),
        Endpoint(
            "GET", "/api/live", live, "Push all sessions not ended",
            live=(SessionsMessage, SessionMessage, MessagesMessage, FailuresMessage, LoggedOut),
        ),
    ]  # fmt: skip
