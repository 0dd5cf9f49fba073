"""HTTP of first consultations. Link and setting have the calls that patients' have."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.consultations.messages import (
    Consultation,
    ConsultationChange,
    ConsultationLetter,
    ConsultationList,
    NewConsultation,
    SendLink,
)
from control.consultations.service import ConsultationService
from control.http.wire import Endpoint, json_answer, no_content, now, read_body
from control.patients.messages import NewPatient, Patient

ALL = "/api/consultations"
ONE = f"{ALL}/{{id}}"
NONE_SUCH = ("404 no_consultation",)


def endpoints(service: ConsultationService, caller: CallerOf) -> list[Endpoint]:
    async def begin(request: web.Request) -> web.Response:
        form = await read_body(request, NewConsultation)
        return json_answer(await service.begin(caller(request), form, now=now(request)), 201)

    async def find(request: web.Request) -> web.Response:
        return json_answer(await service.find(caller(request), now=now(request)))

    async def get(request: web.Request) -> web.Response:
        one_id = request.match_info["id"]
        return json_answer(await service.get(caller(request), one_id, now=now(request)))

    async def change(request: web.Request) -> web.Response:
        form = await read_body(request, ConsultationChange)
        one_id = request.match_info["id"]
        return json_answer(await service.change(caller(request), one_id, form, now=now(request)))

    async def letter(request: web.Request) -> web.Response:
        one_id = request.match_info["id"]
        return json_answer(await service.letter(caller(request), one_id, now=now(request)))

    async def send(request: web.Request) -> web.Response:
        form = await read_body(request, SendLink)
        one_id = request.match_info["id"]
        return json_answer(await service.send(caller(request), one_id, form, now=now(request)))

    async def add(request: web.Request) -> web.Response:
        form = await read_body(request, NewPatient)
        one_id = request.match_info["id"]
        added = await service.add(caller(request), one_id, form, now=now(request))
        return json_answer(added, 201)

    async def defer(request: web.Request) -> web.Response:
        one_id = request.match_info["id"]
        return json_answer(await service.defer(caller(request), one_id, now=now(request)))

    async def discard(request: web.Request) -> web.Response:
        await service.discard(caller(request), request.match_info["id"], now=now(request))
        return no_content()

    return [
        Endpoint(
            "POST", ALL, begin, "Begin a first consultation, with a one-time link",
            body=NewConsultation, answers={201: Consultation}, errors=("409 too_many",),
        ),
        Endpoint(
            "GET", ALL, find, "Read the undecided first consultations",
            answers={200: ConsultationList},
        ),
        Endpoint("GET", ONE, get, "Read one", answers={200: Consultation}, errors=NONE_SUCH),
        Endpoint(
            "PATCH", ONE, change, "Write note, message or language anew",
            body=ConsultationChange, answers={200: Consultation}, errors=NONE_SUCH,
        ),
        Endpoint(
            "GET", f"{ONE}/letter", letter, "Read what goes out with the link",
            answers={200: ConsultationLetter}, errors=(*NONE_SUCH, "404 no_link"),
        ),
        Endpoint(
            "POST", f"{ONE}/send", send, "Send the link by e-mail or SMS",
            body=SendLink, answers={200: Consultation},
            errors=(*NONE_SUCH, "404 no_link", "409 no_email", "409 no_sms"),
        ),
        Endpoint(
            "POST", f"{ONE}/add", add, "Make the guest a patient; sessions and device stay",
            body=NewPatient, answers={201: Patient}, errors=NONE_SUCH,
        ),
        Endpoint(
            "POST", f"{ONE}/later", defer, "Decide later",
            answers={200: Consultation}, errors=NONE_SUCH,
        ),
        Endpoint(
            "DELETE", ONE, discard, "Discard: erase everything of it; a running session ends",
            answers={204: None}, errors=NONE_SUCH,
        ),
    ]  # fmt: skip
