"""What the node measures of a line reaches the therapist's page as it was measured."""

from __future__ import annotations

from datetime import UTC, datetime

from sfu.messages import (
    Cause,
    CheckReport,
    CheckState,
    DeviceVerdict,
    DirectionQuality,
    Level,
    LineQuality,
    MediaProof,
    Role,
)
from tests.control.call import Call
from tests.control.stage import Stage

WEAK_UP = DirectionQuality(
    packets=500, loss_ratio=0.04, loss_low=0.026, loss_high=0.061, capacity_bps=610_000
)
QUALITY = LineQuality(level=Level.POOR, cause=Cause.LOSS_UP, rtt_ms=61.0, up=WEAK_UP)
CHECK = CheckReport(
    state=CheckState.DONE,
    started_at=datetime(2026, 3, 2, 8, 59, tzinfo=UTC),
    took_ms=7_900,
    quality=QUALITY,
    camera=DeviceVerdict.BLACK,
)


async def test_quality_and_check_of_each_side_reach_the_therapist(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.measure(call.id, Role.PATIENT, quality=QUALITY, check=CHECK)
    await stage.media.report(call.id, Role.PATIENT, MediaProof())
    await stage.tick()
    session = await call.home.session(lambda one: bool(one["patient_proof"]["quality"]))
    quality, check = session["patient_proof"]["quality"], session["patient_proof"]["check"]
    assert (quality["level"], quality["cause"]) == ("poor", "loss_up")
    assert (quality["up"]["loss_ratio"], quality["up"]["loss_high"]) == (0.04, 0.061)
    assert quality["down"]["loss_ratio"] is None
    assert (check["state"], check["camera"], check["took_ms"]) == ("done", "black", 7_900)
    assert session["therapist_proof"]["quality"] is None


async def test_an_older_node_tells_neither(stage: Stage) -> None:
    call = await Call.begin(stage)
    await stage.media.report(call.id, Role.PATIENT, MediaProof(heard_age_ms=20))
    proof = (await call.read())["patient_proof"]
    assert (proof["heard_age_ms"], proof["quality"], proof["check"]) == (20, None, None)


async def test_speech_and_another_address_reach_the_therapist(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.measure(call.id, Role.PATIENT, moved_age_ms=900)
    await stage.media.report(call.id, Role.PATIENT, MediaProof(heard_age_ms=20, loud_age_ms=7_000))
    proof = (await call.read())["patient_proof"]
    assert (proof["loud_age_ms"], proof["moved_age_ms"]) == (7_000, 900)
