"""What a therapist does about a weak line: the pictures stopped for both, and a hint sent."""

from __future__ import annotations

from functools import partial
from typing import Any

from sfu.messages import RoomCommand
from tests.control.sessions.test_begin_check import Waiting
from tests.control.stage import Stage


async def put(waiting: Waiting, on: bool, expect: int = 200) -> Any:
    path = f"/api/sessions/{waiting.id}/sound-first"
    return await waiting.therapist.call("PUT", path, {"on": on}, expect=expect)


def is_told(on: bool, message: dict[str, Any]) -> bool:
    return message["type"] == "visit" and message["visit"]["sound_first"] is on


async def test_sound_first_reaches_the_node_and_both_pages_and_is_taken_back(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    page = await waiting.visiting.page.live("/api/visit/live")
    for on in (True, False):
        session = await put(waiting, on)
        assert session["sound_first"] is on
        room = stage.media.room(waiting.id)
        assert room is not None
        assert room.sound_first is on
        await page.until(partial(is_told, on))


async def test_sound_first_stands_after_a_restart_and_at_a_node_that_was_away(
    stage: Stage,
) -> None:
    waiting = await Waiting.begin(stage)
    stage.media.is_away = True
    assert (await put(waiting, True))["sound_first"]
    stage.media.is_away = False
    await stage.tick(1)
    room = stage.media.room(waiting.id)
    assert room is not None
    assert room.sound_first
    await stage.media.ensure_room(waiting.id, RoomCommand(), stage.media.draw_generation())
    await stage.restart()
    await stage.tick(1)
    session = await waiting.therapist.get(f"/api/sessions/{waiting.id}")
    assert session["sound_first"]
    await waiting.therapist.offer(f"/api/sessions/{waiting.id}/offer")
    room = stage.media.room(waiting.id)
    assert room is not None
    assert room.sound_first


async def test_sound_first_is_of_one_session_and_not_of_an_ended_one(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    await put(waiting, True)
    await waiting.therapist.post(f"/api/sessions/{waiting.id}/end")
    assert (await put(waiting, False, expect=409))["code"] == "ended"
    form = {"patient_id": waiting.visiting.patient_id}
    again = await waiting.therapist.post("/api/sessions", form, expect=201)
    assert not again["sound_first"]


async def test_another_therapist_stops_no_pictures_and_sends_no_hint(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    waiting.therapist = await stage.therapist("bianchi@example.org")
    assert (await put(waiting, True, expect=404))["code"] == "no_session"
    await waiting.therapist.post(f"/api/sessions/{waiting.id}/hint", expect=404)
    room = stage.media.room(waiting.id)
    assert room is not None
    assert not room.sound_first


async def test_a_hint_comes_to_the_patients_page_three_times_in_five_minutes(stage: Stage) -> None:
    waiting = await Waiting.begin(stage)
    page = await waiting.visiting.page.live("/api/visit/live")
    path = f"/api/sessions/{waiting.id}/hint"
    for _ in range(3):
        await waiting.therapist.post(path, expect=204)
        await page.until(lambda message: message == {"type": "hint"})
    assert (await waiting.therapist.post(path, expect=429))["code"] == "slow_down"


async def test_a_hint_that_nobody_would_read_is_not_called_sent_nor_counted(stage: Stage) -> None:
    therapist = await stage.therapist()
    visiting = await stage.visit(therapist)
    form = {"patient_id": visiting.patient_id}
    session = await therapist.post("/api/sessions", form, expect=201)
    path = f"/api/sessions/{session['id']}/hint"
    for _ in range(4):
        assert (await therapist.post(path, expect=409))["code"] == "no_page"
    await therapist.post(f"/api/sessions/{session['id']}/end")
    assert (await therapist.post(path, expect=409))["code"] == "ended"
