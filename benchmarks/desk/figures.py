"""The figures of the desk, from what was measured. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles

TO_REACH = {
    "home_ms_p95": 100.0,
    "search_ms_p95": 50.0,
    "arrival_ms_p95": 300.0,
    "patient_kb": 100.0,
    "patient_usable_s": 1.5,
    "therapist_kb": 180.0,
}


@dataclass(frozen=True, slots=True)
class Load:
    """One first load of a page."""

    size_bytes: int
    """All that came over the wire, heads included."""
    usable_s: float


def p95(values: list[float]) -> float:
    """Return the 95th percentile, to a tenth."""
    return round(quantiles(values, n=20, method="inclusive")[18], 1)


def median_load(loads: list[Load]) -> Load:
    """Return the load whose time to usable is in the middle."""
    return sorted(loads, key=lambda load: load.usable_s)[len(loads) // 2]


def line(times_ms: dict[str, list[float]], patient: Load, therapist: Load) -> dict[str, float]:
    """Return the benchmark's one line; therapist's time and the other lists stand beside it."""
    figures = {f"{name}_ms_p95": p95(values) for name, values in times_ms.items()}
    return figures | {
        "patient_kb": round(patient.size_bytes / 1000, 1),
        "patient_usable_s": round(patient.usable_s, 2),
        "therapist_kb": round(therapist.size_bytes / 1000, 1),
        "therapist_usable_s": round(therapist.usable_s, 2),
    }


def missed(figures: dict[str, float]) -> list[str]:
    """Return the figures that are over what they have to reach."""
    return [name for name, most in TO_REACH.items() if figures[name] > most]
