"""Numbers that wrap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfu.rtp.sequence import seq_delta, seq_newer, ts_delta, unwrap_seq, unwrap_ts

seqs = st.integers(0, 0xFFFF)
stamps = st.integers(0, 0xFFFFFFFF)


def test_newer_across_the_wrap() -> None:
    assert seq_newer(0, 65_535)
    assert not seq_newer(65_535, 0)
    assert not seq_newer(5, 5)
    assert not seq_newer(0x8000, 0)


@given(seqs, st.integers(-32_767, 32_767))
def test_a_distance_survives_the_wrap(a: int, distance: int) -> None:
    assert seq_delta((a + distance) & 0xFFFF, a) == distance


@given(stamps, st.integers(-(2**31) + 1, 2**31 - 1))
def test_a_distance_of_timestamps_survives_the_wrap(a: int, distance: int) -> None:
    assert ts_delta((a + distance) & 0xFFFFFFFF, a) == distance


@given(st.integers(0, 10**9), st.integers(-32_767, 32_767))
def test_unwrapping_finds_the_number_near_the_last(last: int, distance: int) -> None:
    assert unwrap_seq((last + distance) & 0xFFFF, last) == last + distance


@given(st.integers(0, 10**15), st.integers(-(2**31) + 1, 2**31 - 1))
def test_unwrapping_timestamps_finds_the_one_near_the_last(last: int, distance: int) -> None:
    assert unwrap_ts((last + distance) & 0xFFFFFFFF, last) == last + distance
