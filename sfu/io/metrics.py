"""Prometheus metrics of a node, read from plain counters when somebody scrapes.

Nothing here is touched by a packet: the counters are integers that their owners bump, and this
module turns one reading of them into the exposition format.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf

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
from sfu.engine.tally import Datagrams
from sfu.io.figures import Figures
from sfu.io.line_metrics import joins, lines
from sfu.io.media_metrics import buckets, media
from sfu.transport.demux import DatagramKind

FRESH_S = 0.5  # one costs 1.4 ms and more, in which no packet is relayed
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
        yield from joins(figures)
        yield from media(figures.media)
        yield from lines(figures)
        yield from _machine(figures)


class NodeMetrics:
    """The registry of one node, apart from the global one, so that tests can have many."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(
        self, read: Callable[[], Figures], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._text = b""
        self._until = -inf
        self.registry = CollectorRegistry()
        self.registry.register(NodeCollector(read))
        ProcessCollector(registry=self.registry)

    def expose(self) -> bytes:
        """Return the exposition, the one before while that is fresh: many scrapes cost as one."""
        if self._clock() >= self._until:
            self._text = generate_latest(self.registry)
            self._until = self._clock() + FRESH_S
        return self._text


def _state(figures: Figures) -> Iterator[Metric]:
    info = InfoMetricFamily("sfu", "Which version runs.")
    info.add_metric([], {"version": figures.version})
    yield info
    native = InfoMetricFamily("sfu_native", "Which packet core relays.")
    native.add_metric([], {"packet_core": figures.packet_core})
    yield native
    yield GaugeMetricFamily("sfu_rooms", "Rooms on this node.", figures.rooms)
    yield GaugeMetricFamily(
        "sfu_max_rooms", "Rooms this node may have; further ones are refused.", figures.max_rooms
    )
    yield GaugeMetricFamily(
        "sfu_draining", "1 while no new visits are taken, to be stopped.", figures.draining
    )
    yield GaugeMetricFamily("sfu_open_gates", "Rooms that may forward media.", figures.open_gates)
    peers = GaugeMetricFamily("sfu_peers", "Media connections.", labels=["state"])
    peers.add_metric(["connected"], figures.connected_peers)
    peers.add_metric(["not_connected"], figures.peers - figures.connected_peers)
    yield peers


def _traffic(figures: Figures) -> Iterator[Metric]:
    yield from _by_kind(
        "received", figures.received_datagrams, figures.received_bytes, figures.tally.received
    )
    yield from _by_kind("sent", figures.sent_datagrams, figures.sent_bytes, figures.tally.sent)
    dropped = CounterMetricFamily(
        "sfu_dropped_packets", "Packets that went no further.", labels=["reason"]
    )
    for reason, count in figures.dropped.items():
        dropped.add_metric([reason], count)
    yield dropped


def _by_kind(
    way: str, datagrams: int, size_bytes: int, others: Mapping[DatagramKind, Datagrams]
) -> Iterator[Metric]:
    """Tell datagrams apart by what they carry; media are what the others leave of all."""
    counts = CounterMetricFamily(
        f"sfu_{way}_datagrams", f"Datagrams {way} on the media port.", labels=["kind"]
    )
    sizes = CounterMetricFamily(
        f"sfu_{way}_bytes", f"Bytes {way} on the media port.", labels=["kind"]
    )
    for kind, seen in others.items():
        counts.add_metric([kind.name.lower()], seen.count)
        sizes.add_metric([kind.name.lower()], seen.size_bytes)
        datagrams -= seen.count
        size_bytes -= seen.size_bytes
    counts.add_metric(["media"], datagrams)
    sizes.add_metric(["media"], size_bytes)
    yield counts
    yield sizes


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
    yield HistogramMetricFamily(
        "sfu_loop_lag_seconds",
        "Lateness of the event loop, ten times a second: how long packets may wait for us.",
        buckets=buckets(figures.loop_lags),
        sum_value=figures.loop_lags.total,
    )
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
