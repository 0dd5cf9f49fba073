"""Around every request: errors to JSON, limits, CSRF, security headers, counters, access log."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from aiohttp import hdrs, web
from prometheus_client import CollectorRegistry, Counter, Histogram

from control.errors import ControlError, Forbidden, NotFound, SlowDown, TooLarge
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
HSTS = "max-age=31536000; includeSubDomains"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(StrEnum):
    """Why a request or a connection ended before any handler saw it, or in the midst."""

    MALFORMED = "malformed"
    SLOW_HEAD = "slow_head"
    UNREAD_ANSWER = "unread_answer"
    CROWDED_OUT = "crowded_out"
    """Closed since all connections were taken."""
    FLOOD = "flood"
    """A WebSocket that sent more than any page does."""


class Metrics:
    """Counters of this control, in a registry of its own so that tests can build many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter(
            "control_requests_total", "Requests answered.", labels, registry=self.registry
        )
        self.seconds = Histogram(
            "control_request_seconds", "Time to the answer.", ("route",), registry=self.registry
        )
        self.refused = Counter(
            "control_refused_total",
            "Requests and connections ended before any handler, by reason.",
            ("reason",),
            registry=self.registry,
        )
        for reason in Refused:
            self.refused.labels(reason.value)
        self.bounces = Counter(
            "control_bounces_total",
            "Messages that came to the addresses for bounces, by what they turned out to be.",
            ("result",),
            registry=self.registry,
        )


METRICS = web.AppKey("metrics", Metrics)


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
        metrics.seconds.labels(route).observe(seconds)
        access_log.info("%s %s %d %.0f ms", method, route, status, seconds * 1000)


def security_headers(edge: Edge) -> dict[str, str]:
    """Return what every answer carries."""
    return HEADERS | ({"Strict-Transport-Security": HSTS} if edge.https else {})


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
    except Exception:
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
