"""Prometheus metrics of a node, read from plain counters when somebody scrapes.

Nothing here is touched by a packet: the counters are integers that their owners bump, and this
module turns one reading of them into the exposition format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from sfu.base.histogram import Histogram
from sfu.io.figures import Figures
from sfu.io.media_metrics import buckets, media

FILTER_STATES = ("exact", "broad", "off")


class NodeCollector(Collector):
    """Reads the node at scrape time."""

    def __init__(self, read: Callable[[], Figures]) -> None:
        self._read = read

    def describe(self) -> list[Metric]:
        """Nothing: registering must not read a node that has not started."""
        return []

    def collect(self) -> Iterator[Metric]:
        figures = self._read()
        yield from _state(figures)
        yield from _traffic(figures)
        yield from _tcp(figures)
        yield from media(figures.media)
        yield from _machine(figures)


class NodeMetrics:
    """The registry of one node, apart from the global one, so that tests can have many."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, read: Callable[[], Figures]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(NodeCollector(read))
        ProcessCollector(registry=self._registry)

    def expose(self) -> bytes:
        return generate_latest(self._registry)


def _state(figures: Figures) -> Iterator[Metric]:
    native = InfoMetricFamily("sfu_native", "Which packet core relays.")
    native.add_metric([], {"packet_core": figures.packet_core})
    yield native
    yield GaugeMetricFamily("sfu_rooms", "Rooms on this node.", figures.rooms)
    yield GaugeMetricFamily("sfu_open_gates", "Rooms that may forward media.", figures.open_gates)
    peers = GaugeMetricFamily("sfu_peers", "Media connections.", labels=["state"])
    peers.add_metric(["connected"], figures.connected_peers)
    peers.add_metric(["not_connected"], figures.peers - figures.connected_peers)
    yield peers


def _traffic(figures: Figures) -> Iterator[Metric]:
    for direction, datagrams, size in (
        ("received", figures.received_datagrams, figures.received_bytes),
        ("sent", figures.sent_datagrams, figures.sent_bytes),
    ):
        yield CounterMetricFamily(
            f"sfu_{direction}_datagrams", f"Datagrams {direction} on the media port.", datagrams
        )
        yield CounterMetricFamily(
            f"sfu_{direction}_bytes", f"Bytes {direction} on the media port.", size
        )
    dropped = CounterMetricFamily(
        "sfu_dropped_packets", "Packets that went no further.", labels=["reason"]
    )
    for reason, count in figures.dropped.items():
        dropped.add_metric([reason], count)
    yield dropped


def _tcp(figures: Figures) -> Iterator[Metric]:
    connections = GaugeMetricFamily(
        "sfu_tcp_connections", "Media connections over TCP.", labels=["state"]
    )
    for state, count in figures.tcp_connections.items():
        connections.add_metric([state], count)
    yield connections
    closed = CounterMetricFamily(
        "sfu_tcp_closed_connections", "TCP connections that ended.", labels=["reason"]
    )
    for reason, count in figures.tcp_closed.items():
        closed.add_metric([reason], count)
    yield closed


def _machine(figures: Figures) -> Iterator[Metric]:
    refusals = CounterMetricFamily(
        "sfu_api_refusals", "Requests the API refused, by the code of the answer.", labels=["code"]
    )
    for code, count in figures.refusals.items():
        refusals.add_metric([code], count)
    yield refusals
    yield CounterMetricFamily(
        "sfu_peer_errors", "Peers closed because handling them raised.", figures.peer_errors
    )
    yield CounterMetricFamily(
        "sfu_socket_errors", "Datagrams the kernel refused to send.", figures.socket_errors
    )
    yield CounterMetricFamily(
        "sfu_stalls", "Times the process stood still for half a second or more.", figures.stalls
    )
    buffers = GaugeMetricFamily(
        "sfu_receive_buffer_bytes", "Receive buffer the kernel granted.", labels=["link"]
    )
    for link, size_bytes in figures.receive_buffer_bytes.items():
        buffers.add_metric([link], size_bytes)
    yield buffers
    yield CounterMetricFamily(
        "sfu_receive_buffer_errors",
        "Datagrams that found a UDP receive buffer full, of all sockets in this namespace.",
        figures.receive_buffer_errors,
    )
    drops = CounterMetricFamily(
        "sfu_kernel_drops",
        "Datagrams dropped at the media socket: a stranger's, or the receive buffer was full.",
        labels=["link"],
    )
    for link, count in figures.kernel_drops.items():
        drops.add_metric([link], count)
    yield drops
    filters = GaugeMetricFamily(
        "sfu_socket_filter", "1 for what the socket filter does now.", labels=["link", "state"]
    )
    for link, now in figures.filter_states.items():
        for state in FILTER_STATES:
            filters.add_metric([link, state], state == now)
    yield filters
    lag = GaugeMetricFamily(
        "sfu_loop_lag_seconds",
        "Lateness of the event loop over the last ten seconds.",
        labels=["quantile"],
    )
    lag.add_metric(["0.95"], figures.loop_lag_p95_s)
    lag.add_metric(["1"], figures.loop_lag_max_s)
    yield lag
    yield _pauses(figures.gc_pauses)
    yield GaugeMetricFamily(
        "sfu_cpu_ratio", "Share of one core used over the last ten seconds.", figures.cpu_ratio
    )


def _pauses(by_generation: Sequence[Histogram]) -> Metric:
    metric = HistogramMetricFamily(
        "sfu_gc_pause_seconds",
        "How long garbage collections held up this process.",
        labels=["generation"],
    )
    for generation, pauses in enumerate(by_generation):
        metric.add_metric([str(generation)], buckets(pauses), pauses.total)
    return metric
