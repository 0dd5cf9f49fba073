"""What is left for the pictures, and when the publisher is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.bandwidth.allocation import CEILING_BPS, FLOOR_BPS, RESUME_BPS, allot, is_news


def test_pictures_get_what_is_free() -> None:
    assert allot(560_000, None) == 560_000


def test_no_picture_is_told_more_than_anybody_would_see() -> None:
    assert allot(9_000_000, None) == CEILING_BPS


def test_a_line_too_narrow_for_a_picture_pauses_it() -> None:
    assert allot(FLOOR_BPS, 200_000) == FLOOR_BPS
    assert allot(FLOOR_BPS - 1, 200_000) == 0
    assert allot(-30_000, 200_000) == 0


def test_a_paused_picture_waits_for_more_than_made_it_pause() -> None:
    assert allot(RESUME_BPS - 1, 0) == 0
    assert allot(RESUME_BPS, 0) == RESUME_BPS


@given(free=st.integers(-500_000, 20_000_000), told=st.none() | st.integers(0, CEILING_BPS))
def test_an_allotment_never_exceeds_what_is_free(free: int, told: int | None) -> None:
    cap = allot(free, told)
    assert 0 <= cap <= max(0, free)
    assert cap == 0 or FLOOR_BPS <= cap <= CEILING_BPS


@pytest.mark.parametrize(
    ("told", "new", "news"),
    [
        (None, 500_000, True),
        (None, 0, True),
        (500_000, 500_000, False),
        (500_000, 520_000, False),
        (500_000, 525_000, True),
        (500_000, 480_000, False),
        (500_000, 475_000, True),
        (500_000, 0, True),
        (0, 80_000, True),
        (0, 0, False),
        (2_400_000, CEILING_BPS, True),
        (CEILING_BPS, CEILING_BPS, False),
    ],
)
def test_a_publisher_hears_of_caps_that_moved(told: int | None, new: int, news: bool) -> None:
    assert is_news(told, new) is news
