"""A check of the lines before contact: begun by either side, not without end, not in contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from control.errors import Conflict, SlowDown
from sfu.messages import Role
from tests.control.fakes import OFFER
from tests.control.stage import Page, Stage, Visiting

BOTH = [(Role.PATIENT, False), (Role.THERAPIST, False)]


@dataclass(slots=True)
class Waiting:
    """A patient in the waiting room and a therapist in the virtual one, both connected."""

    stage: Stage
    therapist: Page
    visiting: Visiting
    id: str

    @classmethod
    async def begin(cls, stage: Stage) -> Waiting:
        therapist = await stage.therapist()
        visiting = await stage.visit(therapist)
        await visiting.arrive()
        session_id = (await therapist.get("/api/sessions"))["items"][0]["id"]
        await visiting.page.offer("/api/visit/offer")
        await therapist.offer(f"/api/sessions/{session_id}/offer")
        await stage.media.connect(session_id, Role.PATIENT)
        await stage.media.connect(session_id, Role.THERAPIST)
        return cls(stage, therapist, visiting, session_id)

    async def check(self, expect: int = 200, query: str = "") -> Any:
        return await self.therapist.post(f"/api/sessions/{self.id}/check{query}", expect=expect)

    async def check_as_patient(self, expect: int = 204, query: str = "") -> Any:
        return await self.visiting.page.post(f"/api/visit/check{query}", expect=expect)


async def test_check_again_begins_one_of_both_lines_and_tells_that_it_runs(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    checked = await waiting.check()
    assert sorted(stage.media.checked) == sorted(BOTH)
    assert checked["patient"]["check"]["state"] == "running"
    assert checked["therapist"]["check"]["state"] == "running"


async def test_the_patient_checks_the_own_line_alone(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    await waiting.check_as_patient(query="?light=1")
    assert stage.media.checked == [(Role.PATIENT, True)]


async def test_a_line_is_checked_three_times_in_five_minutes_whoever_asks(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    await waiting.check()
    await waiting.check_as_patient()
    await waiting.check_as_patient()
    refused = await waiting.check_as_patient(expect=429)
    assert refused["code"] == "slow_down"
    assert (await waiting.check(expect=429))["code"] == "slow_down"
    assert len(stage.media.checked) == 4
    # Her own allowance was not touched by what was refused for the patient's sake.
    other = await stage.visit(waiting.therapist, "Bruna T.")
    session = await waiting.therapist.post("/api/sessions", {"patient_id": other.patient_id}, 201)
    await waiting.therapist.offer(f"/api/sessions/{session['id']}/offer")
    await stage.media.connect(session["id"], Role.THERAPIST)
    await waiting.therapist.post(f"/api/sessions/{session['id']}/check")
    assert stage.media.checked[-1] == (Role.THERAPIST, False)


async def test_in_contact_nothing_is_begun(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    await waiting.therapist.post(f"/api/sessions/{waiting.id}/enter")
    await waiting.therapist.post(f"/api/sessions/{waiting.id}/accept")
    told = await waiting.check()
    assert told["patient"]["connected"]
    assert (await waiting.check_as_patient(expect=409))["code"] == "in_call"
    assert stage.media.checked == []


async def test_a_node_that_has_begun_neither_says_why(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    stage.media.refuses_checks = SlowDown(40)
    assert (await waiting.check(expect=429))["code"] == "slow_down"
    stage.media.refuses_checks = Conflict("in_call", "The two are in contact.")
    assert (await waiting.check_as_patient(expect=409))["code"] == "in_call"


async def test_a_patient_without_a_line_or_after_goodbye_has_nothing_to_check(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    assert (await visiting.page.post("/api/visit/check", expect=409))["code"] == "ended"
    await visiting.arrive()
    assert (await visiting.page.post("/api/visit/check", expect=409))["code"] == "not_connected"
    await visiting.page.post("/api/visit/leave", expect=204)
    assert (await visiting.page.post("/api/visit/check", expect=409))["code"] == "ended"
    assert (await stage.page().post("/api/visit/check", expect=401))["code"] == "visit_needed"


async def test_browser_that_saves_data_is_named_to_the_node_with_its_offer(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    await visiting.page.offer("/api/visit/offer")
    headers = {"Content-Type": "application/sdp", "Save-Data": "on"}
    await visiting.page.call("POST", "/api/visit/offer", expect=201, headers=headers, data=OFFER)
    assert stage.media.light == [False, True]
