"""HTTP for operators: health, counters, the API's document."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import hdrs, web
from prometheus_client import generate_latest

from control.data.database import Database
from control.errors import NotFound
from control.http import openapi
from control.http.middleware import METRICS
from control.http.wire import Access, Endpoint, json_answer
from control.operations.messages import Health, HealthStatus
from control.operations.tasks import Tasks

LOOPBACK = ("127.0.0.1", "::1")


def endpoints(database: Database, tasks: Tasks, node_is_away: Callable[[], bool]) -> list[Endpoint]:
    async def health(request: web.Request) -> web.Response:
        await database.check()
        troubles = [f"task_failing: {name}" for name in tasks.failing()]
        if node_is_away():
            troubles.append("node_away")
        status = HealthStatus.DEGRADED if troubles else HealthStatus.OK
        return json_answer(Health(status=status, troubles=troubles))

    return [
        Endpoint(
            "GET", "/api/health", health, "Say whether control can work",
            Access.ANYONE, answers={200: Health},
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


async def metrics(request: web.Request) -> web.Response:
    """Show the counters to this machine alone; a proxy in front says so by its header."""
    if request.remote not in LOOPBACK or "X-Forwarded-For" in request.headers:
        raise NotFound("not_found", "There is nothing here.")
    text = generate_latest(request.app[METRICS].registry).decode()
    return web.Response(text=text, content_type="text/plain")
