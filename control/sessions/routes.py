"""HTTP of sessions: what the therapist does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from control.access import therapist
from control.http.wire import (
    Endpoint,
    Sdp,
    json_answer,
    list_answer,
    now,
    read_body,
    read_sdp,
    sdp_answer,
)
from control.keys import SESSIONS
from control.sessions.messages import NewSession, Session
from control.sessions.service import SessionService


async def find(request: web.Request) -> web.Response:
    me = await therapist(request)
    patient_id = request.query.get("patient")
    return list_answer(await request.app[SESSIONS].find(me.id, patient_id, now=now(request)))


async def open_session(request: web.Request) -> web.Response:
    me = await therapist(request)
    form = await read_body(request, NewSession)
    service = request.app[SESSIONS]
    session, is_new = await service.open(me.id, form.patient_id, now=now(request))
    return json_answer(session, 201 if is_new else 200)


async def get(request: web.Request) -> web.Response:
    return await _do(request, SessionService.get)


async def enter(request: web.Request) -> web.Response:
    return await _do(request, SessionService.enter)


async def accept(request: web.Request) -> web.Response:
    return await _do(request, SessionService.accept)


async def hold(request: web.Request) -> web.Response:
    return await _do(request, SessionService.hold)


async def end(request: web.Request) -> web.Response:
    return await _do(request, SessionService.end)


async def offer(request: web.Request) -> web.Response:
    me = await therapist(request)
    sdp = await read_sdp(request)
    session_id = request.match_info["id"]
    answer = await request.app[SESSIONS].offer(me.id, session_id, sdp, now=now(request))
    return sdp_answer(answer)


async def _do(request: web.Request, use_case: Callable[..., Awaitable[Session]]) -> web.Response:
    me = await therapist(request)
    moment: datetime = now(request)
    session = await use_case(request.app[SESSIONS], me.id, request.match_info["id"], now=moment)
    return json_answer(session)


ONE = "/api/sessions/{id}"
NONE_SUCH = ("404 no_session",)
ENDED = (*NONE_SUCH, "409 ended")
ANSWER = {200: Session}

ROUTES = (
    Endpoint(
        "GET", "/api/sessions", find, "List sessions, newest first",
        answers={200: list[Session]}, query=("patient",),
    ),
    Endpoint(
        "POST", "/api/sessions", open_session, "Open a session, or find the open one",
        body=NewSession, answers={201: Session, 200: Session}, errors=("404 no_patient",),
    ),
    Endpoint("GET", ONE, get, "Read a session", answers=ANSWER, errors=NONE_SUCH),
    Endpoint(
        "POST", f"{ONE}/offer", offer, "Connect the therapist's media; again replaces the old peer",
        body=Sdp(), answers={201: Sdp()}, errors=(*ENDED, "400 bad_sdp", "503 media_away"),
    ),
    Endpoint("POST", f"{ONE}/enter", enter, "Enter the virtual room", answers=ANSWER, errors=ENDED),
    Endpoint(
        "POST", f"{ONE}/accept", accept, "Let the patient in: the gate opens",
        answers=ANSWER,
        errors=(*ENDED, "409 not_entered", "409 patient_absent", "503 media_away"),
    ),
    Endpoint(
        "POST", f"{ONE}/hold", hold, "Send the patient back to the waiting room",
        answers=ANSWER, errors=(*ENDED, "409 not_in_contact"),
    ),
    Endpoint("POST", f"{ONE}/end", end, "End the session for both", answers=ANSWER, errors=ENDED),
)  # fmt: skip
