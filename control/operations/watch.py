"""Looks at the node, the lobbies and the background jobs every ten seconds, and remembers."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Container, Iterable
from datetime import datetime

from control.errors import Unavailable
from control.operations.model import (
    BUSY_CPU_RATIO,
    BUSY_LAG_MS,
    STEP_S,
    Added,
    FaultKind,
    Faults,
    Growth,
    History,
    Levels,
    Sample,
)
from control.operations.ports import Figures, Node, Tries
from control.operations.tasks import Tasks
from control.presence.model import Lobbies, Lobby
from sfu.messages import Cause, Level, NodeLoad

log = logging.getLogger(__name__)

NODE = "node-1"
"""Control has one node; its name is its place."""
DATABASE = "database_"
MEDIA = "media_"
ABANDONED = "abandoned"
"""Of a handshake: its page left, which is nobody's trouble."""
GATEWAY_REASONS = ("no_answer", "gateway")
"""Failures that are no recipient's."""


class Watch:
    """Samples what the operator's page shows; knows counts alone."""

    def __init__(
        self,
        node: Node,
        lobbies: Lobbies,
        tasks: Tasks,
        messages: Tries,
        *,
        uncounted: Container[str] = (),
        began_at: datetime,
    ) -> None:
        """Prepare; `sample` looks.

        Args:
            uncounted: Therapists whose sessions are synthetic.
        """
        self._node = node
        self._lobbies = lobbies
        self._tasks = tasks
        self._messages = messages
        self._uncounted = uncounted
        self._growth: Growth | None = None
        """Of the node's counters; None until it told of them."""
        self._boot_id: str | None = None
        self._task_failures: Counter[str] = Counter()
        self._failed_tries: Counter[tuple[str, str]] = Counter()
        self.history = History(began_at)
        self.faults = Faults()
        self.load: NodeLoad | None = None
        """As the node last told; None while it does not answer."""
        self.node_began_at: float | None = None
        """When its process started, in seconds since 1970."""

    async def sample(self, *, now: datetime) -> None:
        """Look once. A node that does not answer is what is looked for, no failure of ours."""
        figures = await self._read_node(now)
        self._note_tasks(now)
        self._note_gateways(now)
        added = Added() if figures is None else self._added(figures, now)
        peers = None if figures is None else figures.value("sfu_peers", state="connected")
        lobbies = [one for one in self._lobbies if one.therapist_id not in self._uncounted]
        contact = [lobby for lobby in lobbies if lobby.gate_open]
        self.history.samples.append(
            Sample(
                at=now,
                sessions=len(contact),
                waiting=sum(
                    lobby.patient.is_present(now) and not lobby.gate_open for lobby in lobbies
                ),
                peers=None if peers is None else int(peers),
                levels=levels(lobbies),
                added=added,
            )
        )

    async def drain(self, draining: bool) -> None:
        """Let the node take no new visits, or all again.

        Raises:
            Unavailable: media_away.
        """
        await self._node.drain(draining)
        log.info("an operator set draining of %s to %s", NODE, draining)
        if self.load is not None:  # else the next look tells
            self.load = self.load.model_copy(update={"draining": draining})

    async def _read_node(self, now: datetime) -> Figures | None:
        """Ask the node how it is, and note what is wrong with it."""
        figures = None
        try:
            if self._node.is_connected:
                self.load = await self._node.load()
                figures = await self._node.figures()
        except Unavailable:
            pass  # as good as not connected
        if figures is None or self.load is None:
            self.load = None
            self.faults.begin(FaultKind.NODE_AWAY, NODE, now=now)
            self.faults.end(FaultKind.NODE_BUSY, NODE, now=now)
            return None
        self.faults.end(FaultKind.NODE_AWAY, NODE, now=now)
        if self._boot_id not in (None, self.load.boot_id):
            self.faults.note(FaultKind.NODE_RESTARTED, NODE, now=now)
        self._boot_id = self.load.boot_id
        if is_busy(self.load):
            self.faults.begin(FaultKind.NODE_BUSY, NODE, now=now)
        else:
            self.faults.end(FaultKind.NODE_BUSY, NODE, now=now)
        self.node_began_at = figures.value("process_start_time_seconds")
        return figures

    def _added(self, figures: Figures, now: datetime) -> Added:
        if self._growth is None:
            self._growth = Growth(from_zero=self._began_with_us())
        growth, grown = self._growth, self._growth.take
        for kind, name, labels in (
            (FaultKind.NODE_STALLED, "sfu_stalls_total", {}),
            (FaultKind.NODE_BUG, "sfu_peer_errors_total", {}),
            (FaultKind.NODE_FULL, "sfu_api_refusals_total", {"code": "full"}),
        ):
            total = figures.value(name, **labels)
            # A label that is not there yet stands at zero.
            times = grown(name, 0 if total is None else total)
            self.faults.note(kind, NODE, times=times, now=now)
        failed = 0
        for reason, total in figures.by("sfu_handshake_failures_total", "reason").items():
            times = grown(f"failed {reason}", total)
            if reason != ABANDONED:
                failed += times
                self.faults.note(FaultKind.HANDSHAKES, NODE, reason, times=times, now=now)

        def audio(name: str) -> int:
            return grown(name, figures.value(name, slot="audio"))

        joins = figures.buckets("sfu_join_seconds")
        starts = figures.buckets("sfu_first_packet_seconds", slot="audio")
        gaps = figures.buckets("sfu_audio_gap_seconds")
        self.history.join_bounds_s = tuple(bound for bound, _ in joins)
        self.history.start_bounds_s = tuple(bound for bound, _ in starts)
        self.history.gap_bounds_s = tuple(bound for bound, _ in gaps)
        sent_up = audio("sfu_up_sent_packets_total")
        return Added(
            sent_up=sent_up,
            lost_up=max(0, sent_up - audio("sfu_up_received_packets_total")),
            sent_down=audio("sfu_down_forwarded_packets_total"),
            lost_down=audio("sfu_down_lost_packets_total"),
            failed_joins=failed,
            joins=growth.take_buckets("joins", joins),
            starts=growth.take_buckets("starts", starts),
            gaps=growth.take_buckets("gaps", gaps),
        )

    def _began_with_us(self) -> bool:
        """Whether the node's process began with control, or later: all it counts is of our time."""
        if self.node_began_at is None:
            return False
        return self.node_began_at >= self.history.began_at.timestamp() - STEP_S

    def _note_tasks(self, now: datetime) -> None:
        """Note the jobs that failed since the last look; what only waits for another is that's."""
        failing = self._tasks.troubles()
        failures = self._tasks.failures - self._task_failures
        self._task_failures = self._tasks.failures.copy()
        away = {reason for reason in failing.values() if reason.startswith(DATABASE)}
        for reason in away:
            database = reason.removeprefix(DATABASE)
            self.faults.begin(FaultKind.DATABASE, "", database, now=now)
        if not away:
            self.faults.end(FaultKind.DATABASE, now=now)
        for name, reason in failing.items():
            if not reason.startswith((DATABASE, MEDIA)):
                self.faults.begin(FaultKind.TASK, name, reason, now=now)
        for name in self.faults.lasting(FaultKind.TASK):
            if name not in failing:
                self.faults.end(FaultKind.TASK, name, now=now)
        for name, times in failures.items():
            reason = self._tasks.last_reasons.get(name, "")
            if name not in failing and not reason.startswith((DATABASE, MEDIA)):
                self.faults.note(FaultKind.TASK, name, reason, times=times, now=now)

    def _note_gateways(self, now: datetime) -> None:
        tries = Counter(self._messages.failed_tries())
        failed, self._failed_tries = tries - self._failed_tries, tries
        for (channel, failure), times in failed.items():
            if failure in GATEWAY_REASONS:
                self.faults.note(FaultKind.GATEWAY, channel, failure, times=times, now=now)
            else:
                self.faults.note(FaultKind.REFUSED, channel, times=times, now=now)


def is_busy(load: NodeLoad) -> bool:
    """Whether a node has so much to do that sound may suffer."""
    return load.loop_lag_p95_ms >= BUSY_LAG_MS or load.cpu_ratio >= BUSY_CPU_RATIO


def levels(lobbies: Iterable[Lobby]) -> Levels:
    """Count the connected participants by how their line is."""
    found = Counter(level for lobby in lobbies for level in _levels_of(lobby))
    return Levels(**found)


def _levels_of(lobby: Lobby) -> list[str]:
    """Return the field of `Levels` of each connected side."""
    names = []
    for peer in lobby.peers.values():
        if not peer.connected:
            continue
        if peer.quality is None:
            names.append("unknown")
        elif peer.quality.cause is Cause.SERVER:
            names.append("server")
        elif peer.quality.level in (Level.POOR, Level.NO_CALL):
            names.append("poor")
        else:
            names.append(peer.quality.level.value)
    return names
