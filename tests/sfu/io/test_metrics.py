"""What a scrape reads: every counter, at the moment of the scrape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sfu.base.histogram import Histogram
from sfu.base.media import Slot
from sfu.base.stats import TransportEnd
from sfu.engine.tally import LineTally, Tally
from sfu.io.figures import Figures
from sfu.io.garbage import BOUNDS_S
from sfu.io.load import LAG_BOUNDS_S, RELAY_BOUNDS_S
from sfu.io.metrics import FRESH_S, NodeMetrics
from sfu.messages import CheckState, DirectionQuality, Level, LineQuality
from sfu.relay.seam import RTT_BOUNDS_S, START_BOUNDS_S, CoreTotals, TrackTotals
from sfu.transport.demux import DatagramKind


def counted(bounds: Sequence[float], *values: float) -> Histogram:
    histogram = Histogram(bounds)
    for value in values:
        histogram.add(value)
    return histogram


def tallies() -> tuple[Tally, LineTally]:
    tally, lines = Tally(), LineTally()
    for _ in range(2):
        tally.received[DatagramKind.STUN].add(bytes(100))
    tally.sent[DatagramKind.DTLS].add(bytes(1200))
    tally.joins_s.add(0.15)
    tally.failures[TransportEnd.NO_CHECK] += 1
    up = DirectionQuality(loss_ratio=0.025, jitter_ms=8.0)
    lines.note(LineQuality(level=Level.FAIR, up=up, down=DirectionQuality(loss_ratio=0.0)))
    lines.note_gap(0.1)
    lines.note_gap(0.0)
    lines.checks[CheckState.STOPPED] += 1
    return tally, lines


TALLY, LINE_TALLY = tallies()
FIGURES = Figures(
    version="1.2.3",
    packet_core="python",
    draining=True,
    max_rooms=100,
    rooms=3,
    open_gates=2,
    peers=5,
    connected_peers=4,
    lines={"good": 3, "poor": 1},
    running_checks=2,
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
        {Slot.AUDIO: counted(START_BOUNDS_S, 0.015, 0.3), Slot.CAMERA: counted(START_BOUNDS_S)},
    ),
    tally=TALLY,
    line_tally=LINE_TALLY,
    loop_lags=counted(LAG_BOUNDS_S, 0.0005, 0.0005, 0.3),
    relays=counted(RELAY_BOUNDS_S, 0.0003, 0.004),
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
    assert plain["sfu_max_rooms"] == 100
    assert plain["sfu_draining"] == 1
    assert plain["sfu_running_checks"] == 2
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
    assert samples["sfu_lines", (("level", "good"),)] == 3
    assert samples["sfu_line_looks_total", (("level", "fair"),)] == 1
    assert samples["sfu_checks_total", (("state", "stopped"),)] == 1
    assert samples["sfu_checks_total", (("state", "done"),)] == 0
    assert samples["sfu_handshake_failures_total", (("reason", "no_check"),)] == 1
    assert samples["sfu_handshake_failures_total", (("reason", "alert"),)] == 0


def test_media_is_what_other_kinds_leave_of_all_datagrams() -> None:
    samples = scrape(FIGURES)

    def of(name: str) -> dict[str, float]:
        return {dict(labels)["kind"]: value for (got, labels), value in samples.items()
                if got == name}  # fmt: skip

    assert of("sfu_received_datagrams_total") == {"media": 998, "stun": 2, "dtls": 0, "unknown": 0}
    assert of("sfu_received_bytes_total")["media"] == 200_000 - 200
    assert of("sfu_sent_datagrams_total") == {"media": 899, "stun": 0, "dtls": 1, "unknown": 0}
    assert of("sfu_sent_bytes_total")["media"] == 180_000 - 1200


@pytest.mark.parametrize(
    ("name", "labels", "counts", "total"),
    [
        ("sfu_join_seconds", {}, {"0.1": 0, "0.2": 1, "+Inf": 1}, 0.15),
        ("sfu_first_packet_seconds", {"slot": "audio"}, {"0.01": 0, "0.02": 1, "5.0": 2}, 0.315),
        ("sfu_relay_seconds", {}, {"0.0002": 0, "0.0005": 1, "+Inf": 2}, 0.0043),
        ("sfu_loop_lag_seconds", {}, {"0.001": 2, "0.5": 3}, 0.301),
        ("sfu_audio_gap_seconds", {}, {"0.06": 0, "0.1": 1, "+Inf": 1}, 0.1),
        ("sfu_line_loss_ratio", {"direction": "up"}, {"0.0": 0, "0.03": 1}, 0.025),
        ("sfu_line_loss_ratio", {"direction": "down"}, {"0.0": 1, "+Inf": 1}, 0),
        ("sfu_line_jitter_seconds", {"direction": "up"}, {"0.005": 0, "0.01": 1}, 0.008),
        ("sfu_line_jitter_seconds", {"direction": "down"}, {"0.2": 0, "+Inf": 0}, 0),
    ],
)
def test_what_was_measured_is_a_histogram(
    name: str, labels: dict[str, str], counts: dict[str, int], total: float
) -> None:
    samples = scrape(FIGURES)

    def at(suffix: str, **more: str) -> float:
        return samples[f"{name}_{suffix}", tuple(sorted((labels | more).items()))]

    assert {le: at("bucket", le=le) for le in counts} == counts
    assert at("sum") == pytest.approx(total)


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


def test_version_that_runs_is_an_info_metric() -> None:
    assert scrape(FIGURES)["sfu_info", (("version", "1.2.3"),)] == 1


def test_packet_core_in_use_is_an_info_metric() -> None:
    assert scrape(FIGURES)["sfu_native_info", (("packet_core", "python"),)] == 1


def test_scrapes_read_anew_twice_a_second_and_those_between_cost_nothing() -> None:
    figures, now, reads = FIGURES, 100.0, 0

    def read() -> Figures:
        nonlocal reads
        reads += 1
        return figures

    metrics = NodeMetrics(read, lambda: now)
    first = metrics.expose()
    figures = replace(FIGURES, rooms=9)
    for _ in range(100):
        assert metrics.expose() == first
    assert reads == 1
    now += FRESH_S
    assert b"\nsfu_rooms 9.0\n" in metrics.expose()
    assert reads == 2


def test_registering_does_not_read_a_node_that_has_not_started() -> None:
    def not_started() -> Figures:
        raise AssertionError("read before a scrape")

    NodeMetrics(not_started)
