"""HTTP of TURN: each side asks before it builds its connection, and again from time to time."""

from __future__ import annotations

from aiohttp import web

from control.access import therapist, visiting
from control.http.wire import Access, Endpoint, json_answer, now
from control.keys import TURN
from control.turn.messages import IceServers


async def for_patient(request: web.Request) -> web.Response:
    visit = await visiting(request)
    return json_answer(await request.app[TURN].for_patient(visit, now=now(request)))


async def for_therapist(request: web.Request) -> web.Response:
    me = await therapist(request)
    session_id = request.match_info["id"]
    service = request.app[TURN]
    return json_answer(await service.for_therapist(me.id, session_id, now=now(request)))


ROUTES = (
    Endpoint(
        "GET", "/api/visit/ice-servers", for_patient,
        "Get TURN servers with fresh credentials, for the patient's connection",
        Access.VISIT, answers={200: IceServers}, errors=("409 ended",),
    ),
    Endpoint(
        "GET", "/api/sessions/{id}/ice-servers", for_therapist,
        "Get TURN servers with fresh credentials, for the therapist's connection",
        answers={200: IceServers}, errors=("404 no_session", "409 ended"),
    ),
)  # fmt: skip
