"""Put the newest soak into docs/benchmarks.md: `python -m benchmarks.soak.render`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks.relay.traffic import CALL_PER_S
from benchmarks.soak.figures import ALLOWED, Slope, verdict
from benchmarks.tables import put_newest, table

_SAID = {
    "memory_kb": "resident memory, kB",
    "objects": "Python objects made since the start",
    "tasks": "asyncio tasks among them",
    "threads": "threads",
    "files": "file descriptors",
    "p50_ms": "added latency p50, ms",
    "p99_ms": "the same, p99",
    "packet_pieces": "CPU per packet over that of a fixed piece of work",
}


def rendered(result: Mapping[str, Any]) -> str:
    """Return the table of one result, as Markdown."""
    samples = result["samples"]
    return "\n".join(
        [
            f"{result['measured_at'][:10]}, {result['minutes']:g} minutes of {result['calls']} "
            f"calls{_share(result)}, {len(samples)} rounds, {result['void_rounds']} of them void; "
            f"{result['cpus']} "
            f"cores, load average {result['load_average_before']} before, Python "
            f"{result['python']}:",
            "",
            *table(
                ("", "first", "last", "change in an hour", "95 % interval", "flat in the run", ""),
                _rows(result),
            ),
        ]
    )


def _share(result: Mapping[str, Any]) -> str:
    """Say how much of its core the node used: half is what is aimed at."""
    costs_us = [s["packet_us"] for s in result["samples"] if s.get("packet_us") is not None]
    if not costs_us:
        return ""
    return f", which take {result['calls'] * CALL_PER_S * median(costs_us) / 1e6:.0%} of its core"


def _rows(result: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, words in _SAID.items():
        values = [s[name] for s in result["samples"] if s[name] is not None]
        first, last = (f"{values[at]:,g}" if values else "–" for at in (0, -1))
        allowed = f"{ALLOWED[name]:,g}"
        found = result["slopes_per_h"][name]
        if found is None:
            yield (words, first, last, "–", "–", allowed, "too few rounds")
            continue
        own = Slope(*found)
        told = verdict(name, own, result["minutes"] / 60)
        interval = f"{own.low:+,.2f} to {own.high:+,.2f}"
        yield (
            words,
            first,
            last,
            f"{own.middle:+,.2f}",
            interval,
            allowed,
            f"**{told}**" if told == "grows" else told,
        )


if __name__ == "__main__":
    put_newest("soak", rendered)
