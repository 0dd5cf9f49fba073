"""The lines worth keeping are what their names say."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from benchmarks.netlab.conditions import Conditions
from benchmarks.netlab.profiles import PROFILES, Profile, capacity_step, outage


def only(profile: Profile) -> tuple[Conditions, Conditions]:
    """Return the conditions up and down of a line that never changes."""
    (up,), (down,) = profile.up, profile.down
    return up.conditions, down.conditions


def test_every_profile_is_found_under_its_own_name() -> None:
    assert all(name == profile.name for name, profile in PROFILES.items())


def test_every_profile_crosses_to_the_emulator() -> None:
    assert pickle.loads(pickle.dumps(PROFILES)) == PROFILES


@pytest.mark.parametrize(
    ("name", "rtt_s"), [("lan", 0), ("dsl", 0.03), ("lte", 0.06), ("satellite", 0.6)]
)
def test_lines_named_by_delay_have_that_round_trip(name: str, rtt_s: float) -> None:
    up, down = only(PROFILES[name])
    assert up.delay_s + down.delay_s == pytest.approx(rtt_s)
    assert up.rate_bps is down.rate_bps is None
    assert up.loss_ratio == down.loss_ratio == 0


def test_lte_varies_by_fifteen_milliseconds_of_its_round_trip() -> None:
    up, down = only(PROFILES["lte"])
    assert up.jitter_s + down.jitter_s == pytest.approx(0.015)


def test_bad_wifi_loses_three_percent_in_bursts_of_five() -> None:
    for conditions in only(PROFILES["wifi-bad"]):
        assert conditions.bursts is not None
        assert conditions.bursts.loss_ratio == pytest.approx(0.03)
        assert 1 / conditions.bursts.bad_to_good == pytest.approx(5)


@pytest.mark.parametrize("rate_kbps", [300, 600, 1200])
@pytest.mark.parametrize("queue_ms", [80, 300])
def test_bottlenecks_have_their_rate_and_queue(rate_kbps: int, queue_ms: int) -> None:
    for conditions in only(PROFILES[f"{rate_kbps}k-{queue_ms}ms"]):
        assert conditions.rate_bps == rate_kbps * 1000
        assert conditions.queue_s == pytest.approx(queue_ms / 1000)


@pytest.mark.parametrize(
    ("name", "way", "weakness"),
    [("up-250k", 0, {"rate_bps": 250_000}), ("down-loss-8", 1, {"loss_ratio": 0.08})],
)
def test_one_sided_lines_are_weak_on_one_side(
    name: str, way: int, weakness: dict[str, Any]
) -> None:
    ends = only(PROFILES[name])
    for field, value in weakness.items():
        assert getattr(ends[way], field) == value
        assert getattr(ends[1 - way], field) != value


def test_udp_is_blocked_both_ways() -> None:
    assert all(conditions.udp_blocked for conditions in only(PROFILES["udp-blocked"]))


def test_the_capacity_falls_and_comes_back() -> None:
    steps = [(step.at_s, step.conditions.rate_bps) for step in capacity_step(5, 9).up]
    assert steps == [(0, 2e6), (5, 4e5), (9, 2e6)]


def test_an_outage_ends() -> None:
    steps = [(step.at_s, step.conditions.outage) for step in outage(1, 2).down]
    assert steps == [(0, False), (1, True), (2, False)]


def test_a_profile_without_a_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="schedule"):
        Profile("none", "", (), ())
