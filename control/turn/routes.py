"""HTTP of TURN: each side asks before it builds its connection, and again from time to time."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.addresses import client_address
from control.http.wire import Access, Endpoint, json_answer, now, read_body
from control.turn.messages import IceServers
from control.turn.ports import VisitorOf
from control.turn.service import TurnService
from control.visits.messages import LinkLook


def endpoints(service: TurnService, caller: CallerOf, visitor: VisitorOf) -> list[Endpoint]:
    async def for_patient(request: web.Request) -> web.Response:
        return json_answer(await service.for_patient(visitor(request), now=now(request)))

    async def for_therapist(request: web.Request) -> web.Response:
        session_id = request.match_info["id"]
        me = caller(request)
        return json_answer(await service.for_therapist(me, session_id, now=now(request)))

    async def for_test(request: web.Request) -> web.Response:
        form = await read_body(request, LinkLook)
        jar, address = request.cookies, client_address(request)
        return json_answer(await service.for_test(form.token, jar, address, now=now(request)))

    return [
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
        Endpoint(
            "POST", "/api/visit/test/ice-servers", for_test,
            "Get TURN servers with fresh credentials, for a test from the link",
            Access.ANYONE, LinkLook, {200: IceServers},
            ("404 link_unknown", "409 taken", "429 slow_down"),
        ),
    ]  # fmt: skip
