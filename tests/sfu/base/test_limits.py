"""What a bucket of tokens grants, and how often one may join."""

from __future__ import annotations

import pytest

from sfu.base.limits import JOINS_PER_MINUTE, ParticipantLimits, TokenBucket


def taken(bucket: TokenBucket, rate: float, seconds: float, start: float = 0.0) -> int:
    """How many of `rate` askings a second a bucket grants."""
    return sum(bucket.take(start + n / rate) for n in range(round(rate * seconds)))


def test_bucket_grants_its_burst_and_then_its_rate() -> None:
    assert taken(TokenBucket(50, 100, 0.0), rate=1000, seconds=10) == pytest.approx(600, abs=2)


def test_bucket_grants_all_to_who_asks_seldom_and_saves_no_more_than_its_burst() -> None:
    bucket = TokenBucket(50, 100, 0.0)
    assert taken(bucket, rate=40, seconds=60) == 2400
    assert taken(bucket, rate=100_000, seconds=0.01, start=10_000.0) == 100


def test_participant_may_join_its_burst_and_then_one_in_two_seconds() -> None:
    joins = ParticipantLimits(JOINS_PER_MINUTE, 60.0)
    granted = sum(joins.take("room", "p", at / 10) for at in range(1200))
    assert granted == pytest.approx(JOINS_PER_MINUTE * 3, abs=1)  # a burst and two minutes


def test_participants_and_rooms_have_joins_of_their_own() -> None:
    joins = ParticipantLimits(JOINS_PER_MINUTE, 60.0)
    while joins.take("room", "p", 0.0):
        pass
    assert joins.take("room", "q", 0.0)
    assert joins.take("other", "p", 0.0)


def test_who_has_not_joined_for_a_minute_is_forgotten() -> None:
    joins = ParticipantLimits(JOINS_PER_MINUTE, 60.0)
    for index in range(100):
        joins.take("room", f"p{index}", 0.0)
    joins.take("room", "p0", 30.0)
    joins.take("room", "p0", 60.0)
    assert len(joins) == 1
