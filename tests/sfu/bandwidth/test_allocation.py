"""What is left for the picture, and when the publisher is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.bandwidth.allocation import (
    CEILING_BPS,
    FLOOR_BPS,
    RESUME_BPS,
    Cap,
    allot,
    is_news,
)

SOUND_BPS = 40_000


def test_sound_comes_first_and_the_camera_gets_the_rest() -> None:
    cap = allot(600_000, SOUND_BPS, camera=True, screen=False, told=None)
    assert cap == Cap(560_000, 0)


def test_no_picture_is_told_more_than_anybody_would_see() -> None:
    assert allot(9_000_000, SOUND_BPS, camera=True, screen=True, told=None) == Cap(
        CEILING_BPS, CEILING_BPS
    )


def test_a_line_too_narrow_for_a_picture_pauses_it() -> None:
    cap = allot(SOUND_BPS + FLOOR_BPS - 1, SOUND_BPS, camera=True, screen=True, told=None)
    assert cap == Cap(0, 0)


def test_a_paused_picture_waits_for_more_than_made_it_pause() -> None:
    paused = Cap(0, 0)
    enough = SOUND_BPS + FLOOR_BPS
    assert allot(enough, SOUND_BPS, camera=True, screen=False, told=paused) == paused
    resumed = allot(SOUND_BPS + RESUME_BPS, SOUND_BPS, camera=True, screen=False, told=paused)
    assert resumed == Cap(RESUME_BPS, 0)


def test_a_shared_screen_gets_the_larger_part() -> None:
    cap = allot(SOUND_BPS + 1_000_000, SOUND_BPS, camera=True, screen=True, told=None)
    assert cap == Cap(400_000, 600_000)


def test_where_only_one_picture_has_room_it_is_the_screen() -> None:
    cap = allot(SOUND_BPS + 80_000, SOUND_BPS, camera=True, screen=True, told=None)
    assert cap == Cap(0, 80_000)


@given(
    target=st.integers(0, 20_000_000),
    first=st.integers(0, 500_000),
    camera=st.booleans(),
    screen=st.booleans(),
    told=st.none() | st.builds(Cap, st.integers(0, CEILING_BPS), st.integers(0, CEILING_BPS)),
)
def test_an_allotment_never_exceeds_what_is_left(
    target: int, first: int, camera: bool, screen: bool, told: Cap | None
) -> None:
    cap = allot(target, first, camera=camera, screen=screen, told=told)
    assert 0 <= cap.total_bps <= max(0, target - first)
    for bps in (cap.camera_bps, cap.screen_bps):
        assert bps == 0 or FLOOR_BPS <= bps <= CEILING_BPS
    assert camera or cap.camera_bps == 0
    assert screen or cap.screen_bps == 0


@pytest.mark.parametrize(
    ("told", "new", "news"),
    [
        (None, 500_000, True),
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
    before = None if told is None else Cap(told, 0)
    assert is_news(before, Cap(new, 0)) is news
