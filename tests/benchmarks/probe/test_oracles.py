"""What others say of some numbers, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.probe.oracles import (
    Seen,
    daily,
    jitsi,
    jitsi_percent,
    livekit,
    livekit_score,
    twilio,
    twilio_mos,
    vonage,
    vonage_mos,
)
from sfu.messages import Level

PERFECT = Seen(rtt_ms=50.0, loss_up=0.0, loss_down=0.0, jitter_ms=2.0)
LATE = replace(PERFECT, rtt_ms=580.0)


def test_livekit_falls_at_the_losses_its_comments_name() -> None:
    # "3.75%: fall to GOOD, 11.25%: fall to POOR" of Opus with FEC, connectionstats.go
    assert livekit_score(0.0375) == pytest.approx(80.0)
    losses = (0.0370, 0.0380, 0.1120, 0.1130)
    levels = [livekit(replace(PERFECT, loss_up=loss)) for loss in losses]
    assert levels == [Level.GOOD, Level.FAIR, Level.FAIR, Level.POOR]


def test_livekit_calls_a_path_of_half_a_second_excellent() -> None:
    assert livekit(LATE) is Level.GOOD


def test_vonage_scores_sound_as_its_formula_says() -> None:
    # delay 25 + 30 ms: R = 93.2 - 0.024 * 55 = 91.88
    assert vonage_mos(50.0, 0.0) == pytest.approx(4.39, abs=0.01)
    # an unknown round trip counts as 150 ms each way
    assert vonage_mos(0.0, 0.0) == pytest.approx(vonage_mos(300.0, 0.0))
    assert vonage_mos(50.0, 1.0) < 2.0


def test_vonage_recommends_a_picture_by_what_comes_back_of_both_ways() -> None:
    assert vonage(PERFECT) is Level.GOOD
    assert vonage(replace(PERFECT, capacity_down_bps=700_000)) is Level.FAIR
    assert vonage(replace(PERFECT, loss_up=0.016, loss_down=0.016)) is Level.POOR
    assert vonage(replace(PERFECT, capacity_up_bps=100_000)) is Level.POOR
    assert vonage(replace(PERFECT, loss_up=0.30)) is Level.NO_CALL


def test_twilio_takes_loss_in_percent_and_the_whole_round_trip() -> None:
    # latency 50 + 4 + 10 = 64 ms: R = 94.768 - 1.6 = 93.168
    assert twilio_mos(50.0, 2.0, 0.0) == pytest.approx(4.41, abs=0.01)
    assert twilio_mos(1000.0, 0.0, 0.0) == pytest.approx(1.0, abs=0.001)
    assert twilio_mos(50.0, 2.0, 40.0) == 1.0
    losses = (0.0, 0.10, 0.15)
    levels = [twilio(replace(PERFECT, loss_down=loss)) for loss in losses]
    assert levels == [Level.GOOD, Level.FAIR, Level.POOR]


def test_twilio_does_not_see_the_way_up() -> None:
    assert twilio(replace(PERFECT, loss_up=0.5)) is Level.GOOD


def test_daily_looks_at_the_way_up_by_its_table() -> None:
    assert daily(PERFECT) is Level.GOOD
    assert daily(replace(PERFECT, loss_up=0.05)) is Level.FAIR
    assert daily(replace(PERFECT, rtt_ms=600.0)) is Level.POOR
    assert daily(replace(PERFECT, capacity_up_bps=1_000_000)) is Level.FAIR
    assert daily(replace(PERFECT, capacity_up_bps=600_000)) is Level.POOR
    assert daily(replace(PERFECT, loss_down=0.08)) is Level.GOOD


def test_jitsi_looks_at_the_rate_that_is_sent() -> None:
    assert jitsi_percent(1_100_000, 0.0) == pytest.approx(50.0)
    assert jitsi_percent(5_000_000, 0.1) == 30.0
    rates = (700_000, 300_000, 200_000)
    levels = [jitsi(replace(PERFECT, capacity_up_bps=rate)) for rate in rates]
    assert levels == [Level.GOOD, Level.FAIR, Level.POOR]
    assert jitsi(replace(LATE, loss_down=0.08)) is Level.GOOD
