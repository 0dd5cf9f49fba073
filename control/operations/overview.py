"""Use cases of the operator's page: read everything, drain a node."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from control.data.database import Authority, Database
from control.errors import NotFound
from control.operations.messages import (
    Bin,
    ChannelView,
    Distribution,
    FaultView,
    NodeView,
    Overview,
    Samples,
)
from control.operations.model import Fault, Sample, summed
from control.operations.ports import ChannelTally, MessageTally
from control.operations.watch import NODE, Watch, is_busy
from control.version import installed_version


class OverviewService:
    """Tells an operator how it goes; who asks is judged first, as everywhere."""

    def __init__(self, database: Database, watch: Watch, messages: MessageTally) -> None:
        self._database = database
        self._watch = watch
        self._messages = messages
        self._version = installed_version()  # read once: an upgrade installs another under us

    async def read(self, me: Authority, after: datetime | None, *, now: datetime) -> Overview:
        """Return how it is, with the samples later than `after`.

        Raises:
            Unauthenticated: operator_needed.
        """
        async with self._database.read(by=me) as tx:
            channels = await self._messages.count(tx, now=now)
        history = self._watch.history
        kept = history.after(None)
        return Overview(
            now=now,
            began_at=history.began_at,
            version=self._version,
            nodes=[self._node()],
            samples=_columns(history.after(after)),
            joins=_distribution(history.join_bounds_s, [sample.added.joins for sample in kept]),
            failed_joins=sum(sample.added.failed_joins for sample in kept),
            starts=_distribution(history.start_bounds_s, [sample.added.starts for sample in kept]),
            gaps=_distribution(history.gap_bounds_s, [sample.added.gaps for sample in kept]),
            channels=[_channel(tally) for tally in channels],
            faults=[_fault(fault) for fault in self._watch.faults],
        )

    async def drain(self, me: Authority, node_id: str, draining: bool) -> NodeView:
        """Let a node take no new visits, or all again.

        Raises:
            Unauthenticated: operator_needed.
            NotFound: no_node.
            Unavailable: media_away.
        """
        async with self._database.read(by=me):
            pass  # judged right before the command, not around it: a node may take seconds
        if node_id != NODE:
            raise NotFound("no_node", "There is no such node.")
        await self._watch.drain(draining)
        return self._node()

    def _node(self) -> NodeView:
        load, began_at = self._watch.load, self._watch.node_began_at
        if load is None:
            return NodeView(
                id=NODE,
                state="away",
                cpu_ratio=None,
                rooms=None,
                peers=None,
                loop_lag_p95_ms=None,
                packet_core=None,
                began_at=None,
                version=None,
            )
        return NodeView(
            id=NODE,
            state="draining" if load.draining else "busy" if is_busy(load) else "good",
            cpu_ratio=load.cpu_ratio,
            rooms=load.rooms,
            peers=load.peers,
            loop_lag_p95_ms=load.loop_lag_p95_ms,
            packet_core=load.packet_core,
            began_at=None if began_at is None else datetime.fromtimestamp(began_at, UTC),
            version=load.version or None,
        )


def _columns(samples: Sequence[Sample]) -> Samples:
    return Samples(
        at=[sample.at for sample in samples],
        sessions=[sample.sessions for sample in samples],
        waiting=[sample.waiting for sample in samples],
        peers=[sample.peers for sample in samples],
        good=[sample.levels.good for sample in samples],
        fair=[sample.levels.fair for sample in samples],
        poor=[sample.levels.poor for sample in samples],
        server=[sample.levels.server for sample in samples],
        unknown=[sample.levels.unknown for sample in samples],
        sent_up=[sample.added.sent_up for sample in samples],
        lost_up=[sample.added.lost_up for sample in samples],
        sent_down=[sample.added.sent_down for sample in samples],
        lost_down=[sample.added.lost_down for sample in samples],
    )


def _distribution(bounds_s: Sequence[float], rows: list[tuple[int, ...]]) -> Distribution:
    counts = summed(rows, len(bounds_s))
    bins = [
        Bin(up_to_s=None if math.isinf(bound) else bound, count=count)
        for bound, count in zip(bounds_s, counts, strict=True)
    ]
    total, so_far, p95_s = sum(counts), 0, None
    for each in bins if total else []:
        so_far += each.count
        if so_far >= 0.95 * total:
            p95_s = each.up_to_s
            break
    return Distribution(count=total, p95_s=p95_s, bins=bins)


def _channel(tally: ChannelTally) -> ChannelView:
    return ChannelView(
        channel=tally.channel,
        waiting=tally.waiting,
        sent=tally.sent,
        failed=tally.failed,
        oldest_waits_since=tally.oldest_waits_since,
    )


def _fault(fault: Fault) -> FaultView:
    return FaultView(
        kind=fault.kind,
        subject=fault.subject,
        reason=fault.reason,
        began_at=fault.began_at,
        last_at=fault.last_at,
        times=fault.times,
        lasts=fault.lasts,
    )
