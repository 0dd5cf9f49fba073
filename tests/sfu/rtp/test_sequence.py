"""Numbers that wrap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfu.rtp.sequence import seq_delta, ts_delta, unwrap_seq

seqs = st.integers(0, 0xFFFF)
stamps = st.integers(0, 0xFFFFFFFF)


@given(seqs, st.integers(-32_767, 32_767))
def test_a_distance_survives_the_wrap(a: int, distance: int) -> None:
    assert seq_delta((a + distance) & 0xFFFF, a) == distance


@given(stamps, st.integers(-(2**31) + 1, 2**31 - 1))
def test_a_distance_of_timestamps_survives_the_wrap(a: int, distance: int) -> None:
    assert ts_delta((a + distance) & 0xFFFFFFFF, a) == distance


@given(st.integers(0, 10**9), st.integers(-32_767, 32_767))
def test_unwrapping_finds_the_number_near_the_last(last: int, distance: int) -> None:
    assert unwrap_seq((last + distance) & 0xFFFF, last) == last + distance
