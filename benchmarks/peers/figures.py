"""From the rounds of several servers to the figures that compare them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.relay.figures import Round, calls_at

OURS = "ours"
GROWTH = (1, 5, 20, 50, 100)
"""Calls at which the cost of each server is read as it grows."""
LOADS = (0.1, 0.5, 0.8)
"""Of the packets a second at which a server would use its whole core."""
FULL_RATIO = 0.92
"""Share of its core above which more calls tell nothing."""
LOST_RATIO = 0.01
"""Share of packets that a server may lose and still be asked for more calls; its round is void."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One server, started afresh, joined and played through once."""

    server: str
    number: int
    """Which turn; the same number means about the same time."""
    joins_per_s: float
    """People who joined."""
    idle_mb: float
    """Resident memory before anybody joined."""
    kb_per_peer: float | None
    """Its growth over the people of the calls after the first; None where there was one call."""
    played: Round

    def row(self) -> dict[str, Any]:
        """Return it for the result file."""
        return {
            "server": self.server,
            "number": self.number,
            "joins_per_s": round(self.joins_per_s, 1),
            "idle_mb": round(self.idle_mb, 1),
            "kb_per_peer": None if self.kb_per_peer is None else round(self.kb_per_peer),
            "round": self.played.row(),
        }


def compared(turns: Sequence[Turn]) -> dict[str, dict[str, float | None]]:
    """Return each server's figures over all turns that count, in the order in which they came."""
    return {name: _figures(turns, name) for name in dict.fromkeys(t.server for t in turns)}


def _figures(turns: Sequence[Turn], name: str) -> dict[str, float | None]:
    own = [turn for turn in turns if turn.server == name]
    rates = [turn.played.pps_per_core for turn in own if not turn.played.faults]
    ratios = list(_ratios(turns, own))
    joins = [turn.joins_per_s for turn in own if turn.joins_per_s]
    grown = [turn.kb_per_peer for turn in own if turn.kb_per_peer is not None]
    per_call = [
        turn.played.received / turn.played.seconds / turn.played.calls
        for turn in own
        if not turn.played.faults
    ]
    return {
        "turns": len(rates),
        "calls": own[0].played.calls,
        "pps_per_core": _rounded(rates, median, 0),
        "pps_per_core_low": _rounded(rates, min, 0),
        "pps_per_core_high": _rounded(rates, max, 0),
        "call_per_s": _rounded(per_call, median, 0),
        "ratio": _rounded(ratios, median, 3),
        "ratio_low": _rounded(ratios, min, 3),
        "ratio_high": _rounded(ratios, max, 3),
        "joins_per_s": _rounded(joins, median, 1),
        "idle_mb": _rounded([turn.idle_mb for turn in own], median, 1),
        "kb_per_peer": _rounded(grown, median, 0),
    }


def _ratios(turns: Sequence[Turn], own: Iterable[Turn]) -> Iterable[float]:
    """Yield packets per CPU second over ours of the same turn, where both count."""
    ours = {t.number: t.played for t in turns if t.server == OURS and not t.played.faults}
    for turn in own:
        if turn.number in ours and not turn.played.faults:
            yield turn.played.pps_per_core / ours[turn.number].pps_per_core


def _rounded(values: Sequence[float], choose: Any, places: int) -> float | None:
    """Return one of the values, or their median; None without any."""
    if not values:
        return None
    number = round(float(choose(values)), places)
    return number if places else int(number)


def points(rate: float | None, call_per_s: float | None, most: int) -> list[tuple[int, str | None]]:
    """Return at how many calls a server is read, ascending, and which load that is, if one.

    Args:
        rate: Its packets per CPU second; None where unknown: then no loads.
        call_per_s: Packets a second that it sends for one call; None where unknown as well.
        most: Calls that the load can play.
    """
    loads = []
    if rate and call_per_s:
        loads = [
            (calls_at(share, round(rate), round(call_per_s)), f"{share:.0%}")
            for share in LOADS
            if share * rate > call_per_s / 2  # no fewer than one call can be played
        ]
    found: list[tuple[int, str | None]] = [(calls, load) for calls, load in loads]
    taken = {calls for calls, _ in loads}
    found += [(calls, None) for calls in GROWTH if calls not in taken]
    return sorted((p for p in found if p[0] <= most), key=lambda point: point[0])


def is_full(found: Round) -> bool:
    """Whether more calls would tell nothing: it loses more than by chance, or has no core left."""
    most = LOST_RATIO * found.sent if found.lost is None else 0
    return found.missing > most or found.cpu_ratio > FULL_RATIO


def line(figures: Mapping[str, Mapping[str, float | None]]) -> dict[str, Any]:
    """Return the line that is published: each server's packets per CPU second and over ours."""
    return {
        "peers": {
            name: {"pps_per_core": own["pps_per_core"], "ratio": own["ratio"]}
            for name, own in figures.items()
        }
    }


def others_cpu(busy_s: float, own_s: float, passed_s: float, cpus: int) -> float:
    """Return the share of the machine that others used: 0 to 1.

    Args:
        busy_s: CPU time of all cores that was not idle.
        own_s: Of it, ours and that of the servers.
    """
    return round(min(1.0, max(0.0, busy_s - own_s) / (passed_s * cpus)), 3)
