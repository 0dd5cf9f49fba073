"""Sending back while the media node is away: it is said to be under way until it is done."""

from __future__ import annotations

from tests.control.call import Call
from tests.control.stage import Stage


async def test_send_back_is_said_to_be_under_way_until_the_node_answers(stage: Stage) -> None:
    call = await Call.begin(stage)
    stage.media.is_away = True
    held = await call.therapist.post(f"{call.path}/hold")
    assert (held["state"], held["closing"]) == ("held", True)
    assert call.room.gate_open

    again = await call.therapist.post(f"{call.path}/hold")  # no 409: it is what was asked for
    assert (again["state"], again["closing"]) == ("held", True)
    assert again["sent_back_at"] == held["sent_back_at"]

    stage.media.is_away = False
    await stage.tick()
    assert not call.room.gate_open
    await call.home.session(lambda one: one["state"] == "held" and not one["closing"])
    await call.therapist.post(f"{call.path}/hold", expect=409)


async def test_send_back_that_was_done_says_so(stage: Stage) -> None:
    call = await Call.begin(stage)
    held = await call.therapist.post(f"{call.path}/hold")
    assert (held["state"], held["closing"]) == ("held", False)
