"""Limits hold against attempts at the same time, on both databases, and forget only with time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from control.data.database import Database
from control.errors import SlowDown
from control.http.pace import MOST_KEYS, Pace
from control.http.throttle import Limit, Policy, Reservation, Throttle, failures

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEN = Policy("ten a minute", failures=10, window_s=60)
FIVE = Policy("five a minute", failures=5, window_s=60)
HERE, THERE = Limit(TEN, "192.0.2.1"), Limit(TEN, "192.0.2.2")
KEY = b"k" * 32


async def count_rows(database: Database) -> int:
    async with database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(failures))).scalar_one())


async def fill(throttle: Throttle, limit: Limit) -> list[Reservation]:
    return [await throttle.reserve(limit, now=NOW) for _ in range(limit.policy.failures)]


async def test_limit_holds_against_attempts_at_the_same_time_on_two_controls(
    database: Database, database_url: str
) -> None:
    other = Database(database_url)
    throttles = [Throttle(database, KEY), Throttle(other, KEY)]
    results = await asyncio.gather(
        *(throttles[n % 2].reserve(HERE, now=NOW) for n in range(60)), return_exceptions=True
    )
    await other.close()
    assert sum(isinstance(one, Reservation) for one in results) == 10
    assert sum(isinstance(one, SlowDown) for one in results) == 50
    assert await count_rows(database) == 10


async def test_only_time_forgets_and_the_wait_is_told(database: Database) -> None:
    throttle = Throttle(database, KEY)
    await fill(throttle, HERE)
    later = NOW + timedelta(seconds=20)
    await throttle.sweep(now=later)
    with pytest.raises(SlowDown) as caught:
        await Throttle(database, KEY).reserve(HERE, now=later)
    assert caught.value.retry_after_s == 40
    await throttle.reserve(THERE, now=later)
    await throttle.reserve(HERE, now=NOW + timedelta(seconds=60))
    await throttle.sweep(now=NOW + timedelta(hours=1))
    assert await count_rows(database) == 2


async def test_those_who_succeed_at_the_same_time_do_not_wait_for_each_other(
    database: Database,
) -> None:
    throttle = Throttle(database, KEY)
    for _ in range(10):
        entered = [await throttle.reserve(HERE, now=NOW) for _ in range(8)]
        await asyncio.gather(*(throttle.forgive(one) for one in entered))
    assert await count_rows(database) == 0


async def test_success_gives_its_place_back_and_forgives_what_was_before(
    database: Database,
) -> None:
    throttle = Throttle(database, KEY)
    first, *_ = await fill(throttle, HERE)
    with pytest.raises(SlowDown):
        await throttle.reserve(HERE, now=NOW)
    await throttle.release(first)
    last = await throttle.reserve(HERE, now=NOW)
    await fill(throttle, THERE)
    await throttle.forgive(last)
    assert await count_rows(database) == 10
    await fill(throttle, HERE)


async def test_limit_that_slows_gives_turns_and_keeps_few_waiting(database: Database) -> None:
    throttle = Throttle(database, KEY)
    throttle.turns = Pace(interval_s=3600, ahead_s=7200)
    everybody = Limit(FIVE, "everybody")
    attempts = [
        asyncio.create_task(throttle.reserve(Limit(TEN, str(n)), everybody, now=NOW))
        for n in range(20)
    ]
    waiting = set(attempts)
    while len(waiting) > 2:
        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    failed = [one for one in attempts if one.done() and one.exception() is not None]
    assert len(failed) == 20 - 5 - 2
    assert all(isinstance(one.exception(), SlowDown) for one in failed)
    assert await count_rows(database) == 5 * 2 + 2
    for one in waiting:
        one.cancel()
    await asyncio.wait(waiting)


async def test_slowed_attempt_goes_on_when_its_turn_comes(database: Database) -> None:
    throttle = Throttle(database, KEY)
    throttle.turns = Pace(interval_s=0.2, ahead_s=0.2)
    everybody = Limit(FIVE, "everybody")
    await fill(throttle, everybody)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await throttle.reserve(HERE, everybody, now=NOW)
    assert loop.time() - began >= 0.2


async def test_who_is_refused_takes_no_turn(database: Database) -> None:
    throttle = Throttle(database, KEY)
    throttle.turns = Pace(interval_s=3600, ahead_s=3600)
    everybody = Limit(FIVE, "everybody")
    await fill(throttle, everybody)
    await fill(throttle, HERE)
    for _ in range(3):
        with pytest.raises(SlowDown):
            await throttle.reserve(HERE, everybody, now=NOW)
    attempt = asyncio.create_task(throttle.reserve(THERE, everybody, now=NOW))
    while not attempt.done() and await count_rows(database) < 5 + 10 + 1:
        pass
    assert not attempt.done(), attempt
    attempt.cancel()
    await asyncio.wait([attempt])


def test_pace_allows_a_burst_then_one_per_interval_for_each_key() -> None:
    pace = Pace(interval_s=2, ahead_s=60)
    for _ in range(30):
        pace.take("a", 100.0)
    with pytest.raises(SlowDown) as caught:
        pace.take("a", 100.0)
    assert caught.value.retry_after_s == 2
    pace.take("b", 100.0)
    pace.take("a", 102.0)
    with pytest.raises(SlowDown):
        pace.take("a", 103.0)


def test_pace_keeps_no_more_keys_than_count() -> None:
    pace = Pace(interval_s=2, ahead_s=60)
    for number in range(MOST_KEYS):
        pace.take(str(number), 100.0)
    with pytest.raises(SlowDown):
        pace.take("one more", 100.0)
    pace.take("one more", 103.0)
