"""Lines change: they narrow and widen, others come to use them, ways become longer, all stops."""

from __future__ import annotations

import pytest

from benchmarks.netlab.conditions import Conditions, Step
from tests.sfu.bandwidth.downlink.lines import rates, run, steady_line
from tests.support.downlink import Downlink, Kind, World, line, queue_ms

HIGH_BPS, LOW_BPS = 2_000_000, 400_000
FALL_AT, RISE_AT = 20.0, 40.0


@pytest.fixture(scope="module", params=(0.06, 0.15, 0.3), ids=lambda queue: f"queue{queue}")
def fallen(request: pytest.FixtureRequest) -> list[Downlink]:
    """Twelve calls whose line falls to a fifth and rises again."""
    steps = ((0.0, HIGH_BPS), (FALL_AT, LOW_BPS), (RISE_AT, HIGH_BPS))
    return [
        run(
            World(rates(*steps, queue_s=request.param, rtt_s=rtt_s), back_s=rtt_s / 2, seed=seed),
            RISE_AT + 12,
        )
        for rtt_s in (0.03, 0.1)
        for seed in (1, 2, 3, 4, 5, 6)
    ]


def test_two_seconds_after_a_fall_no_sound_is_lost(fallen: list[Downlink]) -> None:
    for call in fallen:
        assert call.lost(Kind.SOUND, FALL_AT + 2, RISE_AT) == []


def test_a_fallen_line_is_used_and_not_filled(fallen: list[Downlink]) -> None:
    for call in fallen:
        assert call.delivered_bps(FALL_AT + 4, RISE_AT) >= 0.85 * LOW_BPS
        assert call.queue_ms(FALL_AT + 4, RISE_AT) <= 60


def test_ten_seconds_after_a_line_has_risen_it_is_full_again(fallen: list[Downlink]) -> None:
    for call in fallen:
        back = call.first_at(0.9 * HIGH_BPS, since=RISE_AT)
        assert back is not None
        assert back <= 10


def test_half_of_a_line_taken_by_someone_else_is_left_and_taken_back() -> None:
    """Our share of the queue tells less of it: 60 ms are not kept here, 80 are."""
    flow = ((20.0, HIGH_BPS / 2), (50.0, 0.0))
    line = steady_line(HIGH_BPS)
    calls = [run(World(line, back_s=0.025, cross_bps=flow, seed=seed), 62) for seed in (1, 2, 3)]
    for call in calls:
        assert call.lost(Kind.SOUND, 22, 50) == []
        assert call.delivered_bps(26, 50) >= 0.85 * HIGH_BPS / 2
        back = call.first_at(0.9 * HIGH_BPS, since=50)
        assert back is not None
        assert back <= 10
    assert queue_ms(calls, 26, 50) <= 80


def test_a_way_that_becomes_longer_is_not_taken_for_a_queue() -> None:
    short, long = line(HIGH_BPS, 0.15, 0.05), line(HIGH_BPS, 0.15, 0.25)
    for seed in (1, 2, 3):
        world = World((Step(0, short), Step(20, long)), back_s=0.025, seed=seed)
        call = run(world, 45)
        assert min(bps for at, bps in call.targets if at > 20) >= 0.5 * HIGH_BPS
        assert call.delivered_bps(30, 45) >= 0.85 * HIGH_BPS


def test_after_an_outage_the_call_finds_its_line_again() -> None:
    usual = line(HIGH_BPS, 0.15, 0.05)
    gone = Conditions(delay_s=0.025, rate_bps=HIGH_BPS, queue_s=0.15, outage=True)
    call = run(World((Step(0, usual), Step(20, gone), Step(22, usual)), back_s=0.025), 34)
    assert min(bps for at, bps in call.targets if 20 < at < 22) <= 0.6 * HIGH_BPS
    back = call.first_at(0.9 * HIGH_BPS, since=22)
    assert back is not None
    assert back <= 10


def test_a_publisher_that_was_silent_goes_on_as_before() -> None:
    world = World(steady_line(1_000_000), back_s=0.025, silences=((20.0, 26.0),))
    call = run(world, 40)
    assert min(bps for at, bps in call.targets if 24 < at < 26) <= 200_000
    assert min(bps for at, bps in call.targets if at > 26.5) >= 600_000
    assert call.queue_ms(26.5, 40) <= 75


def test_a_line_for_sound_alone_pauses_the_picture_until_there_is_room() -> None:
    steps = ((0.0, HIGH_BPS), (20.0, 60_000.0), (50.0, HIGH_BPS))
    call = run(World(rates(*steps), back_s=0.025), 80)
    assert {cap for at, cap in call.caps if 22 < at < 50} <= {0}
    assert call.lost(Kind.SOUND, 23, 50) == []
    resumed = [at for at, cap in call.caps if at > 50 and cap > 0]
    assert resumed
    assert resumed[0] <= 68  # clusters for it are 17 s apart: 2 % of the bytes of sound alone
    assert call.first_at(0.8 * HIGH_BPS, since=50) is not None
