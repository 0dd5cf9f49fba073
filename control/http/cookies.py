"""Cookies."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web


def set_cookie(answer: web.Response, name: str, value: str, lifetime: timedelta) -> None:
    """Set a `__Host-` cookie; Chromium and Firefox keep it on http://localhost too."""
    age_s = int(lifetime.total_seconds())
    answer.set_cookie(
        name, value, max_age=age_s, path="/", secure=True, httponly=True, samesite="Lax"
    )


def drop_cookie(answer: web.Response, name: str) -> None:
    answer.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
