"""HTTP of lines: what is usual for a patient's, and how those of a session went."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer
from control.lines.course import LineCourses
from control.lines.messages import LineCourse, UsualAnswer
from control.lines.service import UsualLines


def endpoints(service: UsualLines, courses: LineCourses, caller: CallerOf) -> list[Endpoint]:
    async def usual(request: web.Request) -> web.Response:
        patient_id, but = request.match_info["id"], request.query.get("but") or None
        return json_answer(await service.usual(caller(request), patient_id, but=but))

    async def course(request: web.Request) -> web.Response:
        return json_answer(await courses.course(caller(request), request.match_info["id"]))

    return [
        Endpoint(
            "GET", "/api/sessions/{id}/lines", course,
            "Read how both lines of a session changed in contact, oldest first",
            answers={200: LineCourse}, errors=("404 no_session",),
        ),
        Endpoint(
            "GET", "/api/patients/{id}/usual-line", usual,
            "Read what is usual for a patient's line, by the last ten measurements of 90 days",
            answers={200: UsualAnswer}, query=("but",), errors=("404 no_patient",),
        ),
    ]  # fmt: skip
