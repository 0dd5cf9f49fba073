"""What a node is doing, read from its counters when somebody asks: control, or a scrape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sfu.base.histogram import Histogram
from sfu.engine.tally import LineTally, Tally
from sfu.io.udp import receive_buffer_errors
from sfu.messages import Level, NodeLoad
from sfu.relay.seam import CoreTotals

if TYPE_CHECKING:
    from sfu.engine.peer import Peer
    from sfu.io.worker import Worker


@dataclass(frozen=True, slots=True)
class Figures:
    """One reading of a node's counters."""

    version: str
    packet_core: str
    """python or native."""
    draining: bool
    max_rooms: int
    rooms: int
    open_gates: int
    peers: int
    connected_peers: int
    lines: Mapping[str, int]
    """Connected peers by the level of their line; of fresh ones none is known."""
    running_checks: int
    received_datagrams: int
    received_bytes: int
    sent_datagrams: int
    sent_bytes: int
    dropped: Mapping[str, int]
    """Packets by reason."""
    tcp_connections: Mapping[str, int]
    """By state: admitted by a check, or stranger."""
    tcp_closed: Mapping[str, int]
    """By reason."""
    refusals: Mapping[str, int]
    """Answers of the API from 400 up, by code."""
    peer_errors: int
    """Peers closed because handling them raised: bugs of ours."""
    socket_errors: int
    stalls: int
    """How often the process stood still for half a second or more."""
    receive_buffer_bytes: Mapping[str, int]
    """Granted by the kernel, by link."""
    receive_buffer_errors: int
    """Datagrams of this machine that found a UDP receive buffer full."""
    kernel_drops: Mapping[str, int]
    """Datagrams dropped at the socket, by link."""
    filter_states: Mapping[str, str]
    """exact, broad or off, by link."""
    gc_pauses: Sequence[Histogram]
    """By generation, the youngest first."""
    media: CoreTotals
    tally: Tally
    line_tally: LineTally
    loop_lags: Histogram
    relays: Histogram
    """How long it took to relay, of one in `RELAY_EVERY`."""
    cpu_ratio: float


def read_load(worker: Worker) -> NodeLoad:
    """Return what control chooses a node by."""
    return NodeLoad(
        boot_id=worker.events.boot_id,
        rooms=len(worker.engine.rooms),
        peers=len(worker.engine.peers.all_open()),
        loop_lag_p95_ms=worker.meter.lag_p95_s * 1000,
        cpu_ratio=worker.meter.cpu_ratio,
        draining=worker.draining,
        packet_core=worker.packet_core,
        version=worker.version,
    )


def read(worker: Worker) -> Figures:
    """Return one reading of all counters."""
    engine, peers = worker.engine, worker.engine.peers.all_open()
    dropped = {
        reason.value: sum(
            stats.dropped[reason] for stats in (engine.stats, engine.core.stats, worker.tcp.stats)
        )
        for reason in engine.stats.dropped
    }
    return Figures(
        version=worker.version,
        packet_core=worker.packet_core,
        draining=worker.draining,
        max_rooms=worker.max_rooms,
        rooms=len(engine.rooms),
        open_gates=sum(room.gate_open for room in engine.rooms.values()),
        peers=len(peers),
        connected_peers=sum(peer.connected for peer in peers),
        lines=_levels(peers),
        running_checks=engine.measuring.running_checks,
        received_datagrams=worker.received_datagrams,
        received_bytes=worker.received_bytes,
        sent_datagrams=worker.sent_datagrams,
        sent_bytes=worker.sent_bytes,
        dropped=dropped,
        tcp_connections=worker.tcp.census(),
        tcp_closed={reason.value: ended for reason, ended in worker.tcp.closed.items()},
        refusals=dict(worker.refusals),
        peer_errors=worker.peer_errors,
        socket_errors=sum(link.errors for link in worker.links),
        stalls=engine.stalls,
        receive_buffer_bytes={str(n): link.granted_bytes for n, link in enumerate(worker.links)},
        receive_buffer_errors=receive_buffer_errors(),
        kernel_drops={str(each.link): each.dropped for each in worker.filters},
        filter_states={str(each.link): each.state.value for each in worker.filters},
        gc_pauses=worker.pauses.pauses_s,
        media=engine.core.totals(),
        tally=engine.tally,
        line_tally=engine.measuring.tally,
        loop_lags=worker.meter.lags_s,
        relays=worker.meter.relays_s,
        cpu_ratio=worker.meter.cpu_ratio,
    )


def _levels(peers: Iterable[Peer]) -> dict[str, int]:
    found = dict.fromkeys(Level, 0)
    for peer in peers:
        if peer.connected and peer.monitor is not None and peer.monitor.quality is not None:
            found[peer.monitor.quality.level] += 1
    return {level.value: count for level, count in found.items()}
