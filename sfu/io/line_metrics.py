"""How peers joined, how their lines were and how long relaying took, as Prometheus metrics."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from sfu.base.histogram import Histogram
from sfu.engine.tally import LineTally
from sfu.io.figures import Figures
from sfu.io.media_metrics import buckets


def joins(figures: Figures) -> Iterator[Metric]:
    yield _plain(
        "sfu_join_seconds",
        "From a browser's offer to the end of its handshake.",
        figures.tally.joins_s,
    )
    failures = CounterMetricFamily(
        "sfu_handshake_failures",
        "Peers that went before their handshake was done, by why.",
        labels=["reason"],
    )
    for reason, count in figures.tally.failures.items():
        failures.add_metric([reason.value], count)
    yield failures
    starts = HistogramMetricFamily(
        "sfu_first_packet_seconds",
        "From the moment that media may pass (ACCEPT, or a return) to the first packet relayed.",
        labels=["slot"],
    )
    for slot, histogram in figures.media.starts.items():
        starts.add_metric([slot.value], buckets(histogram), histogram.total)
    yield starts
    yield _plain(
        "sfu_relay_seconds",
        "From a datagram of media in to the last that leaves for it, of one in 64.",
        figures.relays,
    )


def lines(figures: Figures) -> Iterator[Metric]:
    now = GaugeMetricFamily(
        "sfu_lines", "Connected peers by the level of their line.", labels=["level"]
    )
    for level, count in figures.lines.items():
        now.add_metric([level], count)
    yield now
    tally = figures.line_tally
    looks = CounterMetricFamily(
        "sfu_line_looks",
        "Looks at lines, one a second and connected peer, by the level found.",
        labels=["level"],
    )
    for found, count in tally.levels.items():
        looks.add_metric([found.value], count)
    yield looks
    yield from _directions(tally)
    yield _plain(
        "sfu_audio_gap_seconds",
        "Longest gap in the sound from a browser in contact, of each second with one: frames that"
        " never came, or more than 0.2 s later than others.",
        tally.gaps_s,
    )
    yield GaugeMetricFamily(
        "sfu_running_checks", "Checks of lines under way.", figures.running_checks
    )
    checks = CounterMetricFamily("sfu_checks", "Checks of lines that ended.", labels=["state"])
    for state, count in tally.checks.items():
        checks.add_metric([state.value], count)
    yield checks


def _directions(tally: LineTally) -> Iterator[Metric]:
    losses = HistogramMetricFamily(
        "sfu_line_loss_ratio",
        "Loss before repair of the last ten seconds, once a second and line.",
        labels=["direction"],
    )
    jitters = HistogramMetricFamily(
        "sfu_line_jitter_seconds",
        "Mean change of delay (RFC 3550, 6.4.1) of the last ten seconds, once a second and line.",
        labels=["direction"],
    )
    for direction, measured in (("up", tally.up), ("down", tally.down)):
        losses.add_metric([direction], buckets(measured.losses), measured.losses.total)
        jitters.add_metric([direction], buckets(measured.jitters_s), measured.jitters_s.total)
    yield losses
    yield jitters


def _plain(name: str, says: str, histogram: Histogram) -> Metric:
    return HistogramMetricFamily(name, says, buckets=buckets(histogram), sum_value=histogram.total)
