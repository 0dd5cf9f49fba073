"""A test from the link, hours before: kept on the patient's row, and nobody is told or waits."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from control.errors import Unavailable
from sfu.messages import (
    CheckReport,
    CheckState,
    Level,
    LineQuality,
    MediaProof,
    PeerClosed,
    PeerClosedReason,
    Role,
)
from tests.control.consultations.first import First
from tests.control.fakes import ANSWER, OFFER
from tests.control.faults import LateAnswer, fails, no_database, replaced
from tests.control.stage import Page, Stage


@dataclass(slots=True)
class Testing:
    """A patient with a link that was never opened, on a device without any cookie."""

    __test__ = False

    stage: Stage
    therapist: Page
    patient_id: str
    token: str
    page: Page
    rooms: list[str] = field(default_factory=list)

    @classmethod
    async def begin(cls, stage: Stage) -> Testing:
        therapist = await stage.therapist()
        form = {"name": "Alex M."}
        patient = await therapist.post("/api/patients", form, 201)
        link = await therapist.get(f"/api/patients/{patient['id']}/invitation")
        token = link["url"].partition("#")[2]
        return cls(stage, therapist, patient["id"], token, stage.page())

    async def offer(self, expect: int = 201, page: Page | None = None, **body: str) -> Any:
        body = {"token": self.token, "sdp": OFFER} | body
        answer = await (page or self.page).post("/api/visit/test/offer", body, expect)
        if expect == 201:
            assert answer == {"sdp": ANSWER}
        return answer

    async def revoke(self, expect: int = 204) -> None:
        path = f"/api/patients/{self.patient_id}/invitation"
        await self.therapist.call("DELETE", path, expect=expect)

    @property
    async def room(self) -> str:
        (room,) = await self.stage.media.rooms()
        return room.id

    async def check(self, state: CheckState = CheckState.DONE) -> None:
        report = CheckReport(
            state=state, started_at=self.stage.clock.now, quality=LineQuality(level=Level.FAIR)
        )
        room = await self.room
        self.stage.media.measure(room, Role.PATIENT, check=report)
        await self.stage.media.report(room, Role.PATIENT, MediaProof())

    async def last_check(self) -> Any:
        return (await self.therapist.get(f"/api/patients/{self.patient_id}"))["last_check"]

    async def tick(self, seconds: float) -> None:
        self.stage.clock.advance(seconds)
        await self.stage.control.close_tests()


async def test_a_test_has_a_room_of_its_own_and_touches_no_session(stage: Stage) -> None:
    test = await Testing.begin(stage)
    home = await test.therapist.live("/api/live")
    assert (await home.next())["sessions"] == []
    await test.offer()
    room = await test.room
    assert room.startswith("test-")
    state = stage.media.room(room)
    assert state is not None
    assert not state.gate_open
    await stage.media.connect(room, Role.PATIENT)
    await test.check(CheckState.RUNNING)
    await stage.tick(1)
    assert (await test.therapist.get("/api/sessions"))["items"] == []
    assert (await test.therapist.get("/api/sessions/open"))["sessions"] == []
    assert test.page.jar == {}
    assert (await test.page.call("GET", "/api/visit"))["code"] == "visit_needed"


async def test_what_came_of_it_stands_on_the_patients_row_and_the_room_closes(
    stage: Stage,
) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    await test.check()
    assert (await test.last_check())["level"] == "fair"
    await test.tick(1)
    assert len(await stage.media.rooms()) == 1  # until the page has read it
    await test.tick(3)
    assert await stage.media.rooms() == []


async def test_a_page_that_goes_closes_its_room_and_a_reconnect_does_not(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    room = await test.room
    await test.offer()  # its line was lost
    assert await test.room == room
    await test.tick(0.5)
    assert len(await stage.media.rooms()) == 1
    await stage.media.tell(PeerClosed(room=room, peer="p", reason=PeerClosedReason.LEFT))
    await test.tick(0.5)
    assert await stage.media.rooms() == []


@pytest.mark.parametrize("resumed", [True, False])
async def test_a_test_goes_on_when_the_nodes_events_were_lost_for_a_while(
    stage: Stage, resumed: bool
) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    stray = stage.media.hello().rooms[0].model_copy(update={"id": "test-of-nobody"})
    stage.media.put_room(stray)
    await stage.control.nodes.handle_hello(stage.media.hello(resumed=resumed))
    assert (await test.room).startswith("test-")
    assert stage.media.room(stray.id) is None
    await test.check()
    assert (await test.last_check())["level"] == "fair"


@pytest.mark.parametrize("resumed", [True, False])
async def test_a_test_that_is_over_is_closed_also_after_a_gap_in_the_nodes_events(
    stage: Stage, resumed: bool
) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    room = stage.media.room(await test.room)
    assert room is not None
    await test.check()
    await stage.control.nodes.handle_hello(stage.media.hello(resumed=resumed))
    await test.tick(3)
    assert await stage.media.rooms() == []
    stage.media.put_room(room)  # as if the closing had not reached the node
    await stage.control.nodes.handle_hello(stage.media.hello(resumed=resumed))
    assert await stage.media.rooms() == []


async def test_no_test_lasts_longer_than_two_minutes(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    await test.tick(119)
    assert len(await stage.media.rooms()) == 1
    stage.media.is_away = True
    try:
        await test.tick(1)
    except Unavailable:
        pass
    stage.media.is_away = False
    await test.tick(0.5)
    assert await stage.media.rooms() == []


async def test_a_link_is_tested_three_times_in_five_minutes(stage: Stage) -> None:
    test = await Testing.begin(stage)
    for _ in range(3):
        await test.offer()
        await test.check()
        await test.tick(4)
    assert (await test.offer(expect=429))["code"] == "slow_down"
    assert await stage.media.rooms() == []


async def test_a_link_that_opens_nothing_tests_nothing(stage: Stage) -> None:
    test = await Testing.begin(stage)
    assert (await test.offer(expect=404, token="x" * 43))["code"] == "link_unknown"
    await test.revoke()
    assert (await test.offer(expect=404))["code"] == "link_unknown"
    ice = {"token": test.token}
    assert (await test.page.post("/api/visit/test/ice-servers", ice, 404))["code"] == "link_unknown"
    assert await stage.media.rooms() == []


async def test_turn_is_served_to_a_test(stage: Stage) -> None:
    test = await Testing.begin(stage)
    servers = await test.page.post("/api/visit/test/ice-servers", {"token": test.token})
    assert servers == {"servers": [], "lifetime_s": 0}


async def test_a_summary_that_could_not_be_written_is_by_a_later_report(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    with no_database(stage, "write"):
        await test.check()
    assert await test.last_check() is None
    await test.check()
    assert (await test.last_check())["level"] == "fair"


async def test_a_visit_goes_on_beside_a_test(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    room = await test.room
    visitor = stage.page()
    await visitor.post("/api/visit", {"token": test.token})
    live = await visitor.live("/api/visit/live")
    await live.next()
    await stage.tick(1)
    (session,) = (await test.therapist.get("/api/sessions/open"))["sessions"]
    assert session["patient_present"]
    assert session["patient_proof"] is None
    assert stage.media.room(room) is not None


async def test_a_one_time_link_is_not_claimed_by_a_test(stage: Stage) -> None:
    first = await First.begin(stage)
    offer = {"token": first.token, "sdp": OFFER}
    tester = stage.page()
    await tester.post("/api/visit/test/offer", offer, 201)
    read = await first.read()
    assert (read["stage"], read["claimed_at"]) == ("unopened", None)
    await first.press_continue()
    assert (await tester.post("/api/visit/test/offer", offer, 409))["code"] == "taken"


@pytest.mark.parametrize("step", ["ensure_room", "offer"])
async def test_a_link_that_is_revoked_before_the_node_has_answered_connects_nothing(
    stage: Stage, step: str
) -> None:
    test = await Testing.begin(stage)
    late = LateAnswer(getattr(stage.media, step))
    with (
        replaced(stage.control.link_tests, "tick", nothing),
        replaced(stage.media, step, late),
    ):
        offer = asyncio.create_task(test.offer(expect=404))
        await late.entered.wait()
        await test.revoke()
        late.go.set()
        assert (await offer)["code"] == "link_unknown"
    with no_database(stage, "read"), contextlib.suppress(Unavailable):
        await test.tick(0.5)  # by what the offer knew
    assert await stage.media.rooms() == []


async def test_a_link_that_is_revoked_closes_its_test_and_nothing_is_kept(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    with replaced(stage.control.link_tests, "tick", nothing):
        await test.revoke()
        await test.check()  # the node was faster than the closing
    await test.tick(0.5)
    assert await stage.media.rooms() == []
    assert await test.last_check() is None


async def test_a_revocation_that_stopped_half_way_closes_the_test_too(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    with replaced(stage.control.visits, "cut", fails):
        await test.revoke(expect=503)
    await test.tick(0.5)
    assert await stage.media.rooms() == []


async def test_a_control_that_starts_anew_closes_the_tests_of_a_revoked_link(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    with replaced(stage.control.visits, "cut", fails):
        await test.revoke(expect=503)
    await stage.restart()
    assert await stage.media.rooms() == []
    assert await test.last_check() is None


async def test_a_new_link_ends_the_test_of_the_old_one_and_begins_its_own(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    old = await test.room
    link = await test.therapist.post(f"/api/patients/{test.patient_id}/invitation", None, 201)
    test.token = link["url"].partition("#")[2]
    await test.offer()
    await test.tick(0.5)
    assert await test.room != old


async def test_a_test_is_over_in_time_though_no_link_can_be_read(stage: Stage) -> None:
    test = await Testing.begin(stage)
    await test.offer()
    with no_database(stage, "read"), contextlib.suppress(Unavailable):
        await test.tick(119)
    assert len(await stage.media.rooms()) == 1
    with no_database(stage, "read"), contextlib.suppress(Unavailable):
        await test.tick(1)
    assert await stage.media.rooms() == []


async def nothing(*, now: datetime) -> None:
    """Stand for a look at the tests that has not come yet."""
