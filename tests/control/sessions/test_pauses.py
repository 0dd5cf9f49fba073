"""Every while in which the two were kept apart after they had met: told, and kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sfu.messages import ClockState, ClockTicked, LostTime, Role
from tests.control.call import Call
from tests.control.faults import no_database
from tests.control.stage import Stage, make_config


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A running control on each kind of database."""
    async with Stage(make_config(tmp_path, database_url=database_url)) as running:
        yield running


class Minutes:
    """A call whose moves come a minute apart; instants are told in minutes since its beginning."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.began_at = call.stage.clock.now

    async def post(self, move: str) -> None:
        self.call.stage.clock.advance(60)
        await self.call.therapist.post(f"{self.call.path}/{move}")

    async def pauses(self) -> list[tuple[float, float | None, bool]]:
        read = await self.call.read()
        return [
            (self._minute(one["since"]), self._minute(one["until"]), one["sent_back"])
            for one in read["pauses"]
        ]

    def _minute(self, instant: str | None) -> Any:
        if instant is None:
            return None
        return (datetime.fromisoformat(instant) - self.began_at) / timedelta(minutes=1)


async def test_each_time_that_the_patient_was_sent_back_is_told_also_after_a_restart(
    stage: Stage,
) -> None:
    minutes = Minutes(await Call.begin(stage))
    assert await minutes.pauses() == []
    await minutes.post("hold")
    assert await minutes.pauses() == [(1, None, True)]
    for move in ("accept", "hold"):
        await minutes.post(move)
    await stage.restart()
    assert await minutes.pauses() == [(1, 2, True), (3, None, True)]
    await minutes.call.visiting.page.offer("/api/visit/offer")
    await stage.media.connect(minutes.call.id, Role.PATIENT)
    await minutes.post("accept")
    await minutes.post("end")
    assert await minutes.pauses() == [(1, 2, True), (3, 4, True)]


async def test_a_session_that_ends_while_the_patient_is_sent_back_ends_that_too(
    stage: Stage,
) -> None:
    minutes = Minutes(await Call.begin(stage))
    for move in ("hold", "end"):
        await minutes.post(move)
    assert await minutes.pauses() == [(1, None, True)]


async def test_who_left_was_not_sent_back(stage: Stage) -> None:
    minutes = Minutes(await Call.begin(stage))
    stage.clock.advance(60)
    await minutes.call.visiting.page.post("/api/visit/leave", None, 204)
    assert await minutes.pauses() == [(1, None, False)]


async def test_a_send_back_counts_from_when_it_was_asked_for_though_it_is_written_later(
    stage: Stage,
) -> None:
    minutes = Minutes(await Call.begin(stage))
    stage.clock.advance(60)
    with no_database(stage, "write"):
        await minutes.call.therapist.post(f"{minutes.call.path}/hold", None, 503)
    await stage.tick(60)
    assert await minutes.pauses() == [(1, None, True)]


async def test_an_opening_that_came_to_nothing_leaves_the_patient_sent_back(stage: Stage) -> None:
    minutes = Minutes(await Call.begin(stage))
    await minutes.post("hold")
    stage.clock.advance(60)
    stage.media.is_away = True
    await minutes.call.therapist.post(f"{minutes.call.path}/accept", None, 503)
    stage.media.is_away = False
    await stage.tick(1)
    assert await minutes.pauses() == [(1, None, True)]


async def test_a_node_that_died_while_the_patient_was_sent_back_has_lost_nothing(
    stage: Stage,
) -> None:
    minutes = Minutes(await Call.begin(stage))
    call = minutes.call
    await minutes.post("hold")
    clock = ClockState(
        started_at=minutes.began_at, wall_s=60, connected_s=50, lost=LostTime(patient=10)
    )
    await stage.media.tell(ClockTicked(room=call.id, clock=clock))
    stage.media.lose_everything()
    await minutes.post("accept")
    assert call.room.clock is not None
    assert (call.room.clock.wall_s, call.room.clock.lost) == (120, LostTime(patient=10))
