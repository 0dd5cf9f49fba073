"""From what was counted in rounds to the figures that are published. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

MAX_LATENESS_MS = 2.0
"""Of the load's sending, p99: above, the offered rate is not the one that was meant."""


@dataclass(frozen=True, slots=True)
class Round:
    """One relay under one load for some seconds."""

    relay: str
    """ours, bare or gcm."""
    calls: int
    seconds: float
    sent: int
    received: int
    """Of these, once or more often, at the peers they were for."""
    changed: int
    """Samples that did not authenticate or were not what was sent."""
    cpu_s: float
    latency_ms_p50: float
    latency_ms_p99: float
    lateness_ms_p99: float
    """Of the load's own sending, behind its timetable."""
    audio_sent: int = 0
    audio_received: int = 0
    lost: int | None = None
    """Sounds and pictures that did not come, of a server that decodes and encodes again: its
    packets are others than those that were sent. None of all others."""

    @property
    def missing(self) -> int:
        """Return what did not come: packets, or sounds and pictures where those are looked for."""
        return self.sent - self.received if self.lost is None else self.lost

    @property
    def faults(self) -> list[str]:
        """Why the round is void; empty when it counts."""
        found = []
        if self.missing:
            what = f"of {self.sent} packets" if self.lost is None else "sounds and pictures"
            found.append(f"{self.missing} {what} lost")
        if self.changed:
            found.append(f"{self.changed} samples changed")
        if self.lateness_ms_p99 > MAX_LATENESS_MS:
            found.append(f"the load fell {self.lateness_ms_p99:.1f} ms behind")
        return found

    @property
    def pps_per_core(self) -> float:
        return self.received / self.cpu_s

    @property
    def cpu_ratio(self) -> float:
        """Share of its core that the relay used."""
        return self.cpu_s / self.seconds

    def row(self) -> dict[str, Any]:
        """Return it for the result file."""
        rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}
        return rounded | {"pps_per_core": round(self.pps_per_core), "void": self.faults}


def pps_per_core(rounds: Sequence[Round], relay: str) -> int | None:
    """Return the median over the rounds of one relay that count; None without any."""
    rates = [r.pps_per_core for r in rounds if r.relay == relay and not r.faults]
    return round(median(rates)) if rates else None


def middle(rounds: Sequence[Round], relay: str) -> Round:
    """Return the round of one relay with the median CPU per packet, of those that count.

    Any that does not when none does.
    """
    ours = [r for r in rounds if r.relay == relay]
    found = sorted((r for r in ours if not r.faults), key=lambda r: r.pps_per_core) or ours
    return found[len(found) // 2]


def calls_at(load: float, rate: int | None, call_per_s: int) -> int:
    """Return how many calls come nearest to `load` (0 to 1) of `rate` packets a second; 1 at least.

    Of an unknown rate as well: whatever is measured then is of one call.
    """
    return max(1, round(load * (rate or 0) / call_per_s))


def summary(
    rates: Mapping[str, int | None], half: Round, kb_per_peer: float, joins_per_s: float
) -> dict[str, float | None]:
    """Return the line that is published; None for what only void rounds could tell.

    Args:
        rates: Packets per CPU second by relay.
        half: The node at half load.
    """
    ours, bare = rates["ours"], rates["bare"]
    counts = ours is not None and not half.faults
    return {
        "pps_per_core": ours,
        "floor_ratio": None if ours is None or bare is None else round(bare / ours, 2),
        "added_ms_p50": round(half.latency_ms_p50, 3) if counts else None,
        "added_ms_p99": round(half.latency_ms_p99, 3) if counts else None,
        "kb_per_peer": round(kb_per_peer) if counts else None,
        "joins_per_s": round(joins_per_s, 1),
    }
