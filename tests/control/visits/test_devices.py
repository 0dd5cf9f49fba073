"""One link, one active device; and the link's own life."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select

from control.invitations.model import LIFETIME
from control.presence.model import GRACE
from control.visits.model import RETENTION, patient_group
from control.visits.store import visits
from sfu.messages import Role
from tests.control.call import Call
from tests.control.fakes import OFFER
from tests.control.stage import Stage, Visiting


def on_another_device(visiting: Visiting) -> Visiting:
    return Visiting(visiting.stage, visiting.patient_id, visiting.token, visiting.stage.page())


async def test_same_browser_opening_the_link_twice_replaces_its_old_page_at_once(
    stage: Stage,
) -> None:
    visiting = await stage.visit(await stage.therapist())
    first = await visiting.arrive()
    cookie = visiting.page.jar["__Host-visit"]
    await visiting.open()
    assert visiting.page.jar["__Host-visit"] == cookie
    second = await visiting.arrive()
    await first.until(lambda message: message["type"] == "moved")
    assert await first.close_code() == 4002
    await stage.tick(10)
    assert stage.control.pages.has(patient_group(visiting.patient_id))
    await second.ws.close()


async def test_other_device_is_asked_and_takes_over_only_on_that_click(stage: Stage) -> None:
    call = await Call.begin(stage)
    tablet = on_another_device(call.visiting)
    assert (await tablet.open(expect=409))["code"] == "elsewhere"
    assert "__Host-visit" not in tablet.page.jar

    assert (await tablet.open(take_over=True))["state"] == "in_contact"
    await call.waiting.until(lambda message: message["type"] == "moved")
    assert await call.waiting.close_code() == 4002
    assert stage.media.peer(call.id, Role.PATIENT) is None
    await call.visiting.page.get("/api/visit", 401)
    await tablet.arrive()
    await tablet.page.offer("/api/visit/offer")
    await stage.media.connect(call.id, Role.PATIENT)
    after = await call.read()
    assert (after["state"], after["patient_present"]) == ("in_contact", True)


async def test_other_device_enters_freely_after_the_grace(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    await (await visiting.arrive()).ws.close()
    await stage.tick(GRACE.total_seconds() - 1)
    tablet = on_another_device(visiting)
    await tablet.open(expect=409)
    await stage.tick(2)
    await tablet.open()


async def test_live_media_keeps_a_device_in_its_place_without_a_socket(stage: Stage) -> None:
    call = await Call.begin(stage)
    await call.waiting.ws.close()
    await stage.tick(600)
    await on_another_device(call.visiting).open(expect=409)


async def test_second_patient_cannot_enter_a_running_session(stage: Stage) -> None:
    call = await Call.begin(stage)
    other = await stage.visit(call.therapist, "Bruna T.")
    await other.arrive()
    await other.page.offer("/api/visit/offer")
    assert len(call.room.peers) == 2
    session = (await call.therapist.get(f"/api/sessions?patient={other.patient_id}"))["items"][0]
    assert session["id"] != call.id
    await other.page.offer(f"{call.path}/offer", expect=401)


async def test_unknown_expired_and_revoked_links_look_the_same(stage: Stage) -> None:
    therapist = await stage.therapist()
    revoked, expired = await stage.visit(therapist), await stage.visit(therapist, "Bruna T.")
    path = f"/api/patients/{revoked.patient_id}/invitation"
    await therapist.call("DELETE", path, expect=204)
    stranger = stage.page()
    answers = [await stranger.post("/api/visit", {"token": "x" * 43}, 404)]
    answers.append(await on_another_device(revoked).open(expect=404))
    stage.clock.advance(LIFETIME.total_seconds())
    answers.append(await on_another_device(expired).open(expect=404))
    assert answers[0]["code"] == "link_unknown"
    assert answers[0] == answers[1] == answers[2]


async def test_link_can_be_copied_at_any_time_until_it_is_void(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    path = f"/api/patients/{patient['id']}/invitation"
    link = await therapist.get(path)
    assert link["url"].startswith(f"{stage.config.public_url}/v#")
    await stage.restart()
    assert await therapist.get(path) == link
    stage.clock.advance((LIFETIME + timedelta(seconds=1)).total_seconds())
    await therapist.post("/api/login", LOGIN)
    assert (await therapist.get(path, 404))["code"] == "no_link"
    patient = await therapist.get(f"/api/patients/{patient['id']}")
    assert patient["link_state"] == "expired"


async def test_renewed_link_voids_the_old_one_and_keeps_who_is_here(stage: Stage) -> None:
    call = await Call.begin(stage)
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    fresh = await call.therapist.post(path, expect=201)
    assert fresh["url"].partition("#")[2] != call.visiting.token
    await call.visiting.open(expect=404)
    assert (await call.visiting.page.get("/api/visit"))["state"] == "in_contact"
    assert (await call.read())["state"] == "in_contact"


async def test_renewed_link_forgets_a_device_that_is_away(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    stage.clock.advance(GRACE.total_seconds())
    await therapist.post(f"/api/patients/{visiting.patient_id}/invitation", expect=201)
    await visiting.page.get("/api/visit", 401)


async def test_revoking_cuts_a_live_call(stage: Stage) -> None:
    call = await Call.begin(stage)
    path = f"/api/patients/{call.visiting.patient_id}/invitation"
    await call.therapist.call("DELETE", path, expect=204)
    assert not call.room.gate_open
    assert stage.media.peer(call.id, Role.PATIENT) is None
    await call.waiting.until(lambda message: message["type"] == "revoked")
    assert await call.waiting.close_code() == 4003
    await call.visiting.page.get("/api/visit", 401)
    after = await call.read()
    assert (after["state"], after["patient_present"]) == ("held", False)


async def test_guessing_links_is_limited_by_address_and_a_valid_link_always_works(
    stage: Stage,
) -> None:
    visiting = await stage.visit(await stage.therapist())
    page = stage.page()
    codes: Counter[str] = Counter()
    for wave in range(5):  # on a busy machine 100 at once would wait too long for the one writer
        tokens = [{"token": f"guess{wave}-{number}"} for number in range(20)]
        answers = await asyncio.gather(
            *(page.call("POST", "/api/visit", one) for one in tokens[:10]),
            *(page.call("POST", "/api/visit/preview", one) for one in tokens[10:]),
        )
        codes.update(answer["code"] for answer in answers)
    assert codes == {"link_unknown": 10, "slow_down": 90}
    await page.post("/api/visit/preview", {"token": visiting.token})
    await visiting.open()
    stage.clock.advance(61)
    await page.post("/api/visit", {"token": "guess"}, 404)


async def test_offers_of_one_device_are_bounded(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    headers = {"Content-Type": "application/sdp"}
    codes = []
    for _ in range(60):
        answer = await visiting.page.call("POST", "/api/visit/offer", headers=headers, data=OFFER)
        codes.append("ok" if isinstance(answer, str) else answer["code"])
        if codes[-1] != "ok":
            break
    assert len(codes) > 30
    assert codes[-1] == "slow_down"
    other = await stage.visit(await stage.therapist("other@example.org"), "Bruna T.")
    await other.page.offer("/api/visit/offer")


async def test_visits_go_a_day_after_their_end_and_those_that_stand_stay(stage: Stage) -> None:
    therapist = await stage.therapist()
    standing, never_came = await stage.visit(therapist), await stage.visit(therapist, "Bruna T.")
    await standing.arrive()
    for _ in range(3):
        await on_another_device(never_came).open(take_over=True)
    assert await count_visits(stage) == 5
    await stage.control.expire()
    assert await count_visits(stage) == 5
    stage.clock.advance(RETENTION.total_seconds() - 60)
    await never_came.open(take_over=True)
    await stage.control.expire()
    assert await count_visits(stage) == 6
    stage.clock.advance(60)
    await stage.control.expire()
    assert await count_visits(stage) == 3  # who stands, who was replaced a minute ago, and by whom
    stage.clock.advance(RETENTION.total_seconds())
    await stage.control.expire()
    assert await count_visits(stage) == 1  # who has a session, though it is long ago


async def count_visits(stage: Stage) -> int:
    async with stage.control.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(visits))).scalar_one())


async def test_opening_the_page_by_get_consumes_nothing(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    await stage.page().call("GET", "/v")
    await stage.page().call("HEAD", "/v")
    assert (await therapist.get(f"/api/patients/{patient['id']}"))["link_state"] == "valid"
    assert (await therapist.get("/api/sessions"))["items"] == []


async def test_visit_of_yesterday_must_open_the_link_again(stage: Stage) -> None:
    visiting = await stage.visit(await stage.therapist())
    stage.clock.advance(24 * 3600)
    assert (await visiting.page.get("/api/visit", 401))["code"] == "visit_needed"


LOGIN = {"email": "rossi@example.org", "password": "a long enough password"}
