"""The receive log: what is expected, lost, late, twice, and how unsteadily it came."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.base.media import Slot
from sfu.relay.up.track import DUPLICATE, LOG_SIZE, TOO_OLD, Recent, UpTrack
from tests.sfu.relay.far_end import make_lines


def make_track(slot: Slot = Slot.AUDIO) -> UpTrack:
    return UpTrack(next(line for line in make_lines(1000) if line.slot is slot), epoch=1)


def feed(track: UpTrack, seqs: list[int], *, start_ts: int = 0) -> list[int]:
    return [
        track.accept(seq & 0xFFFF, (start_ts + seq * 960) & 0xFFFFFFFF, 100, 48_000, seq * 0.02)
        for seq in seqs
    ]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=200), st.integers(0, 0xFFFF))
def test_every_packet_counts_once(offsets: list[int], first: int) -> None:
    track = make_track()
    seen: set[int] = set()
    for offset in offsets:
        number = track.accept((first + offset) & 0xFFFF, offset * 960, 100, 48_000, 1.0)
        assert (number == DUPLICATE) is (offset in seen)
        seen.add(offset)
    assert track.received == len(seen)
    assert track.expected == max(offsets) - offsets[0] + 1
    assert track.lost == max(0, track.expected - len(seen))


def test_a_packet_behind_the_log_is_too_old() -> None:
    track = make_track()
    assert feed(track, [0, LOG_SIZE, 1, 0])[2:] == [(1 << 16) + 1, TOO_OLD]


def test_unwrapped_numbers_go_on_across_the_wrap() -> None:
    numbers = feed(make_track(), list(range(65_530, 65_545)))
    assert [q - p for p, q in itertools.pairwise(numbers)] == [1] * 14


def test_a_steady_stream_has_no_variation() -> None:
    track = make_track()
    feed(track, list(range(100)))
    assert track.variation_count == 99
    assert track.variation_sum_s == pytest.approx(0.0, abs=1e-9)
    assert track.jitter == pytest.approx(0.0, abs=1e-4)


def test_the_mean_variation_of_gaussian_delay_is_1_128_sigma() -> None:
    """PROBES.md: Gaussian delay of σ gives a mean |D| of 1.128 σ."""
    track = make_track()
    source = random.Random(3)
    for seq in range(5000):
        at = 1.0 + seq * 0.02 + source.gauss(0.0, 0.002)
        track.accept(seq, seq * 960, 100, 48_000, at)
    mean_s = track.variation_sum_s / track.variation_count
    assert mean_s == pytest.approx(1.128 * 0.002, rel=0.03)


def test_a_timestamp_that_wraps_is_no_jitter() -> None:
    track = make_track()
    feed(track, list(range(20)), start_ts=2**32 - 5 * 960)
    assert track.variation_count == 19
    assert track.variation_sum_s == pytest.approx(0.0, abs=1e-6)


def test_the_packets_of_one_frame_count_as_one_and_their_pacing_is_no_jitter() -> None:
    track = make_track(Slot.CAMERA)
    for seq in range(90):
        frame, part = divmod(seq, 3)
        track.accept(seq, frame * 3000, 1000, 90_000, 1.0 + frame / 30 + part * 0.005)
    assert track.frames.count(2.0) == pytest.approx(30, abs=1)
    assert track.variation_sum_s == pytest.approx(0.0, abs=1e-6)


def test_a_retransmission_mends_loss_but_not_the_publishers_report() -> None:
    track = make_track(Slot.CAMERA)
    for seq in (0, 1, 3):
        track.accept(seq, seq * 3000, 100, 90_000, 1.0)
    track.accept(2, 6000, 100, 90_000, 1.1, resent=True)
    assert (track.lost, track.recovered) == (0, 1)
    block = track.report_block(2.0, 0.0)
    assert block is not None
    assert (block.packets_lost, block.fraction_lost) == (1, 64)


def test_loss_of_both_ways_combines_as_chances_do() -> None:
    track = make_track()
    feed(track, [0, 2])
    block = track.report_block(2.0, 0.25)
    assert block is not None
    own, far = Fraction(1, 3), Fraction(1, 4)
    assert block.fraction_lost == int((1 - (1 - own) * (1 - far)) * 256)


def test_another_stream_starts_over_with_another_epoch() -> None:
    track = make_track()
    feed(track, [0, 1, 2, 9])
    track.adopt(77, 2)
    assert (track.ssrc, track.epoch, track.expected, track.lost) == (77, 2, 0, 0)
    feed(track, [40_000])
    assert (track.expected, track.received) == (1, 1)


def test_what_is_recent_fades_after_a_second() -> None:
    recent = Recent()
    for n in range(20):
        recent.add(10.0 + n * 0.05, 50 - n)
    assert recent.count(11.01) == 20
    assert recent.lowest(11.01) == 31
    assert recent.count(11.51) == 10
    assert recent.count(13.0) == 0
    assert recent.lowest(13.0) is None
