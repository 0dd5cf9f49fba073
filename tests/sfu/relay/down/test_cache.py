"""The resend ring: what it keeps, what it forgets, how often it gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.relay.down.cache import MAX_RESEND_GAP_S, ResendCache, resend_gap_s


def test_a_packet_is_given_again_only_after_the_gap() -> None:
    cache = ResendCache(8, 1000)
    cache.put(100, b"a")
    assert cache.take(100, 1.0, 0.01) == b"a"
    assert cache.take(100, 1.005, 0.01) is None
    assert cache.take(100, 1.011, 0.01) == b"a"


def test_the_oldest_goes_when_the_packets_are_too_many() -> None:
    cache = ResendCache(8, 1000)
    for number in range(100, 110):
        cache.put(number, b"%d" % number)
    kept = [number for number in range(90, 120) if cache.take(number, 1.0, 0.01)]
    assert kept == list(range(102, 110))


def test_the_oldest_goes_when_the_bytes_are_too_many() -> None:
    cache = ResendCache(64, 1000)
    for number in range(100, 120):
        cache.put(number, bytes(100))
    assert cache.size_bytes <= 1000
    assert [n for n in range(90, 130) if cache.take(n, 1.0, 0.01)] == list(range(110, 120))


def test_a_jump_forgets_everything_before_it() -> None:
    cache = ResendCache(8, 1000)
    for number in (100, 101, 5000):
        cache.put(number, b"x")
    assert [n for n in (100, 101, 5000) if cache.take(n, 1.0, 0.01)] == [5000]
    assert cache.size_bytes == 1


def test_a_number_that_shares_a_slot_with_a_kept_one_is_not_answered() -> None:
    cache = ResendCache(8, 1000)
    cache.put(100, b"x")
    assert cache.take(108, 1.0, 0.01) is None
    assert cache.take(92, 1.0, 0.01) is None


@given(st.lists(st.tuples(st.integers(-30, 40), st.integers(0, 120)), max_size=200))
def test_bounds_hold_and_what_is_given_is_what_was_put(steps: list[tuple[int, int]]) -> None:
    cache = ResendCache(32, 1500)
    put: dict[int, bytes] = {}
    number = 10_000
    for step, size in steps:
        number = max(1, number + step)
        put[number] = b"%d" % number + bytes(size)
        cache.put(number, put[number])
        assert cache.size_bytes <= 1500
    given_again = [n for n in put if cache.take(n, 1.0, 0.01) is not None]
    assert len(given_again) <= 32
    for n in given_again:
        assert cache.take(n, 2.0, 0.01) == put[n]
    assert cache.size_bytes == sum(len(put[n]) for n in given_again)


def test_the_gap_is_half_a_round_trip_within_bounds() -> None:
    assert resend_gap_s(None) == 0.01
    assert resend_gap_s(0.001) == 0.01
    assert resend_gap_s(0.1) == pytest.approx(0.05)
    assert resend_gap_s(3.0) == MAX_RESEND_GAP_S
