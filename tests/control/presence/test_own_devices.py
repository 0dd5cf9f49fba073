"""What the therapist's page sends is told to the patient's, in contact and not before."""

from __future__ import annotations

from typing import Any

from tests.control.call import Call
from tests.control.stage import Stage

MUTED = {
    "microphone": "off",
    "camera": "on",
    "screen": True,
    "hidden": False,
    "speaker": "untried",
    "look": "unknown",
}


async def tell(call: Call, devices: dict[str, Any], expect: int = 204) -> Any:
    return await call.therapist.call("PUT", f"{call.path}/devices", devices, expect=expect)


async def test_patient_is_told_that_the_therapist_is_muted_and_shows_the_screen(
    stage: Stage,
) -> None:
    call = await Call.begin(stage)
    await tell(call, MUTED)
    told = await call.waiting.until(lambda m: m["visit"]["therapist_devices"] is not None)
    assert told["visit"]["therapist_devices"] == MUTED
    assert (await call.read())["therapist_devices"] == MUTED


async def test_it_is_private_while_the_patient_waits(stage: Stage) -> None:
    call = await Call.begin(stage)
    await tell(call, MUTED)
    await call.therapist.post(f"{call.path}/hold")
    visit = await call.visiting.page.get("/api/visit")
    assert (visit["state"], visit["therapist_devices"]) == ("waiting", None)


async def test_nobody_else_can_tell_and_an_ended_session_takes_nothing(stage: Stage) -> None:
    call = await Call.begin(stage)
    other = await stage.therapist("bruni@example.org", "Dr. Bruni")
    await other.call("PUT", f"{call.path}/devices", MUTED, expect=404)
    assert (await call.read())["therapist_devices"] is None
    await tell(call, {"microphone": "loud", "camera": "on"}, expect=400)
    await call.therapist.post(f"{call.path}/end")
    await tell(call, MUTED, expect=409)


async def test_patients_page_tells_that_it_shows_its_screen(stage: Stage) -> None:
    call = await Call.begin(stage)
    devices = MUTED | {"microphone": "on"}
    await call.waiting.ws.send_json({"type": "devices", "devices": devices})
    told = await call.home.session(lambda one: one["patient_devices"] is not None)
    assert told["patient_devices"] == devices


async def test_patients_page_tells_that_it_is_in_the_background_and_is_back(stage: Stage) -> None:
    call = await Call.begin(stage)
    devices = {"microphone": "busy", "camera": "on"}
    await call.waiting.ws.send_json({"type": "devices", "devices": devices | {"hidden": True}})
    told = await call.home.session(lambda one: (one["patient_devices"] or {}).get("hidden") is True)
    assert told["patient_devices"]["microphone"] == "busy"
    await call.waiting.ws.send_json({"type": "devices", "devices": devices})
    await call.home.session(lambda one: one["patient_devices"]["hidden"] is False)
