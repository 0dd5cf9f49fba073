"""HTTP of patients."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http import paging
from control.http.wire import Endpoint, json_answer, no_content, now, read_body
from control.patients.messages import NewPatient, Patient, PatientChange, PatientPage
from control.patients.service import PatientService

ONE = "/api/patients/{id}"
NONE_SUCH = ("404 no_patient",)


def endpoints(service: PatientService, caller: CallerOf) -> list[Endpoint]:
    async def find(request: web.Request) -> web.Response:
        asked = paging.read_asked(request)
        return json_answer(await service.find(caller(request), asked, now=now(request)))

    async def add(request: web.Request) -> web.Response:
        form = await read_body(request, NewPatient)
        return json_answer(await service.add(caller(request), form, now=now(request)), 201)

    async def get(request: web.Request) -> web.Response:
        patient_id = request.match_info["id"]
        return json_answer(await service.get(caller(request), patient_id, now=now(request)))

    async def change(request: web.Request) -> web.Response:
        form = await read_body(request, PatientChange)
        patient_id = request.match_info["id"]
        changed = await service.change(caller(request), patient_id, form, now=now(request))
        return json_answer(changed)

    async def erase(request: web.Request) -> web.Response:
        await service.erase(caller(request), request.match_info["id"], now=now(request))
        return no_content()

    return [
        Endpoint(
            "GET", "/api/patients", find, "Find patients by name, e-mail or phone",
            answers={200: PatientPage}, query=paging.QUERY, errors=paging.ERRORS,
        ),
        Endpoint(
            "POST", "/api/patients", add, "Add a patient", body=NewPatient, answers={201: Patient}
        ),
        Endpoint("GET", ONE, get, "Read a patient", answers={200: Patient}, errors=NONE_SUCH),
        Endpoint(
            "PATCH", ONE, change, "Change a patient",
            body=PatientChange, answers={200: Patient}, errors=NONE_SUCH,
        ),
        Endpoint(
            "DELETE", ONE, erase, "Erase a patient with everything that belongs to them",
            answers={204: None}, errors=NONE_SUCH,
        ),
    ]  # fmt: skip
