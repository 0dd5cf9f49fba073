"""A login that has ended takes its media with it, whatever its browser goes on doing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from sfu.messages import PeerClosedReason, Role
from tests.control.call import Call
from tests.control.stage import PASSWORD, Page, Stage


async def second_login(stage: Stage) -> Page:
    page = stage.page()
    await page.post("/api/login", {"email": "rossi@example.org", "password": PASSWORD})
    return page


async def log_out(first: Page, second: Page) -> None:
    await first.post("/api/logout", expect=204)


async def end_from_elsewhere(first: Page, second: Page) -> None:
    await second.call("DELETE", "/api/me/logins", expect=204)


async def change_password(first: Page, second: Page) -> None:
    form = {"present": PASSWORD, "new": "another long password"}
    await second.post("/api/me/password", form, 204)


@pytest.mark.parametrize("end", [log_out, end_from_elsewhere, change_password])
async def test_the_therapists_media_ends_with_her_login(
    stage: Stage, end: Callable[[Page, Page], Awaitable[None]]
) -> None:
    call = await Call.begin(stage)
    second = await second_login(stage)
    await stage.tick()
    assert stage.media.peer(call.id, Role.THERAPIST) is not None
    await end(call.therapist, second)
    await stage.tick()
    assert stage.media.peer(call.id, Role.THERAPIST) is None
    assert stage.media.peer(call.id, Role.PATIENT) is not None
    await call.therapist.offer(f"{call.path}/offer", expect=401)


async def test_it_ends_also_when_control_died_before_it_was_closed(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.is_away = True
    await call.therapist.post("/api/logout", expect=204)
    stage.media.is_away = False
    await stage.restart()
    await stage.tick()
    assert stage.media.peer(call.id, Role.THERAPIST) is None


async def test_another_login_takes_the_place_and_the_first_page_is_told_so(stage: Stage) -> None:
    call = await Call.begin(stage)
    first = stage.media.peer(call.id, Role.THERAPIST)
    second = await second_login(stage)
    await second.offer(f"{call.path}/offer")
    taken = stage.media.peer(call.id, Role.THERAPIST)
    assert first is not None
    assert taken is not None
    assert taken.participant != first.participant
    assert stage.media.closed[-1] is PeerClosedReason.REPLACED
    await call.therapist.post("/api/logout", expect=204)
    await stage.tick()
    assert stage.media.peer(call.id, Role.THERAPIST) == taken
