"""Whole checks over lines of netlab: level, cause, figures, time and bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from sfu.bandwidth.downlink.probing import Probe
from sfu.messages import Cause, CheckState, DeviceVerdict, DirectionQuality, Level, Transit
from sfu.probe.baseline import DownSums, UpSums
from sfu.probe.check import FIRST_CLUSTER, LEAST_TRIPS, AskPicture, Check, is_ambiguous
from sfu.probe.figures import wilson
from sfu.probe.report import Reach
from sfu.probe.verdict import NodeHealth
from sfu.relay.seam import Intake
from tests.sfu.probe.lab import BEGAN, Lab, run_check

BASE = Conditions(delay_s=0.015)


def limited(bps: float, queue_s: float = 0.3) -> Conditions:
    return replace(BASE, rate_bps=bps, queue_s=queue_s)


def lossy(ratio: float) -> Conditions:
    return replace(BASE, loss_ratio=ratio)


FAR = Conditions(delay_s=0.2)
SHAKY = Conditions(delay_s=0.05, jitter_s=0.02)
LTE = Conditions(delay_s=0.03, jitter_s=0.0075)
BURSTS = replace(BASE, bursts=GilbertElliott.of(0.05, 5))
JITTERS = (Cause.JITTER_UP, Cause.JITTER_DOWN)
CAPACITIES = (Cause.CAPACITY_UP, Cause.CAPACITY_DOWN)

LINES: dict[str, tuple[Conditions, Conditions, Level, tuple[Cause, ...]]] = {
    "nothing in the way": (Conditions(), Conditions(), Level.GOOD, (Cause.NONE,)),
    "LTE": (LTE, LTE, Level.GOOD, (Cause.NONE,)),
    "far": (FAR, FAR, Level.POOR, (Cause.DELAY,)),
    "shaky": (SHAKY, SHAKY, Level.FAIR, JITTERS),
    "300 kbit/s": (limited(3e5, 0.08), limited(3e5, 0.08), Level.POOR, CAPACITIES),
    "600 kbit/s": (limited(6e5), limited(6e5), Level.FAIR, CAPACITIES),
    "2 Mbit/s, long queue": (limited(2e6), limited(2e6), Level.GOOD, (Cause.BUFFERBLOAT,)),
    "narrow up": (limited(2.5e5), BASE, Level.POOR, (Cause.CAPACITY_UP,)),
    "narrow down": (BASE, limited(4e5), Level.POOR, (Cause.CAPACITY_DOWN,)),
    "too narrow up": (limited(8e4), BASE, Level.NO_CALL, (Cause.CAPACITY_UP,)),
    "loses down": (BASE, lossy(0.08), Level.POOR, (Cause.LOSS_DOWN,)),
    "loses up": (lossy(0.05), BASE, Level.POOR, (Cause.LOSS_UP,)),
    "loses more down": (lossy(0.05), lossy(0.08), Level.POOR, (Cause.LOSS_DOWN,)),
    "loses far too much": (lossy(0.15), BASE, Level.NO_CALL, (Cause.LOSS_UP,)),
    "bursts": (BASE, BURSTS, Level.POOR, (Cause.LOSS_DOWN,)),
}


@pytest.mark.parametrize("name", LINES)
def test_a_check_finds_level_and_cause_in_time_and_bytes(name: str) -> None:
    up, down, level, causes = LINES[name]
    for seed in (11, 222):
        outcome = run_check(up, down, seed)
        report, quality = outcome.report, outcome.report.quality
        assert (quality.level, quality.cause in causes) == (level, True), quality
        assert report.state is CheckState.DONE
        assert outcome.took_s <= 10.0
        assert report.took_ms == pytest.approx(1000 * outcome.took_s, abs=11)
        assert outcome.first_verdict_s <= 3.0
        assert outcome.size_bytes <= 1_500_000
        assert report.size_bytes == pytest.approx(outcome.size_bytes, rel=0.08)
        assert quality.rtt_ms == pytest.approx(1000 * (up.delay_s + down.delay_s), abs=1)


@pytest.mark.parametrize("deaf_from_s", [0.3, 1.5])
def test_a_line_that_dies_downwards_alone_in_a_check_is_no_call(deaf_from_s: float) -> None:
    lab = Lab(BASE, BASE)
    lab.deaf_from_s = deaf_from_s
    quality = lab.run().report.quality
    assert (quality.level, quality.cause) == (Level.NO_CALL, Cause.LOSS_DOWN)
    assert quality.up.loss_ratio == 0


def test_a_line_of_which_nothing_is_known_downwards_is_not_called_good() -> None:
    lab = Lab(BASE, BASE)
    lab.deaf_from_s = 0.0
    quality = lab.run().report.quality
    assert (quality.level, quality.down.packets) == (Level.UNKNOWN, 0)


def test_feedback_that_an_uplink_loses_is_no_loss_downwards() -> None:
    for seed in range(1, 6):
        quality = run_check(lossy(0.4), BASE, seed).report.quality
        assert (quality.down.loss_ratio, quality.cause) == (0.0, Cause.LOSS_UP)


@pytest.mark.parametrize("bps", [500_000, 900_000, 1_500_000])
def test_capacities_are_told_up_and_down(bps: int) -> None:
    quality = run_check(limited(0.8 * bps), limited(bps)).report.quality
    assert quality.up.capacity_bps == pytest.approx(0.8 * bps, rel=0.1)
    assert quality.down.capacity_bps == pytest.approx(bps, rel=0.1)
    assert not quality.up.capacity_is_bound
    assert not quality.down.capacity_is_bound


def test_a_wide_line_gets_bounds_that_are_good() -> None:
    quality = run_check(BASE, BASE).report.quality
    assert quality.up.capacity_is_bound
    assert quality.down.capacity_is_bound
    assert (quality.up.capacity_bps or 0) > 1_200_000
    assert (quality.down.capacity_bps or 0) > 4_500_000


def test_delay_under_load_is_told() -> None:
    quality = run_check(BASE, limited(600_000)).report.quality
    assert quality.loaded_rtt_ms == pytest.approx(330, abs=30)
    assert quality.rtt_ms == 30


# saving data


def test_a_light_check_spends_a_quarter_of_a_megabyte_and_asks_for_no_picture() -> None:
    for down in (BASE, limited(600_000), lossy(0.02)):
        outcome = run_check(BASE, down, light=True)
        assert outcome.size_bytes <= 250_000
        assert outcome.report.size_bytes <= 250_000
        assert outcome.took_s < 8.5
        assert not any(isinstance(action, AskPicture) for action in outcome.asked)
        assert outcome.report.quality.level is not Level.UNKNOWN


def test_a_light_check_of_a_wide_line_is_good_by_a_bound() -> None:
    quality = run_check(BASE, BASE, light=True).report.quality
    assert quality.level is Level.GOOD
    assert quality.down.capacity_is_bound
    assert (quality.down.capacity_bps or 0) >= 1_200_000


def test_what_is_asked_for_keeps_within_a_megabyte_and_a_half() -> None:
    """Also of a page that sends at once all that it may."""
    for down in (BASE, lossy(0.02), limited(4.5e6)):
        outcome = run_check(lossy(0.02), down)
        (picture,) = [action for action in outcome.asked if isinstance(action, AskPicture)]
        assert outcome.padding_bytes + picture.video_bps * picture.duration_s / 8 <= 1_450_000
        assert picture.video_bps >= 1_400_000


# counting on


def goes_on(asked: list[object]) -> bool:
    return any(isinstance(a, Probe) and a.cluster == FIRST_CLUSTER + 1 for a in asked)


def test_counting_goes_on_where_a_threshold_lies_inside_an_interval() -> None:
    clear, close = run_check(BASE, BASE), run_check(BASE, lossy(0.02))
    assert not goes_on(clear.asked)
    assert goes_on(close.asked)
    assert close.report.quality.down.packets > clear.report.quality.down.packets + 100
    assert close.report.quality.down.loss_ratio == pytest.approx(0.02, abs=0.008)


def test_loss_of_a_full_line_is_not_counted_as_its_own() -> None:
    quality = run_check(
        lossy(0.02), replace(limited(600_000, 0.08), loss_ratio=0.02)
    ).report.quality
    assert quality.down.loss_high is not None
    assert quality.down.loss_ratio == pytest.approx(0.02, abs=0.015)


def test_bursts_that_spare_the_first_seconds_are_seen_by_the_ramps() -> None:
    """At 5 % in bursts of 5, four seconds of sound lose nothing in one check of eight."""
    for seed in range(8):
        quality = run_check(BURSTS, BURSTS, seed).report.quality
        assert (quality.up.loss_ratio or 0) > 0.01
        assert (quality.down.loss_ratio or 0) > 0.02


def test_which_intervals_hold_a_threshold() -> None:
    def of(lost: int, packets: int) -> DirectionQuality:
        share = wilson(lost, packets)
        return DirectionQuality(
            packets=packets, loss_ratio=share.point, loss_low=share.low, loss_high=share.high
        )

    assert is_ambiguous(of(1, 200))
    assert is_ambiguous(of(5, 200))
    assert not is_ambiguous(of(0, 200))
    assert not is_ambiguous(of(60, 200))
    assert not is_ambiguous(DirectionQuality())


# nobody is blamed for what is not theirs


def test_a_node_at_fault_says_so_whatever_was_measured() -> None:
    lab = Lab(lossy(0.2), BASE)
    while lab.now < 2:
        lab.step()
    lab.check.receive_health(NodeHealth(loop_lag_p95_s=0.05))
    lab.check.receive_health(NodeHealth())
    outcome = lab.run()
    assert outcome.report.quality.level is Level.UNKNOWN
    assert outcome.report.quality.cause is Cause.SERVER


def test_drops_of_a_check_count_until_its_end_and_once() -> None:
    """A check asks several times a second how the last seconds were."""
    check = Check(0.0)
    for drops in (1, 1, 3, 3, 0):
        check.receive_health(NodeHealth(socket_drops=drops))
    assert check.measured(1.0).node.socket_drops == 3


def test_a_page_that_shows_no_picture_is_judged_without_the_way_up() -> None:
    lab = Lab(limited(2e5), BASE)
    lab.shows_pictures = False
    quality = lab.run().report.quality
    assert quality.up.capacity_bps is None
    assert quality.level is Level.GOOD


def test_a_browser_that_tells_nothing_is_judged_by_its_reports_and_the_way_up() -> None:
    check = Check(0.0)
    now, asked = 0.0, []
    while not check.is_done:
        while (action := check.next_action(now)) is not None:
            asked.append(action)
        count = int(50 * now)
        check.receive_up(UpSums(count, 0, 0.0, 0), (), now)
        check.receive_reports(DownSums(count, count // 20), now)
        check.receive_intake(Intake(100 * count, count, count, None), now)
        now = round(now + 0.1, 3)
    assert [type(action) for action in asked] == [Probe, AskPicture, Probe]
    quality = check.report(now, BEGAN).quality
    assert (quality.level, quality.cause) == (Level.POOR, Cause.LOSS_DOWN)
    assert quality.down.capacity_bps is None
    assert now < 10


def test_pictures_of_the_whole_check_tell_of_a_line_too_narrow_for_many() -> None:
    check = Check(0.0)
    now, told = 0.0, 0
    while not check.is_done:
        while check.next_action(now) is not None:
            pass
        count = int(30 * now)
        check.receive_up(UpSums(count, 0, 0.0, 0), (), now)
        trains = ((now, 0.048, 1_500),) if int(now) > told else ()
        told = int(now)
        check.receive_intake(Intake(972 * count, count, count, 5 + now % 0.03, trains), now)
        now = round(now + 0.05, 3)
    up = check.report(now, BEGAN).quality.up
    assert up.capacity_bps == 250_000
    assert not up.capacity_is_bound


def test_a_browser_of_which_nothing_comes_is_unknown() -> None:
    check = Check(5.0)
    now = 5.0
    while not check.is_done:
        while check.next_action(now) is not None:
            pass
        now = round(now + 0.05, 3)
    report = check.report(now, BEGAN)
    assert now - 5.0 <= 10
    assert (report.quality.level, report.quality.cause) == (Level.UNKNOWN, Cause.NONE)
    assert report.microphone is report.camera is DeviceVerdict.MISSING


# its course


def test_a_check_that_is_stopped_asks_for_nothing_more_and_keeps_what_it_knows() -> None:
    lab = Lab(BASE, lossy(0.2))
    while lab.now < 2.5:
        lab.step()
    lab.check.stop(lab.now)
    lab.check.stop(lab.now + 1)
    assert lab.check.is_done
    assert lab.check.next_action(lab.now) is None
    assert lab.check.next_timeout() is None
    report = lab.report()
    assert report.state is CheckState.STOPPED
    assert report.took_ms == 2500
    assert report.quality.cause is Cause.LOSS_DOWN


def test_a_check_stopped_while_it_fills_the_line_keeps_its_baseline() -> None:
    lab = Lab(BASE, limited(600_000))
    while lab.now < 5:
        lab.step()
    lab.check.stop(lab.now)
    quality = lab.report().quality
    assert quality.level is Level.GOOD
    assert quality.down.packets > 190


def test_its_deadlines_alone_bring_it_to_its_end() -> None:
    check = Check(0.0)
    calls, now = 0, 0.0
    while (timeout := check.next_timeout()) is not None:
        now = max(now, timeout)
        while check.next_action(now) is not None:
            pass
        calls += 1
        assert calls < 100
    assert check.is_done
    assert now <= 10


def test_a_running_check_says_so_and_when_it_began() -> None:
    lab = Lab(BASE, BASE)
    while lab.now < 3:
        lab.step()
    report = lab.report()
    assert report.state is CheckState.RUNNING
    assert report.started_at == BEGAN
    assert report.took_ms == 3000
    assert report.quality.level is Level.GOOD


def test_it_says_while_it_fills_the_line() -> None:
    lab = Lab(BASE, BASE)
    filling = []
    while not lab.check.is_done:
        lab.step()
        if lab.check.is_filling:
            filling.append(lab.now)
    assert filling[0] == pytest.approx(4.0, abs=0.03)
    assert filling[-1] == pytest.approx(lab.now, abs=0.03)
    assert not lab.check.is_filling


def test_how_the_browser_came_goes_along() -> None:
    check = Check(0.0, reach=Reach(120, 60, Transit.TCP))
    report = check.report(1.0, BEGAN)
    assert (report.connect_ms, report.handshake_ms, report.transit) == (120, 60, Transit.TCP)


def test_devices_go_along() -> None:
    check = Check(0.0)
    check.receive_sound(1.0, -30.0)
    check.receive_frames([(0.5, 9_000), (1.0, 600)])
    report = check.report(1.1, BEGAN)
    assert report.microphone is report.camera is DeviceVerdict.WORKS


def test_round_trips_under_load_are_not_the_line_s_own() -> None:
    lab = Lab(BASE, BASE)
    while lab.now < 4.5:
        lab.step()
    lab.check.receive_rtts([0.9] * 50, lab.now)
    assert lab.report().quality.rtt_ms == 30


def test_answers_of_the_ice_agent_tell_the_round_trip_once_there_are_some() -> None:
    lab = Lab(BASE, BASE)
    while lab.now < 2:
        lab.step()
    lab.check.receive_round_trips([0.02] * (LEAST_TRIPS - 1))
    assert lab.report().quality.rtt_ms == 30
    lab.check.receive_round_trips([0.02])
    assert lab.report().quality.rtt_ms == 20
    while lab.now < 4.5:
        lab.step()
    lab.check.receive_round_trips([0.9] * 50)
    assert lab.report().quality.rtt_ms == 20
