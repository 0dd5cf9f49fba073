"""Whether what was sampled over a long time is flat. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean

HOUR_S = 3600.0
FEWEST = 5
"""Samples, below which nothing is said."""
SURE = 0.95
WARM_SHARE = 0.2
"""Of a run, whose samples are kept and not judged: memory comes to its height in steps, the last of
which came in the fourth minute of a run of five."""
ALLOWED = {
    "memory_kb": 1_024.0,
    "objects": 2_000.0,
    "tasks": 1.0,
    "threads": 0.5,
    "files": 1.0,
    "p50_ms": 0.05,
    "p99_ms": 1.0,
    "packet_pieces": 0.3,
}
"""Change over a whole run that is flat all the same, whatever its sign of chance."""


@dataclass(frozen=True, slots=True)
class Slope:
    """How a figure changes in an hour."""

    middle: float
    low: float
    high: float

    def row(self) -> list[float]:
        """Return it for the result file."""
        return [round(value, 3) for value in (self.middle, self.low, self.high)]


def slope(times_s: Sequence[float], values: Sequence[float]) -> Slope | None:
    """Return the slope by least squares with its interval; None of fewer than five samples."""
    count = len(values)
    if count < FEWEST:
        return None
    mean_t, mean_v = fmean(times_s), fmean(values)
    spread = sum((t - mean_t) ** 2 for t in times_s)
    pairs = list(zip(times_s, values, strict=True))
    steep = sum((t - mean_t) * (v - mean_v) for t, v in pairs) / spread
    left = sum((v - mean_v - steep * (t - mean_t)) ** 2 for t, v in pairs)
    error = sqrt(left / (count - 2) / spread)
    reach = quantile(count - 2) * error
    return Slope(*(HOUR_S * value for value in (steep, steep - reach, steep + reach)))


def quantile(freedom: int) -> float:
    """Return Student's t for a two-sided interval of `SURE`; Cornish and Fisher's expansion.

    Three freedoms and more: within 0.5 % of the tables.
    """
    z = NormalDist().inv_cdf((1 + SURE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    fourth = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160
    terms = (first, second, third, fourth)
    return float(z + sum(term / freedom**n for n, term in enumerate(terms, 1)))


def grows(name: str, found: Slope | None, hours: float) -> bool:
    """Whether a figure is sure to have grown by more than is flat, over a run of these hours."""
    return found is not None and found.low * hours > ALLOWED[name]


def verdict(name: str, found: Slope, hours: float) -> str:
    """Say in words what is sure of a figure over a run of these hours."""
    if grows(name, found, hours):
        return "grows"
    return "flat" if found.high * hours <= ALLOWED[name] else "not sure"


def slopes(samples: Sequence[Mapping[str, float | None]]) -> dict[str, Slope | None]:
    """Return the slope of each figure over the samples that have it, from when all is warm."""
    found = {}
    warm_s = WARM_SHARE * max((s["at_s"] or 0.0 for s in samples), default=0.0)
    warm = [s for s in samples if (s["at_s"] or 0.0) >= warm_s]
    for name in ALLOWED:
        pairs = [(s["at_s"], s[name]) for s in warm if s.get(name) is not None]
        found[name] = slope([t or 0.0 for t, _ in pairs], [v or 0.0 for _, v in pairs])
    return found
