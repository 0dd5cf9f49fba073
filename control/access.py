"""Who is asking: cookies, and the address for rate limits."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from control.auth.model import Login, Therapist
from control.http.wire import now
from control.keys import AUTH, CONFIG, VISITS
from control.presence.model import VisitFacts

LOGIN_COOKIE = "__Host-login"
VISIT_COOKIE = "__Host-visit"


async def logged_in(request: web.Request) -> tuple[Login, Therapist]:
    """Return the login and its therapist, or raise `Unauthenticated` (login_needed)."""
    cookie = request.cookies.get(LOGIN_COOKIE)
    return await request.app[AUTH].authenticate(cookie, now=now(request))


async def therapist(request: web.Request) -> Therapist:
    """Return who is logged in, or raise `Unauthenticated` (login_needed)."""
    _, person = await logged_in(request)
    return person


async def visiting(request: web.Request) -> VisitFacts:
    """Return the visit of this device, or raise `Unauthenticated` (visit_needed)."""
    cookie = request.cookies.get(VISIT_COOKIE)
    return await request.app[VISITS].authenticate(cookie, now=now(request))


def client_address(request: web.Request) -> str:
    """Return the other end's address; behind a trusted proxy, the one the proxy saw."""
    if request.app[CONFIG].trust_proxy:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return request.remote or "unknown"


def set_cookie(answer: web.Response, name: str, value: str, lifetime: timedelta) -> None:
    """Set a `__Host-` cookie; Chromium and Firefox keep it on http://localhost too."""
    age_s = int(lifetime.total_seconds())
    answer.set_cookie(
        name, value, max_age=age_s, path="/", secure=True, httponly=True, samesite="Lax"
    )


def drop_cookie(answer: web.Response, name: str) -> None:
    answer.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
