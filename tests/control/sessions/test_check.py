"""Check again: what the node says when it is asked, not what it last reported."""

from __future__ import annotations

from sfu.messages import MediaProof, Role, Transit
from tests.control.call import Call
from tests.control.stage import Stage

QUIET_FOR_MS = 40_000


async def test_check_tells_what_the_node_measures_now_of_both_lines(stage: Stage) -> None:
    call = await Call.begin(stage)
    heard = MediaProof(heard_age_ms=20, level_dbfs=-30.0, frames_per_s=15.0)
    stage.media.forget_follower()  # its reports do not come through any more
    stage.media.measure(
        call.id, Role.PATIENT, rtt_ms=61.0, transit=Transit.TCP, packet_age_ms=5, proof=heard
    )
    stage.media.measure(call.id, Role.THERAPIST, connected=False, packet_age_ms=QUIET_FOR_MS)
    assert (await call.read())["patient_proof"]["rtt_ms"] is None

    checked = await call.therapist.post(f"{call.path}/check")
    patient, therapist = checked["patient"], checked["therapist"]
    assert (patient["rtt_ms"], patient["transit"], patient["packet_age_ms"]) == (61.0, "tcp", 5)
    assert (patient["heard_age_ms"], patient["frames_per_s"]) == (20, 15.0)
    assert (therapist["connected"], therapist["packet_age_ms"]) == (False, QUIET_FOR_MS)
    assert checked["checked_at"].startswith("2026-03-02T09:00:00")


async def test_a_side_without_a_connection_has_nothing_to_tell(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    session = await therapist.post("/api/sessions", {"patient_id": visiting.patient_id}, 201)
    checked = await therapist.post(f"/api/sessions/{session['id']}/check")
    assert (checked["patient"], checked["therapist"]) == (None, None)


async def test_check_of_what_is_not_there_is_refused_in_words(stage: Stage) -> None:
    call = await Call.begin(stage)
    other = await stage.therapist("bruni@example.org", "Dr. Bruni")
    assert (await other.post(f"{call.path}/check", expect=404))["code"] == "no_session"
    stage.media.is_away = True
    assert (await call.therapist.post(f"{call.path}/check", expect=503))["code"] == "media_away"
    stage.media.is_away = False
    await call.therapist.post(f"{call.path}/end")
    assert (await call.therapist.post(f"{call.path}/check", expect=409))["code"] == "ended"


async def test_checks_without_end_are_slowed_down(stage: Stage) -> None:
    call = await Call.begin(stage)
    answers: list[str | None] = []
    while "slow_down" not in answers and len(answers) < 30:  # time gives some turns back
        asked = len(stage.media.calls)
        answers.append((await call.therapist.call("POST", f"{call.path}/check")).get("code"))
    assert len(answers) > 10
    assert set(answers[:-1]) == {None}
    assert answers[-1] == "slow_down"
    assert len(stage.media.calls) == asked
