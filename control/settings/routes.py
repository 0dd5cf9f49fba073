"""HTTP of settings."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer, now, read_body
from control.settings.messages import Setting, SettingChange
from control.settings.service import SettingService

PATH = "/api/patients/{id}/setting"
DEFAULT = "/api/me/setting"
NONE_SUCH = ("404 no_patient",)


def endpoints(service: SettingService, caller: CallerOf) -> list[Endpoint]:
    async def get(request: web.Request) -> web.Response:
        return json_answer(await service.get(caller(request), request.match_info["id"]))

    async def change(request: web.Request) -> web.Response:
        form = await read_body(request, SettingChange)
        patient_id = request.match_info["id"]
        changed = await service.change(caller(request), patient_id, form, now=now(request))
        return json_answer(changed)

    async def default(request: web.Request) -> web.Response:
        return json_answer(await service.default(caller(request)))

    async def change_default(request: web.Request) -> web.Response:
        form = await read_body(request, SettingChange)
        return json_answer(await service.change_default(caller(request), form, now=now(request)))

    async def use_for_new(request: web.Request) -> web.Response:
        patient_id = request.match_info["id"]
        return json_answer(await service.use_for_new(caller(request), patient_id, now=now(request)))

    return [
        Endpoint("GET", PATH, get, "Read the setting", answers={200: Setting}, errors=NONE_SUCH),
        Endpoint(
            "PUT", PATH, change, "Change the setting; a change is a new version",
            body=SettingChange, answers={200: Setting}, errors=NONE_SUCH,
        ),
        Endpoint(
            "POST", f"{PATH}/use-for-new", use_for_new,
            "Have new patients begin with this patient's setting, the alert with it",
            answers={200: Setting}, errors=NONE_SUCH,
        ),
        Endpoint(
            "GET", DEFAULT, default, "Read what new patients begin with", answers={200: Setting}
        ),
        Endpoint(
            "PUT", DEFAULT, change_default,
            "Change it; a change is a new version, and the patients there are keep their setting",
            body=SettingChange, answers={200: Setting},
        ),
    ]  # fmt: skip
