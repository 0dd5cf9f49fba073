"""From the emulator's account and the node's to the figures that are published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.link import Fate
from benchmarks.repair.journal import Journal

RTT_S = 0.05
WITHIN_ONE_S = RTT_S + 0.02
WITHIN_TWO_S = 2 * RTT_S + 0.04


@dataclass(frozen=True, slots=True)
class Leg:
    """One way of a line during one phase of a run."""

    direction: Direction
    ssrc: int
    """Of the pictures on this way."""
    since: float
    until: float


def repairs(leg: Leg, records: Iterable[Record], journal: Journal) -> list[float]:
    """Return how long after its loss could be known each lost packet was there; inf for never."""
    ours = [it for it in records if it.direction is leg.direction and not it.copy]
    there = _there(leg, ours, journal)
    known_at, after = None, []
    for it in reversed([it for it in ours if it.ssrc == leg.ssrc]):
        if it.fate is Fate.DELIVERED:
            known_at = it.time_out
        elif it.fate is Fate.LOST and known_at is not None and leg.since <= it.time_in < leg.until:
            after.append(there.get(it.seq, inf) - known_at)
    return after


def _there(leg: Leg, ours: Sequence[Record], journal: Journal) -> dict[int, float]:
    """Return when each repaired packet of the leg was at its end."""
    if leg.direction is Direction.UP:
        return {seq: at for (ssrc, seq), at in journal.accepted.items() if ssrc == leg.ssrc}
    there: dict[int, float] = {}
    for it in ours:
        carried = journal.resends.get((it.ssrc, it.seq))
        if it.fate is Fate.DELIVERED and carried is not None and carried[0] == leg.ssrc:
            there.setdefault(carried[1], it.time_out)
    return there


def figures(after: Sequence[float]) -> dict[str, float | int]:
    """Return how many were lost, and the shares that were there after one and two round trips."""
    ordered = sorted(after)
    return {
        "lost": len(ordered),
        "within_1": _share(ordered, WITHIN_ONE_S),
        "within_2": _share(ordered, WITHIN_TWO_S),
        "ms_p50": round(ordered[len(ordered) // 2] * 1000, 1) if ordered else inf,
    }


def _share(after: Sequence[float], limit_s: float) -> float:
    return round(sum(it <= limit_s for it in after) / len(after), 4) if after else 0.0
