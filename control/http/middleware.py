"""Around every request: errors to JSON, limits, CSRF, security headers, counters, access log."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import hdrs, web

from control.errors import ControlError, Forbidden, NotFound, SlowDown, TooLarge
from control.http.metrics import METRICS
from control.http.wire import ApiError

log = logging.getLogger(__name__)
access_log = logging.getLogger("control.access")

BODY_BYTES = 64 * 1024
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = (*SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE")
CSRF_HEADER = "X-Visavis"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), speaker-selection=(self), display-capture=(self), "
        "autoplay=(self), geolocation=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LEFT = 499  # as nginx logs who went before the answer; nobody is sent it
IS_SOCKET = web.RequestKey("is_socket", bool)
HSTS = "max-age=31536000; includeSubDomains"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Edge:
    """What every request is judged by."""

    origins: frozenset[str]
    """Whose pages may speak to us."""
    https: bool
    """Whether browsers reach us by TLS."""


EDGE = web.AppKey("edge", Edge)


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count and log: method, route template, status, time. No path, query, cookie or address."""
    began = time.monotonic()
    status = HTTPStatus.INTERNAL_SERVER_ERROR.value
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        seconds = time.monotonic() - began
        route = _route(request)
        method = request.method if request.method in METHODS else "other"
        metrics = request.app[METRICS]
        metrics.requests.labels(method, route, str(status)).inc()
        if IS_SOCKET in request:
            metrics.open_sockets.labels(route).dec()
            metrics.socket_seconds.labels(route).observe(seconds)
        else:
            metrics.seconds.labels(route).observe(seconds)
        access_log.info("%s %s %d %.0f ms", method, route, status, seconds * 1000)


def security_headers(edge: Edge) -> dict[str, str]:
    """Return what every answer carries."""
    return HEADERS | ({"Strict-Transport-Security": HSTS} if edge.https else {})


async def note_socket(request: web.Request, response: web.StreamResponse) -> None:
    """Run by aiohttp before the head of an answer goes out: count a WebSocket as open."""
    if isinstance(response, web.WebSocketResponse):
        request[IS_SOCKET] = True
        request.app[METRICS].open_sockets.labels(_route(request)).inc()


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Run by aiohttp before the head of any answer goes out, errors and sockets included."""
    response.headers.update(security_headers(request.app[EDGE]))
    response.headers.popall(hdrs.SERVER, None)  # aiohttp puts its version there
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def map_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into JSON with a stable code; a stack trace goes to the log alone."""
    try:
        return await handler(request)
    except ControlError as error:
        return _to_answer(error)
    except web.HTTPRequestEntityTooLarge:
        return _to_answer(TooLarge("too_large", "The request is too large."))
    except web.HTTPNotFound:
        return _to_answer(NotFound("not_found", "There is nothing here."))
    except web.HTTPMethodNotAllowed as error:
        answer = _json_error(error.status, "method_not_allowed", "This cannot be done here.")
        answer.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return answer
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        return _json_error(error.status, "bad_request", "The request cannot be understood.")
    except Exception as error:
        if isinstance(error, ConnectionResetError) and _has_left(request):
            return web.Response(status=LEFT)
        request.app[METRICS].failed.inc()
        log.exception("a request of %s failed", _route(request))
        return _json_error(500, "internal", "Something went wrong on our side. Please try again.")


@web.middleware
async def refuse_forgery(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a change pass only from our own pages: a header no form can set, and the right site."""
    if request.method not in SAFE_METHODS:
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin")
        own = origin is None or origin in request.app[EDGE].origins
        if request.headers.get(CSRF_HEADER) != "1" or site != "same-origin" or not own:
            raise Forbidden("forged", "This request did not come from our own page.")
    return await handler(request)


def check_origin(request: web.Request) -> None:
    """Refuse a page of another site; a browser always says where a WebSocket comes from."""
    if request.headers.get("Origin", "") not in request.app[EDGE].origins:
        raise Forbidden("wrong_origin", "This page may not connect here.")


MIDDLEWARES = (observe, map_errors, refuse_forgery)


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _to_answer(error: ControlError) -> web.Response:
    answer = _json_error(error.status, error.code, error.text, error.session_id)
    if isinstance(error, SlowDown):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _json_error(status: int, code: str, text: str, session_id: str | None = None) -> web.Response:
    error = ApiError(code=code, text=text, session_id=session_id)
    body = error.model_dump_json(exclude_none=True)
    return web.Response(status=status, text=body, content_type="application/json")


def _route(request: web.Request) -> str:
    """Return the route's template, never the path: paths hold ids."""
    resource = request.match_info.route.resource
    return "unknown" if resource is None else resource.canonical
