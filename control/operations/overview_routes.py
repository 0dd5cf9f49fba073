"""HTTP of the operator's page."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from control.auth.ports import OperatorOf
from control.errors import Invalid
from control.http.wire import Access, Endpoint, json_answer, now, read_body
from control.operations.messages import Draining, NodeView, Overview
from control.operations.overview import OverviewService


def endpoints(service: OverviewService, operator: OperatorOf) -> list[Endpoint]:
    async def overview(request: web.Request) -> web.Response:
        after, at = _instant(request), now(request)
        return json_answer(await service.read(operator(request), after, now=at))

    async def drain(request: web.Request) -> web.Response:
        form = await read_body(request, Draining)
        me, node_id = operator(request), request.match_info["id"]
        return json_answer(await service.drain(me, node_id, form.draining))

    return [
        Endpoint(
            "GET", "/api/ops", overview,
            "Tell how it goes, by counts alone; of the samples those later than `after`",
            Access.OPERATOR, answers={200: Overview}, errors=("400 bad_instant",),
            query=("after",),
        ),
        Endpoint(
            "PUT", "/api/ops/nodes/{id}/drain", drain,
            "Let a media node take no new visits, or all again",
            Access.OPERATOR, Draining, {200: NodeView}, ("404 no_node", "503 media_away"),
        ),
    ]  # fmt: skip


def _instant(request: web.Request) -> datetime | None:
    """Return the instant of the query; None without one."""
    text = request.query.get("after")
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid("bad_instant", "Say an instant with its time zone.")
    return found
