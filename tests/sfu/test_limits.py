"""What a bucket of tokens grants."""

from __future__ import annotations

import pytest

from sfu.limits import TokenBucket


def taken(bucket: TokenBucket, rate: float, seconds: float, start: float = 0.0) -> int:
    """How many of `rate` askings a second a bucket grants."""
    return sum(bucket.take(start + n / rate) for n in range(round(rate * seconds)))


def test_bucket_grants_its_burst_and_then_its_rate() -> None:
    assert taken(TokenBucket(50, 100, 0.0), rate=1000, seconds=10) == pytest.approx(600, abs=2)


def test_bucket_grants_all_to_who_asks_seldom_and_saves_no_more_than_its_burst() -> None:
    bucket = TokenBucket(50, 100, 0.0)
    assert taken(bucket, rate=40, seconds=60) == 2400
    assert taken(bucket, rate=100_000, seconds=0.01, start=10_000.0) == 100
