"""HTTP for operators: health, counters, the API's document."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import hdrs, web

from control.data.database import Database
from control.errors import NotFound, Unauthenticated
from control.http import openapi
from control.http.wire import Access, Endpoint, Handler, json_answer
from control.operations.exposition import Exposition
from control.operations.messages import Health, HealthStatus
from control.operations.tasks import Tasks

LOOPBACK = ("127.0.0.1", "::1")
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")
"""Headers by which a proxy says that somebody else asks."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def endpoints(database: Database, tasks: Tasks, node_is_away: Callable[[], bool]) -> list[Endpoint]:
    return [
        Endpoint(
            "GET", "/api/health", ready(database, tasks, node_is_away),
            "Say whether control can work", Access.ANYONE, answers={200: Health},
            errors=("503 database_away", "503 database_gone", "503 database_damaged"),
        ),
    ]  # fmt: skip


def document(others: list[Endpoint]) -> Endpoint:
    """Return the call that gives the document of these and of itself, written once when asked."""

    @functools.cache
    def written() -> tuple[str, str]:
        text = openapi.render([*others, own])
        return text, hashlib.sha256(text.encode()).hexdigest()[:16]

    async def openapi_document(request: web.Request) -> web.Response:
        text, etag = written()
        answer = web.Response(text=text, content_type="application/json")
        answer.etag = etag
        answer.headers[hdrs.CACHE_CONTROL] = "no-cache"
        if any(known.value in (etag, "*") for known in request.if_none_match or ()):
            answer.set_status(HTTPStatus.NOT_MODIFIED)
            answer.body = None
        return answer

    own = Endpoint(
        "GET", "/api/openapi.json", openapi_document, "This document", Access.ANYONE,
        answers={200: None},
    )  # fmt: skip
    return own


class Door:
    """Who may read the metrics: whoever shows the token, or without one this machine alone."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def admit(self, request: web.Request) -> None:
        """Let nobody else pass.

        Raises:
            Unauthenticated: bad_token.
            NotFound: There is no token, and the request is another machine's or a proxy's.
        """
        if not self._token:
            if request.remote not in LOOPBACK or any(h in request.headers for h in FORWARDED):
                raise NotFound("not_found", "There is nothing here.")
            return
        kind, _, shown = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        is_right = hmac.compare_digest(shown.strip().encode(errors="replace"), self._token)
        if kind.lower() != "bearer" or not is_right:
            raise Unauthenticated("bad_token", "The metrics need their token.")


def metrics(exposition: Exposition, door: Door) -> Handler:
    async def show(request: web.Request) -> web.Response:
        door.admit(request)
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE}
        return web.Response(body=await exposition.text(), headers=headers)

    return show


def alive(tasks: Tasks) -> Handler:
    """Answer without asking anything else: 503 says that nothing but a restart helps."""

    async def answer(request: web.Request) -> web.Response:
        dead = [f"task_dead: {name}" for name in tasks.dead()]
        return _health_answer(dead, HTTPStatus.SERVICE_UNAVAILABLE if dead else HTTPStatus.OK)

    return answer


def ready(database: Database, tasks: Tasks, node_is_away: Callable[[], bool]) -> Handler:
    """Tell whether pages can be served: 503 without the database, and nothing else.

    A node that is away ends no session, and a page says so; it is told here as a trouble.
    """

    async def health(request: web.Request) -> web.Response:
        await database.check()
        found = [f"task_failing: {name}" for name in tasks.failing()]
        return _health_answer([*found, "node_away"] if node_is_away() else found, HTTPStatus.OK)

    return health


def _health_answer(found: list[str], status: HTTPStatus) -> web.Response:
    health = HealthStatus.DEGRADED if found else HealthStatus.OK
    return json_answer(Health(status=health, troubles=found), status)
