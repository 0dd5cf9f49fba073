"""HTTP of lines: what is usual for a patient's."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer
from control.lines.messages import UsualAnswer
from control.lines.service import UsualLines


def endpoints(service: UsualLines, caller: CallerOf) -> list[Endpoint]:
    async def usual(request: web.Request) -> web.Response:
        patient_id, but = request.match_info["id"], request.query.get("but") or None
        return json_answer(await service.usual(caller(request), patient_id, but=but))

    return [
        Endpoint(
            "GET", "/api/patients/{id}/usual-line", usual,
            "Read what is usual for a patient's line, by the last ten measurements of 90 days",
            answers={200: UsualAnswer}, query=("but",), errors=("404 no_patient",),
        ),
    ]  # fmt: skip
