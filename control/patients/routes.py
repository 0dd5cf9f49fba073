"""HTTP of patients."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http import paging
from control.http.wire import (
    LANGUAGES,
    REGION,
    Csv,
    Endpoint,
    json_answer,
    no_content,
    now,
    read_body,
    read_csv,
)
from control.patients.importing import PatientImports
from control.patients.messages import Import, NewPatient, Patient, PatientChange, PatientPage
from control.patients.service import PatientService
from control.patients.sheet import MOST_BYTES

ONE = "/api/patients/{id}"
NONE_SUCH = ("404 no_patient",)
SHEET_ERRORS = (
    "400 invalid_body", "400 unreadable_sheet", "400 no_name_column", "400 too_many_rows",
    "413 too_large",
)  # fmt: skip


def endpoints(service: PatientService, imports: PatientImports, caller: CallerOf) -> list[Endpoint]:
    async def find(request: web.Request) -> web.Response:
        asked = paging.read_asked(request)
        archived = request.query.get("archived") == "1"
        page = await service.find(caller(request), asked, archived=archived, now=now(request))
        return json_answer(page)

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

    async def archive(request: web.Request) -> web.Response:
        patient_id = request.match_info["id"]
        return json_answer(await service.archive(caller(request), patient_id, now=now(request)))

    async def restore(request: web.Request) -> web.Response:
        patient_id = request.match_info["id"]
        return json_answer(await service.restore(caller(request), patient_id, now=now(request)))

    def language(request: web.Request) -> str:
        asked = request.query.get("language", "")
        return asked if asked in LANGUAGES else LANGUAGES[0]

    async def preview(request: web.Request) -> web.Response:
        sheet, region = await read_csv(request, MOST_BYTES), request.app[REGION]
        read = await imports.preview(
            caller(request), sheet, language=language(request), region=region
        )
        return json_answer(read)

    async def import_all(request: web.Request) -> web.Response:
        sheet, region = await read_csv(request, MOST_BYTES), request.app[REGION]
        read = await imports.write(
            caller(request), sheet, language=language(request), region=region, now=now(request)
        )
        return json_answer(read)

    async def erase(request: web.Request) -> web.Response:
        await service.erase(caller(request), request.match_info["id"], now=now(request))
        return no_content()

    return [
        Endpoint(
            "GET", "/api/patients", find, "Find patients by name, e-mail or phone",
            answers={200: PatientPage}, query=("archived", *paging.QUERY), errors=paging.ERRORS,
        ),
        Endpoint(
            "POST", "/api/patients", add, "Add a patient", body=NewPatient, answers={201: Patient}
        ),
        Endpoint(
            "POST", "/api/patients/import/preview", preview,
            "Read a sheet of patients and say what an import would do",
            body=Csv(), answers={200: Import}, query=("language",), errors=SHEET_ERRORS,
        ),
        Endpoint(
            "POST", "/api/patients/import", import_all, "Add the patients of a sheet that are new",
            body=Csv(), answers={200: Import}, query=("language",), errors=SHEET_ERRORS,
        ),
        Endpoint("GET", ONE, get, "Read a patient", answers={200: Patient}, errors=NONE_SUCH),
        Endpoint(
            "PATCH", ONE, change, "Change a patient",
            body=PatientChange, answers={200: Patient}, errors=NONE_SUCH,
        ),
        Endpoint(
            "POST", f"{ONE}/archive", archive, "Take a patient out of the lists",
            answers={200: Patient}, errors=NONE_SUCH,
        ),
        Endpoint(
            "DELETE", f"{ONE}/archive", restore, "Put a patient back into the lists",
            answers={200: Patient}, errors=NONE_SUCH,
        ),
        Endpoint(
            "DELETE", ONE, erase, "Erase a patient with everything that belongs to them",
            answers={204: None}, errors=NONE_SUCH,
        ),
    ]  # fmt: skip
