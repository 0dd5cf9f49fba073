"""Compare what UDP probes see across the real kernel path with what the line was asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.netlab.conditions import Conditions, GilbertElliott
from benchmarks.netlab.emulator import Result
from benchmarks.netlab.fatelog import Direction, percentile
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.link import Fate
from benchmarks.netlab.probing import Flow, Prober
from benchmarks.netlab.profiles import both_ways, one_way

#: Up and down in milliseconds; the last is the satellite.
RTT_CASES = ((5, 5), (40, 20), (300, 300))
RTT_PROBES, RTT_EVERY_S = 180, 0.01
LOSSES = (
    ("5 % random", Conditions(loss_ratio=0.05), 0.05),
    ("3 % in bursts of 5", Conditions(bursts=GilbertElliott.of(0.03, 5)), 0.03),
)
LOSS_PROBES, LOSS_EVERY_S = 48_000, 1 / 10_000
RATES_KBPS = (300, 1200, 5000)
RATE_S, RATE_BYTES, OVERLOAD = 2.0, 1000, 1.4


@dataclass(frozen=True, slots=True)
class Figures:
    """The selftest's result; its names are those of the JSON line."""

    rtt_error_ms_p95: float
    loss_error_points: float
    rate_error_ratio: float
    lateness_ms_p99: float


def selftest() -> int:
    """Print what was found, the figures as JSON last; 1 when they are void or untrue.

    The process should have become real-time: a prober that waits for its turn measures itself.
    """
    with Lab("lan") as lab:
        with Prober(lab) as prober:
            rtt = percentile(_rtt_errors(lab, prober), 0.95)
            losses, unexplained = _losses(lab, prober)
            rate = max(_rate_errors(lab, prober))
        result = lab.close()
    assert result is not None
    mismatches = sum(unlike_the_log(flow, result) for flow in unexplained)
    print(f"probes whose end is not that of the log: {mismatches}")
    report = result.report
    print(
        f"lateness p50 {report.lateness_ms_p50} ms, p99 {report.lateness_ms_p99} ms; "
        f"loop woken late p99 {report.wake_ms_p99} ms; kernel drops {report.kernel_drops}; "
        f"real-time scheduling {'on' if report.realtime else 'off'}"
    )
    if report.void:
        print(f"VOID: {report.void}")
    figures = Figures(round(rtt, 3), round(losses, 3), round(rate, 6), report.lateness_ms_p99)
    names = Figures.__slots__
    print(json.dumps({name: getattr(figures, name) for name in names}))
    return int(bool(report.void or mismatches))


def _rtt_errors(lab: Lab, prober: Prober) -> Iterator[float]:
    """Yield each probe's distance from the configured round trip, in milliseconds."""
    for up_ms, down_ms in RTT_CASES:
        up, down = Conditions(delay_s=up_ms / 1000), Conditions(delay_s=down_ms / 1000)
        lab.apply(one_way("rtt", "delay alone", up=up, down=down))
        expected = up_ms + down_ms
        flow = prober.echo(RTT_PROBES, RTT_EVERY_S, drain_s=expected / 1000 + 0.1)
        errors = [abs(rtt - expected) for rtt in flow.rtts_ms()]
        print(
            f"RTT {expected} ms: measured median {percentile(flow.rtts_ms(), 0.5):.3f} ms, "
            f"error p95 {percentile(errors, 0.95):.3f} ms, "
            f"{len(errors)} of {flow.sent} probes answered"
        )
        yield from errors


def _losses(lab: Lab, prober: Prober) -> tuple[float, list[Flow]]:
    """Return the worst distance from the configured loss in points, and the flows."""
    flows, worst = [], 0.0
    for (name, conditions, expected), way in zip(LOSSES, Direction, strict=True):
        lab.apply(both_ways("loss", name, conditions))
        flow = prober.flood(way, LOSS_PROBES, LOSS_EVERY_S, drain_s=0.3)
        measured = flow.loss_ratio()
        print(
            f"loss {name}, {way.name.lower()}: measured {measured:.3%} of {flow.sent} probes "
            f"(one standard error of so many: {standard_error(conditions):.3%})"
        )
        worst = max(worst, abs(measured - expected) * 100)
        flows.append(flow)
    return worst, flows


def _rate_errors(lab: Lab, prober: Prober) -> Iterator[float]:
    for kbps in RATES_KBPS:
        conditions = Conditions(delay_s=0.01, rate_bps=kbps * 1000, queue_s=0.3)
        lab.apply(both_ways("rate", f"{kbps} kbps", conditions))
        every_s = RATE_BYTES * 8 / (kbps * 1000 * OVERLOAD)
        count = int(RATE_S / every_s)
        flow = prober.flood(Direction.DOWN, count, every_s, 0.5, RATE_BYTES)
        error = abs(flow.rate_bps() / (kbps * 1000) - 1)
        print(f"rate {kbps} kbps: measured {flow.rate_bps() / 1000:.1f} kbps")
        yield error


def standard_error(conditions: Conditions) -> float:
    """Of the loss over `LOSS_PROBES`, by chance alone; bursts make neighbours alike."""
    chain, loss = conditions.bursts, conditions.loss_ratio
    alike = 0.0
    if chain is not None:
        loss, alike = chain.loss_ratio, 1 - chain.good_to_bad - chain.bad_to_good
    return math.sqrt(loss * (1 - loss) / LOSS_PROBES * (1 + alike) / (1 - alike))


def unlike_the_log(flow: Flow, result: Result) -> int:
    """Count by how many packets a flow and the log differ, in both directions together."""
    during = [r for r in result.log if flow.began <= r.time_in <= flow.ended]
    delivered = sum(record.fate is Fate.DELIVERED for record in during)
    return abs(len(during) - flow.sent) + abs(delivered - len(flow.arrivals))
