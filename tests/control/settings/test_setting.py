"""The setting: versioned, and at once in force in a running session."""

from __future__ import annotations

from control.settings.model import FIRST
from tests.control.stage import Stage


def test_change_that_changes_nothing_is_no_new_version() -> None:
    assert FIRST.changed(self_view=True, clock=True) is FIRST
    assert FIRST.changed(self_view=False, clock=True).version == 2


async def test_every_change_is_a_new_version(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    path = f"/api/patients/{patient['id']}/setting"
    first = {"version": 1, "self_view": True, "clock": True, "screen": True}
    assert await therapist.get(path) == first
    change = {"self_view": False, "clock": True}
    changed = await therapist.call("PUT", path, change, expect=200)
    assert changed == {"version": 2, **change, "screen": True}
    assert await therapist.call("PUT", path, change, expect=200) == changed
    assert await therapist.get(path) == changed


async def test_change_reaches_patient_node_and_record_of_a_running_session(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    waiting = await visiting.arrive()
    session = (await therapist.get("/api/sessions"))["items"][0]
    await visiting.page.offer("/api/visit/offer")
    change = {"self_view": False, "clock": False}
    path = f"/api/patients/{visiting.patient_id}/setting"
    await therapist.call("PUT", path, change, expect=200)
    told = await waiting.until(lambda message: not message["visit"]["setting"]["clock"])
    assert told["visit"]["setting"] == change | {"screen": True}
    room = stage.media.room(session["id"])
    assert room is not None
    assert not room.show_clock_to_patient
    after = await therapist.get(f"/api/sessions/{session['id']}")
    assert after["setting"] == {"version": 2, **change, "screen": True}


async def test_ended_session_keeps_the_version_it_was_held_under(stage: Stage) -> None:
    therapist = await stage.therapist()
    patient = await therapist.post("/api/patients", {"name": "Alex M."}, 201)
    session = await therapist.post("/api/sessions", {"patient_id": patient["id"]}, 201)
    await therapist.post(f"/api/sessions/{session['id']}/end")
    change = {"self_view": False, "clock": False}
    await therapist.call("PUT", f"/api/patients/{patient['id']}/setting", change, expect=200)
    kept = await therapist.get(f"/api/sessions/{session['id']}")
    assert kept["setting"] == {"version": 1, "self_view": True, "clock": True, "screen": True}


async def test_forbidden_screen_is_told_at_once_and_other_switches_leave_it(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    waiting = await visiting.arrive()
    path = f"/api/patients/{visiting.patient_id}/setting"
    change = {"self_view": True, "clock": True, "screen": False}
    await therapist.call("PUT", path, change, expect=200)
    await waiting.until(lambda message: not message["visit"]["setting"]["screen"])
    older = {"self_view": False, "clock": True}
    assert (await therapist.call("PUT", path, older, expect=200))["screen"] is False


async def test_forbidden_screen_is_forbidden_at_the_node_from_the_beginning(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    await visiting.arrive()
    session = (await therapist.get("/api/sessions"))["items"][0]
    await visiting.page.offer("/api/visit/offer")
    path = f"/api/patients/{visiting.patient_id}/setting"
    for allowed in (False, True):
        change = {"self_view": True, "clock": True, "screen": allowed}
        await therapist.call("PUT", path, change, expect=200)
        room = stage.media.room(session["id"])
        assert room is not None
        assert room.relay_patients_screen is allowed
