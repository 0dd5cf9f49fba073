"""HTTP of patients."""

from __future__ import annotations

from aiohttp import web

from control.access import therapist
from control.http.wire import Endpoint, json_answer, list_answer, no_content, now, read_body
from control.keys import PATIENTS
from control.patients.messages import NewPatient, Patient, PatientChange


async def find(request: web.Request) -> web.Response:
    me = await therapist(request)
    search = request.query.get("search", "")
    return list_answer(await request.app[PATIENTS].find(me.id, search, now=now(request)))


async def add(request: web.Request) -> web.Response:
    me = await therapist(request)
    form = await read_body(request, NewPatient)
    return json_answer(await request.app[PATIENTS].add(me.id, form, now=now(request)), 201)


async def get(request: web.Request) -> web.Response:
    me = await therapist(request)
    patient_id = request.match_info["id"]
    return json_answer(await request.app[PATIENTS].get(me.id, patient_id, now=now(request)))


async def change(request: web.Request) -> web.Response:
    me = await therapist(request)
    form = await read_body(request, PatientChange)
    patient_id = request.match_info["id"]
    changed = await request.app[PATIENTS].change(me.id, patient_id, form, now=now(request))
    return json_answer(changed)


async def erase(request: web.Request) -> web.Response:
    me = await therapist(request)
    await request.app[PATIENTS].erase(me.id, request.match_info["id"], now=now(request))
    return no_content()


ONE = "/api/patients/{id}"
NONE_SUCH = ("404 no_patient",)

ROUTES = (
    Endpoint(
        "GET", "/api/patients", find, "Find patients by name, e-mail or phone",
        answers={200: list[Patient]}, query=("search",),
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
)  # fmt: skip
