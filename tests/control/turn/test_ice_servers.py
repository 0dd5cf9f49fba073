"""Who gets TURN credentials: a browser with a place in a lobby, one that tests, nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from control.errors import SlowDown
from control.http.pace import OFFERS_PER_MINUTE
from control.turn.model import TEST_LIFETIME
from control.visits.link_tests import LONGEST
from tests.control.call import Call
from tests.control.stage import Page, Stage, make_config

URLS = ("turn:turn.test:3478?transport=udp", "turns:turn.test:443?transport=tcp")
SETTINGS = {"turn_urls": URLS, "turn_secret": "a long shared secret", "turn_hours": 12}
PATIENTS = "/api/visit/ice-servers"
TESTS = "/api/visit/test/ice-servers"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A control with TURN beside its node."""
    async with Stage(make_config(tmp_path, **SETTINGS)) as running:
        yield running


def credentials(answer: Any) -> tuple[str, str]:
    (server,) = answer["servers"]
    assert server["urls"] == list(URLS)
    return server["username"], server["credential"]


async def new_link(stage: Stage, email: str = "rossi@example.org") -> str:
    """Return the token of a new patient's link."""
    therapist = await stage.therapist(email)
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    link = await therapist.get(f"/api/patients/{patient['id']}/invitation")
    token: str = link["url"].partition("#")[2]
    return token


async def test_both_sides_of_a_session_get_credentials_of_their_own(stage: Stage) -> None:
    call = await Call.begin(stage)
    patients = await call.visiting.page.get(PATIENTS)
    therapists = await call.therapist.get(f"{call.path}/ice-servers")
    assert patients["lifetime_s"] == therapists["lifetime_s"] == 12 * 3600
    ends = int(stage.clock.now.timestamp()) + 12 * 3600
    names = [credentials(one)[0].split(":") for one in (patients, therapists)]
    assert [expiry for expiry, _ in names] == [str(ends)] * 2
    assert len({holder for _, holder in names}) == 2


async def test_credentials_name_nobody(stage: Stage) -> None:
    call = await Call.begin(stage)
    patients = credentials(await call.visiting.page.get(PATIENTS))[0]
    therapists = credentials(await call.therapist.get(f"{call.path}/ice-servers"))[0]
    form = {"token": call.visiting.token}
    testers = credentials(await call.visiting.page.post(TESTS, form))[0]
    me = await call.therapist.get("/api/me")
    for private in (me["id"], call.visiting.patient_id, call.id, "Alex", "Rossi"):
        assert private not in patients + therapists + testers


async def test_patient_gets_them_before_the_page_has_its_socket(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    credentials(await visiting.page.get(PATIENTS))


async def test_asking_again_gives_fresh_ones(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    first = credentials(await visiting.page.get(PATIENTS))
    stage.clock.advance(3600)
    later = credentials(await visiting.page.get(PATIENTS))
    assert int(later[0].partition(":")[0]) == int(first[0].partition(":")[0]) + 3600
    assert later[1] != first[1]


async def test_stranger_gets_none(stage: Stage) -> None:
    call = await Call.begin(stage)
    stranger = stage.page()
    assert (await stranger.get(PATIENTS, 401))["code"] == "visit_needed"
    assert (await stranger.get(f"{call.path}/ice-servers", 401))["code"] == "login_needed"


async def test_other_therapist_gets_none(stage: Stage) -> None:
    call = await Call.begin(stage)
    other = await stage.therapist("bianchi@example.org", "Dr. Bianchi")
    assert (await other.get(f"{call.path}/ice-servers", 404))["code"] == "no_session"


async def test_device_that_was_replaced_gets_none(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    first, visiting.page = visiting.page, stage.page()
    await visiting.open(take_over=True)
    assert (await first.get(PATIENTS, 401))["code"] == "visit_needed"
    credentials(await visiting.page.get(PATIENTS))


async def test_patient_whose_link_was_revoked_gets_none(stage: Stage) -> None:
    call = await Call.begin(stage)
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    await call.therapist.call("DELETE", path, expect=204)
    assert (await call.visiting.page.get(PATIENTS, 401))["code"] == "visit_needed"


async def test_patient_who_left_gets_none(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    await visiting.page.post("/api/visit/leave", expect=204)
    assert (await visiting.page.get(PATIENTS, 409))["code"] == "ended"


async def test_nobody_gets_any_after_the_end(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.therapist.post(f"{call.path}/end")
    asked: tuple[tuple[Page, str], ...] = (
        (call.visiting.page, PATIENTS),
        (call.therapist, f"{call.path}/ice-servers"),
    )
    for page, path in asked:
        assert (await page.get(path, 409))["code"] == "ended"


async def test_without_turn_there_are_no_servers(tmp_path: Path) -> None:
    async with Stage(make_config(tmp_path / "plain")) as plain:
        visiting = await plain.visit(await plain.therapist())
        assert await visiting.page.get(PATIENTS) == {"servers": [], "lifetime_s": 0}


async def test_a_test_from_the_link_gets_some_for_minutes(stage: Stage) -> None:
    token = await new_link(stage)
    answer = await stage.page().post(TESTS, {"token": token})
    assert answer["lifetime_s"] == 300
    ends = int(stage.clock.now.timestamp()) + 300
    assert credentials(answer)[0].startswith(f"{ends}:")
    assert LONGEST < TEST_LIFETIME


async def test_a_link_is_given_some_for_tests_so_many_times(stage: Stage) -> None:
    page, form = stage.page(), {"token": await new_link(stage)}
    given = 0
    while (answer := await page.call("POST", TESTS, form)).get("code") is None:
        given += 1
        assert given < 200
    assert answer["code"] == "slow_down"
    assert answer["text"] == SlowDown(1).text
    assert given >= OFFERS_PER_MINUTE
    credentials(await page.post(TESTS, {"token": await new_link(stage, "bruni@example.org")}))
