"""The selftest, made short: what it says has to be told from what it should say."""

from __future__ import annotations

import json

import pytest

from benchmarks.netlab import selftest
from benchmarks.netlab.conditions import Conditions, GilbertElliott
from benchmarks.netlab.emulator import Result
from benchmarks.netlab.fatelog import Direction, FateLog
from benchmarks.netlab.link import Fate
from benchmarks.netlab.probing import Arrival, Flow
from benchmarks.netlab.tun import unavailable_reason
from tests.netlab.reports import report

KEYS = ["rtt_error_ms_p95", "loss_error_points", "rate_error_ratio", "lateness_ms_p99"]


@pytest.mark.skipif(unavailable_reason() is not None, reason=unavailable_reason() or "available")
def test_it_ends_with_its_figures_and_finds_the_log_true(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(selftest, "RTT_CASES", ((5, 5),))
    monkeypatch.setattr(selftest, "RTT_PROBES", 20)
    monkeypatch.setattr(selftest, "LOSS_PROBES", 1000)
    monkeypatch.setattr(selftest, "RATES_KBPS", (1200,))
    monkeypatch.setattr(selftest, "RATE_S", 0.3)
    status = selftest.selftest()
    *said, last = capsys.readouterr().out.splitlines()
    figures = json.loads(last)
    assert list(figures) == KEYS
    assert "probes whose end is not that of the log: 0" in said
    assert status == any(line.startswith("VOID") for line in said)
    assert 0 < figures["rtt_error_ms_p95"] < 100
    assert figures["loss_error_points"] < 4


def test_bursts_make_the_measured_loss_less_certain() -> None:
    single = selftest.standard_error(Conditions(loss_ratio=0.03))
    bursts = selftest.standard_error(Conditions(bursts=GilbertElliott.of(0.03, 5)))
    assert single == pytest.approx((0.03 * 0.97 / selftest.LOSS_PROBES) ** 0.5)
    assert bursts == pytest.approx(single * 2.95, rel=0.01)


def test_a_probe_that_the_log_does_not_know_is_counted() -> None:
    log = FateLog()
    for at in (1.0, 2.0, 9.0):
        log.close(log.enter(at, Direction.UP, 100, False), Fate.DELIVERED, at)
    arrivals = [Arrival(number, 0.0, 0.0, 0.0, 100) for number in range(2)]
    told = Result(report(), log)
    assert selftest.unlike_the_log(Flow(0.5, 2.5, 2, arrivals), told) == 0
    assert selftest.unlike_the_log(Flow(0.5, 2.5, 3, arrivals), told) == 1
    assert selftest.unlike_the_log(Flow(0.5, 2.5, 2, arrivals[:1]), told) == 1
