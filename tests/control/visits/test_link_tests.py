"""A test from the link, hours before: kept on the patient's row, and nobody is told or waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
from tests.control.faults import no_database
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
    await test.therapist.call("DELETE", f"/api/patients/{test.patient_id}/invitation", expect=204)
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
