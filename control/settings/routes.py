"""HTTP of settings."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer, now, read_body
from control.settings.messages import Setting, SettingChange
from control.settings.service import SettingService

PATH = "/api/patients/{id}/setting"
NONE_SUCH = ("404 no_patient",)


def endpoints(service: SettingService, caller: CallerOf) -> list[Endpoint]:
    async def get(request: web.Request) -> web.Response:
        return json_answer(await service.get(caller(request), request.match_info["id"]))

    async def change(request: web.Request) -> web.Response:
        form = await read_body(request, SettingChange)
        patient_id = request.match_info["id"]
        changed = await service.change(caller(request), patient_id, form, now=now(request))
        return json_answer(changed)

    return [
        Endpoint("GET", PATH, get, "Read the setting", answers={200: Setting}, errors=NONE_SUCH),
        Endpoint(
            "PUT", PATH, change, "Change the setting; a change is a new version",
            body=SettingChange, answers={200: Setting}, errors=NONE_SUCH,
        ),
    ]  # fmt: skip
