"""HTTP of the chat, both sides alike."""

from __future__ import annotations

import re

from aiohttp import web

from control.auth.ports import CallerOf
from control.chat.messages import Chat, ChatMessage, NewMessage
from control.chat.ports import VisitorOf
from control.chat.service import ChatService, PatientSide, Side, TherapistSide
from control.errors import Invalid
from control.http.wire import Access, Endpoint, json_answer, no_content, now, read_body

OURS = "/api/sessions/{id}/chat"
PATIENTS = "/api/visit/chat"
NONE_SUCH = "404 no_session"
WRITTEN = ("409 ended", "429 slow_down")

NUMBER = re.compile(r"[0-9]{1,9}")


def endpoints(service: ChatService, caller: CallerOf, visitor: VisitorOf) -> list[Endpoint]:
    def therapist(request: web.Request) -> TherapistSide:
        return TherapistSide(caller(request), request.match_info["id"])

    def patient(request: web.Request) -> PatientSide:
        return PatientSide(visitor(request))

    async def read(request: web.Request, side: Side) -> web.Response:
        return json_answer(await service.read(side, _after(request)))

    async def write(request: web.Request, side: Side) -> web.Response:
        form = await read_body(request, NewMessage)
        return json_answer(await service.write(side, form, now=now(request)), 201)

    async def read_ours(request: web.Request) -> web.Response:
        return await read(request, therapist(request))

    async def read_patients(request: web.Request) -> web.Response:
        return await read(request, patient(request))

    async def write_ours(request: web.Request) -> web.Response:
        return await write(request, therapist(request))

    async def write_patients(request: web.Request) -> web.Response:
        return await write(request, patient(request))

    async def keep(request: web.Request) -> web.Response:
        await service.keep(therapist(request), now=now(request))
        return no_content()

    return [
        Endpoint(
            "GET", OURS, read_ours, "Read what was written in a session; later, what was kept",
            answers={200: Chat}, query=("after",), errors=(NONE_SUCH,),
        ),
        Endpoint(
            "POST", OURS, write_ours, "Write to the patient",
            body=NewMessage, answers={201: ChatMessage}, errors=(NONE_SUCH, *WRITTEN),
        ),
        Endpoint(
            "POST", f"{OURS}/keep", keep, "Store this conversation with its session",
            answers={204: None}, errors=(NONE_SUCH, "409 ended", "409 nothing_written"),
        ),
        Endpoint(
            "GET", PATIENTS, read_patients, "Read what was written in this visit's session",
            Access.VISIT, answers={200: Chat}, query=("after",), errors=("409 ended",),
        ),
        Endpoint(
            "POST", PATIENTS, write_patients, "Write to the therapist",
            Access.VISIT, NewMessage, {201: ChatMessage}, WRITTEN,
        ),
    ]  # fmt: skip


def _after(request: web.Request) -> int:
    asked = request.query.get("after", "0")
    if not NUMBER.fullmatch(asked):
        raise Invalid("invalid_query", "after: a number is expected.")
    return int(asked)
