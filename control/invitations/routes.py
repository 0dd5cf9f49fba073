"""HTTP of the patient's link."""

from __future__ import annotations

from aiohttp import web

from control.auth.ports import CallerOf
from control.http.wire import Endpoint, json_answer, no_content, now
from control.invitations.messages import InvitationLink
from control.invitations.service import InvitationService

PATH = "/api/patients/{id}/invitation"
NONE_SUCH = ("404 no_patient",)


def endpoints(service: InvitationService, caller: CallerOf) -> list[Endpoint]:
    async def link(request: web.Request) -> web.Response:
        patient_id = request.match_info["id"]
        return json_answer(await service.link(caller(request), patient_id, now=now(request)))

    async def renew(request: web.Request) -> web.Response:
        patient_id = request.match_info["id"]
        return json_answer(await service.renew(caller(request), patient_id, now=now(request)), 201)

    async def revoke(request: web.Request) -> web.Response:
        await service.revoke(caller(request), request.match_info["id"], now=now(request))
        return no_content()

    return [
        Endpoint(
            "GET", PATH, link, "Read the patient's link, to copy it",
            answers={200: InvitationLink}, errors=(*NONE_SUCH, "404 no_link"),
        ),
        Endpoint(
            "POST", PATH, renew, "Make a new link; the old one is void",
            answers={201: InvitationLink}, errors=NONE_SUCH,
        ),
        Endpoint(
            "DELETE", PATH, revoke, "Revoke the link; a live call by it is cut",
            answers={204: None}, errors=NONE_SUCH,
        ),
    ]  # fmt: skip
