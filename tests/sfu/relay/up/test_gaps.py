"""The longest gap in the sound, second by second: what is one, and what is none."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sfu.base.media import Slot
from sfu.relay.up.gaps import FRAME_S, longest_late
from sfu.relay.up.track import LOG_SIZE, UpTrack
from tests.sfu.relay.far_end import make_lines

FIRST = 65_500
"""So that numbers wrap in the second second."""


def make_track() -> UpTrack:
    return UpTrack(next(line for line in make_lines(1000) if line.slot is Slot.AUDIO), epoch=1)


def feed(track: UpTrack, offsets: Iterable[int], *, late_s: float = 0.0, pause: int = 0) -> None:
    """Let packets come: `late_s` after their time, of sound that paused for so many frames."""
    for offset in offsets:
        at = (offset + pause) * FRAME_S + late_s
        seq, rtp_ts = (FIRST + offset) & 0xFFFF, (offset + pause) * 960
        track.accept(seq, rtp_ts, 100, 48_000, at)


def take(track: UpTrack) -> float:
    gap_s = track.take_gap_s()
    del track.delays_s[:]
    return gap_s


def without(offsets: range, *lost: int) -> list[int]:
    return [offset for offset in offsets if offset not in lost]


def test_five_packets_in_a_row_are_a_gap_of_a_tenth_of_a_second_told_once() -> None:
    track = make_track()
    feed(track, without(range(50), 10, 20, 21, 22, 23, 24, 30, 31))
    assert take(track) == pytest.approx(0.1)
    feed(track, range(50, 100))
    assert take(track) == 0.0


def test_sound_that_came_whole_has_none_across_the_wrap_either() -> None:
    track = make_track()
    for second in range(3):
        feed(track, range(50 * second, 50 * second + 50))
        assert take(track) == 0.0
    lost = range(35, 39)  # 65,535 and the three after it
    track = make_track()
    feed(track, without(range(100), *lost))
    assert take(track) == pytest.approx(0.08)


def test_a_pause_is_none() -> None:
    track = make_track()
    feed(track, range(25))
    feed(track, range(25, 50), pause=20)
    assert take(track) == 0.0
    assert take(track) == 0.0


def test_a_pause_in_which_the_stream_s_clock_stood_still_is_none() -> None:
    assert longest_late([0.01] * 25 + [0.41] * 25) == 0


def test_packets_that_come_in_another_order_are_none() -> None:
    track = make_track()
    feed(track, [*range(20), 22, 21, 20, 25, 23, 24, *range(26, 49), 50])
    assert take(track) == 0.0
    feed(track, [49, *range(51, 100)])
    assert take(track) == 0.0


def test_a_gap_between_two_looks_is_told_whole_and_once() -> None:
    track = make_track()
    feed(track, range(45))
    assert take(track) == 0.0
    feed(track, range(52, 58))
    assert take(track) == 0.0
    feed(track, range(58, 110))
    assert take(track) == pytest.approx(0.14)
    assert take(track) == 0.0


def test_an_outage_longer_than_the_log_is_as_long_as_the_log() -> None:
    track = make_track()
    feed(track, range(50))
    take(track)
    feed(track, range(3000, 3050))
    assert take(track) == pytest.approx((LOG_SIZE - 50) * FRAME_S)


def test_what_the_line_held_back_is_missed_as_far_as_it_is_too_late() -> None:
    track = make_track()
    feed(track, range(20))
    for offset in range(20, 40):  # all at once, half a second after the first of them
        feed(track, [offset], late_s=0.5 - (offset - 20) * FRAME_S)
    feed(track, range(40, 50))
    assert take(track) == pytest.approx(0.3, abs=0.021)


def test_a_jitter_buffer_s_worth_of_delay_is_none() -> None:
    track = make_track()
    for offset in range(50):
        feed(track, [offset], late_s=0.15 * (offset % 2))
    assert take(track) == 0.0


def test_another_stream_s_clock_and_numbers_are_none() -> None:
    track = make_track()
    feed(track, range(100_000, 100_040))
    track.adopt(77, epoch=2)
    feed(track, range(10))
    assert longest_late([500.0] * 5 + [0.0] * 5) == 0
    feed(track, range(10, 60))
    assert take(track) == 0.0


def test_silence_from_the_start_is_none() -> None:
    assert take(make_track()) == 0.0
