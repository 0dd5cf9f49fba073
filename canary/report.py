"""What is told of visits: a JSON line, lines for people, and metrics for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from canary.visit import Stage, State, Visit
from sfu.probe import score


def as_json(url: str, visits: Sequence[Visit]) -> str:
    """Return one line for programs."""
    return json.dumps({
        "url": url,
        "ok": is_good(visits),
        "paths": {visit.path: _fields(visit) for visit in visits},
    })  # fmt: skip


def is_good(visits: Sequence[Visit]) -> bool:
    """Whether nothing failed; what is not configured has not."""
    return all(visit.state is not State.FAILED for visit in visits)


def in_words(visit: Visit) -> str:
    """Return one line for people."""
    match visit.state:
        case State.NOT_CONFIGURED:
            return f"{visit.path}: not configured: {visit.words}"
        case State.FAILED:
            return f"{visit.path}: failed at {visit.failed}: {visit.words}"
    assert visit.first_audio_s is not None
    assert visit.r is not None
    assert visit.loss_ratio is not None
    return (
        f"{visit.path}: both heard each other {visit.first_audio_s:.2f} s after ACCEPT, "
        f"R {visit.r:.0f}, loss {100 * visit.loss_ratio:.1f} %"
    )


def _fields(visit: Visit) -> dict[str, Any]:
    if visit.state is State.NOT_CONFIGURED:
        return {"state": visit.state, "why": visit.words}
    fields: dict[str, Any] = {
        "state": visit.state,
        "stages_s": {stage: round(took_s, 3) for stage, took_s in visit.stages_s.items()},
    }
    if visit.state is State.FAILED:
        return fields | {"failed": visit.failed, "why": visit.words}
    assert visit.r is not None
    return fields | {
        "first_audio_s": _rounded(visit.first_audio_s, 3),
        "r": round(visit.r, 1),
        "mos": round(score.mos(visit.r), 2),
        "loss_ratio": _rounded(visit.loss_ratio, 4),
        "rtt_ms": _rounded(visit.rtt_ms, 1),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


class Metrics:
    """The last round as gauges, and all visits since the start as a counter."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges: list[Gauge] = []
        """Of the last round."""
        self._success = self._gauge("success", "Whether the last visit went well.", "path")
        self._stage = self._gauge(
            "stage_success", "Whether the last visit got through this stage.", "path", "stage"
        )
        self._stage_s = self._gauge(
            "stage_seconds", "How long this stage of the last visit took.", "path", "stage"
        )
        self._first_audio_s = self._gauge(
            "first_audio_seconds", "From ACCEPT until both sides heard the other.", "path"
        )
        self._r = self._gauge(
            "r_factor", "R of the E-model (G.107), 0 to 93, of the worse side.", "path"
        )
        self._round_at = self._gauge(
            "last_round_timestamp_seconds", "When the last round of visits ended."
        )
        self._visits = Counter(
            "visavis_canary_visits",
            "Synthetic visits by result.",
            ["path", "result"],
            registry=self.registry,
        )

    def take(self, visits: Sequence[Visit], now: float) -> None:
        """Show a round that ended `now`, in seconds of Unix time, and nothing of those before."""
        for gauge in self._gauges:
            gauge.clear()
        for visit in visits:
            if visit.state is not State.NOT_CONFIGURED:
                self._take(visit)
        self._round_at.set(now)

    def _take(self, visit: Visit) -> None:
        path, went_well = visit.path, visit.state is State.OK
        self._visits.labels(path, visit.state).inc()
        self._success.labels(path).set(went_well)
        for stage in Stage:
            self._stage.labels(path, stage).set(stage in visit.stages_s)
        for stage, took_s in visit.stages_s.items():
            self._stage_s.labels(path, stage).set(took_s)
        if visit.first_audio_s is not None:
            self._first_audio_s.labels(path).set(visit.first_audio_s)
        if visit.r is not None:
            self._r.labels(path).set(visit.r)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        gauge = Gauge(f"visavis_canary_{name}", text, labels, registry=self.registry)
        if labels:
            self._gauges.append(gauge)
        return gauge
