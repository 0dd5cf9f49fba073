"""Every call of the HTTP API, gathered from the nouns."""

from __future__ import annotations

from aiohttp import web

from control.auth import routes as auth
from control.http import openapi
from control.http.wire import Access, Endpoint, WireModel, json_answer
from control.invitations import routes as invitations
from control.keys import DATABASE
from control.patients import routes as patients
from control.sessions import routes as sessions
from control.settings import routes as settings
from control.turn import routes as turn
from control.visits import routes as lobbies


class Health(WireModel):
    """Whether control can work."""

    status: str


async def health(request: web.Request) -> web.Response:
    await request.app[DATABASE].check()
    return json_answer(Health(status="ok"))


async def document(request: web.Request) -> web.Response:
    return web.Response(text=openapi.render(ENDPOINTS), content_type="application/json")


ENDPOINTS: tuple[Endpoint, ...] = (
    *auth.ROUTES,
    *patients.ROUTES,
    *invitations.ROUTES,
    *settings.ROUTES,
    *sessions.ROUTES,
    *lobbies.ROUTES,
    *turn.ROUTES,
    Endpoint(
        "GET", "/api/health", health, "Say whether control can work",
        Access.ANYONE, answers={200: Health}, errors=("503 database_away",),
    ),
    Endpoint(
        "GET", "/api/openapi.json", document, "This document", Access.ANYONE, answers={200: None}
    ),
)  # fmt: skip
