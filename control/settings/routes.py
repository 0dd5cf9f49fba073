"""HTTP of settings."""

from __future__ import annotations

from aiohttp import web

from control.access import therapist
from control.http.wire import Endpoint, json_answer, now, read_body
from control.keys import SETTINGS
from control.settings.messages import Setting, SettingChange


async def get(request: web.Request) -> web.Response:
    me = await therapist(request)
    return json_answer(await request.app[SETTINGS].get(me.id, request.match_info["id"]))


async def change(request: web.Request) -> web.Response:
    me = await therapist(request)
    form = await read_body(request, SettingChange)
    patient_id = request.match_info["id"]
    changed = await request.app[SETTINGS].change(me.id, patient_id, form, now=now(request))
    return json_answer(changed)


PATH = "/api/patients/{id}/setting"
NONE_SUCH = ("404 no_patient",)

ROUTES = (
    Endpoint("GET", PATH, get, "Read the setting", answers={200: Setting}, errors=NONE_SUCH),
    Endpoint(
        "PUT", PATH, change, "Change the setting; a change is a new version",
        body=SettingChange, answers={200: Setting}, errors=NONE_SUCH,
    ),
)  # fmt: skip
