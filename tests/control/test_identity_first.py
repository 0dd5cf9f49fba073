"""Whoever is not known is asked to log in, whatever else is wrong with the request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from control.app import endpoints
from control.http.wire import Access, Endpoint, Picture
from tests.control.stage import Page, Stage

WRONG = "?from=x&to=y&zone=z&limit=0&cursor=c&after=x&search=" + "s" * 201
LIVE = ("/api/live", "/api/visit/live")
"""WebSockets, which look at the origin before anything; tests/control/live has theirs."""

UNKNOWN = ("login_needed", "visit_needed", "operator_needed", "bad_token")


def calls(stage: Stage) -> list[Endpoint]:
    return [
        replace(one, path=one.path.replace("{id}", "0" * 32))
        for one in endpoints(stage.control)
        if one.access is not Access.ANYONE and one.path not in LIVE
    ]


async def code(page: Page, call: Endpoint) -> str:
    """Call it with a query and a body that nobody can read, and return the error's code."""
    media_type = getattr(call.body, "media_type", "application/json")
    kind = "image/png" if isinstance(call.body, Picture) else media_type
    body: dict[str, Any] = (
        {} if call.body is None else {"data": b"\xff{", "headers": {"Content-Type": kind}}
    )
    said = await page.call(call.method, call.path + WRONG, **body)
    return f"{call.method} {call.path}: {said['code']}"


async def test_strangers_are_not_told_what_is_wrong_with_a_request(stage: Stage) -> None:
    page = stage.page()
    answers = [await code(page, call) for call in calls(stage)]
    assert len(answers) > 50
    assert [one for one in answers if not one.endswith(UNKNOWN)] == []


async def test_who_is_known_is_told_what_is_wrong_with_the_query(stage: Stage) -> None:
    page = await stage.therapist()
    assert (await page.get("/api/sessions" + WRONG, 400))["code"] == "search_too_long"
    assert (await page.get("/api/sessions/export" + WRONG, 400))["code"] == "bad_zone"
