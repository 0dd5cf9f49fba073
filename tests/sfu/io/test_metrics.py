"""What a scrape reads: every counter, at the moment of the scrape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sfu.base.histogram import Histogram
from sfu.base.media import Slot
from sfu.io.figures import Figures
from sfu.io.garbage import BOUNDS_S
from sfu.io.metrics import NodeMetrics
from sfu.relay.seam import RTT_BOUNDS_S, CoreTotals, TrackTotals


def counted(bounds: Sequence[float], *values: float) -> Histogram:
    histogram = Histogram(bounds)
    for value in values:
        histogram.add(value)
    return histogram


FIGURES = Figures(
    packet_core="python",
    rooms=3,
    open_gates=2,
    peers=5,
    connected_peers=4,
    received_datagrams=1000,
    received_bytes=200_000,
    sent_datagrams=900,
    sent_bytes=180_000,
    dropped={"replayed": 7, "malformed": 0},
    tcp_connections={"admitted": 6, "stranger": 11},
    tcp_closed={"far_end": 12},
    refusals={"late": 8, "full": 9},
    peer_errors=1,
    socket_errors=2,
    stalls=3,
    receive_buffer_bytes={"0": 4_194_304, "1": 212_992},
    receive_buffer_errors=4,
    kernel_drops={"0": 17, "1": 0},
    filter_states={"0": "exact", "1": "off"},
    gc_pauses=[
        counted(BOUNDS_S, *[0.0002] * 5),
        counted(BOUNDS_S),
        counted(BOUNDS_S, 0.004, 0.04, 0.2, 0.3),
    ],
    media=CoreTotals(
        {
            Slot.AUDIO: TrackTotals(*(n for n, _ in enumerate(fields(TrackTotals), 1))),
            Slot.CAMERA: TrackTotals(up_sent=900),
            Slot.SCREEN: TrackTotals(),
        },
        counted(RTT_BOUNDS_S, 0.012, 0.12, 7.0),
    ),
    loop_lag_p95_s=0.004,
    loop_lag_max_s=0.02,
    cpu_ratio=0.25,
)

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(figures: Figures) -> Samples:
    text = NodeMetrics(lambda: figures).expose().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_figure_is_exposed_under_its_name() -> None:
    samples = scrape(FIGURES)
    plain = {name: value for (name, labels), value in samples.items() if not labels}
    assert plain["sfu_rooms"] == 3
    assert plain["sfu_open_gates"] == 2
    assert plain["sfu_received_datagrams_total"] == 1000
    assert plain["sfu_received_bytes_total"] == 200_000
    assert plain["sfu_sent_datagrams_total"] == 900
    assert plain["sfu_sent_bytes_total"] == 180_000
    assert plain["sfu_peer_errors_total"] == 1
    assert plain["sfu_socket_errors_total"] == 2
    assert plain["sfu_stalls_total"] == 3
    assert plain["sfu_receive_buffer_errors_total"] == 4
    assert plain["sfu_cpu_ratio"] == 0.25


def test_labels_tell_reasons_states_links_and_quantiles_apart() -> None:
    samples = scrape(FIGURES)
    assert samples["sfu_dropped_packets_total", (("reason", "replayed"),)] == 7
    assert samples["sfu_dropped_packets_total", (("reason", "malformed"),)] == 0
    assert samples["sfu_api_refusals_total", (("code", "late"),)] == 8
    assert samples["sfu_api_refusals_total", (("code", "full"),)] == 9
    assert samples["sfu_tcp_connections", (("state", "admitted"),)] == 6
    assert samples["sfu_tcp_connections", (("state", "stranger"),)] == 11
    assert samples["sfu_tcp_closed_connections_total", (("reason", "far_end"),)] == 12
    assert samples["sfu_peers", (("state", "connected"),)] == 4
    assert samples["sfu_peers", (("state", "not_connected"),)] == 1
    assert samples["sfu_receive_buffer_bytes", (("link", "1"),)] == 212_992
    assert samples["sfu_kernel_drops_total", (("link", "0"),)] == 17
    assert samples["sfu_socket_filter", (("link", "0"), ("state", "exact"))] == 1
    assert samples["sfu_socket_filter", (("link", "1"), ("state", "exact"))] == 0
    assert samples["sfu_loop_lag_seconds", (("quantile", "0.95"),)] == 0.004
    assert samples["sfu_loop_lag_seconds", (("quantile", "1"),)] == 0.02


def test_pauses_are_a_histogram_of_each_generation() -> None:
    samples = scrape(FIGURES)

    def upto(generation: int, bound: str) -> float:
        labels = (("generation", str(generation)), ("le", bound))
        return samples["sfu_gc_pause_seconds_bucket", labels]

    assert [upto(2, le) for le in ("0.002", "0.005", "0.02", "0.05", "0.1", "+Inf")] == [
        *(0, 1, 1, 2, 2, 4)
    ]
    assert upto(0, "0.0005") == upto(0, "+Inf") == 5
    assert samples["sfu_gc_pause_seconds_sum", (("generation", "2"),)] == pytest.approx(0.544)
    assert samples["sfu_gc_pause_seconds_count", (("generation", "2"),)] == 4


def test_tracks_are_told_by_slot_and_nobodys_in_particular() -> None:
    samples = scrape(FIGURES)
    names = (
        "sfu_up_sent_packets_total",
        "sfu_up_received_packets_total",
        "sfu_up_recovered_packets_total",
        "sfu_up_delay_variation_seconds_sum",
        "sfu_up_delay_variation_seconds_count",
        "sfu_up_nacks_total",
        "sfu_up_keyframe_requests_total",
        "sfu_down_forwarded_packets_total",
        "sfu_down_resent_packets_total",
        "sfu_down_lost_packets_total",
        "sfu_down_nacks_total",
        "sfu_down_keyframe_requests_total",
    )
    audio = [samples[name, (("slot", "audio"),)] for name in names]
    assert audio == list(range(1, len(fields(TrackTotals)) + 1))
    assert samples["sfu_up_sent_packets_total", (("slot", "camera"),)] == 900
    assert samples["sfu_up_sent_packets_total", (("slot", "screen"),)] == 0


def test_round_trips_are_a_histogram() -> None:
    samples = scrape(FIGURES)
    upto = [samples["sfu_rtt_seconds_bucket", (("le", le),)] for le in ("0.01", "0.15", "+Inf")]
    assert upto == [0, 2, 3]
    assert samples["sfu_rtt_seconds_sum", ()] == pytest.approx(7.132)


def test_packet_core_in_use_is_an_info_metric() -> None:
    assert scrape(FIGURES)["sfu_native_info", (("packet_core", "python"),)] == 1


def test_each_scrape_reads_anew() -> None:
    figures = FIGURES
    metrics = NodeMetrics(lambda: figures)
    metrics.expose()
    figures = replace(FIGURES, rooms=9)
    assert b"\nsfu_rooms 9.0\n" in metrics.expose()


def test_registering_does_not_read_a_node_that_has_not_started() -> None:
    def not_started() -> Figures:
        raise AssertionError("read before a scrape")

    NodeMetrics(not_started)
