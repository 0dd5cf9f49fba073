"""Put the newest comparison into docs/benchmarks.md: `python -m benchmarks.peers.render`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.peers.figures import OURS
from benchmarks.peers.plot import plot, points_of
from benchmarks.tables import PAGE, ROOT, put_into, table

NAME = "peers"
PICTURE = ROOT / "docs" / "images" / "peers.svg"
BUSY_RATIO = 0.05
"""Share of the machine that others may use before the page says that they disturbed."""
NOT_SERVERS = ("bare", "gcm")
Result = Mapping[str, Any]
_LOADS = ("10%", "50%", "80%")
_BETTER = (
    ("pps_per_core", "packets per CPU second", False),
    ("joins_per_s", "joins a second", False),
    ("kb_per_peer", "memory of a person", True),
    ("idle_mb", "memory at rest", True),
)
"""Key, words, and whether less is better."""


def rendered(result: Result) -> str:
    """Return the section of one result, as Markdown."""
    return "\n".join(
        [
            f"{result['measured_at'][:10]}, {result['cpus']} cores ({result['processor']}), Linux "
            f"{result['kernel']}, Python {result['python']}, rounds of "
            f"{result['seconds_of_a_round']:g} s. {_quiet(result)}",
            "",
            "Medians of the turns, with the lowest and highest in brackets; over ours is packets "
            "per CPU second over ours of the same turn, so above 1 the other is ahead. Joining is "
            "all that a server asks of a person until both ways are connected, by one connection "
            "or by two, the load client's own work on it included:",
            "",
            *table(
                ("", "version", "calls", "packets per CPU second", "over ours", "µs a packet",
                 "joins a second", "kB a person", "MB at rest"),
                (_compared(result, name) for name in result["compared"]),
            ),
            "",
            "Added latency of each server at a share of the load that fills its own core, "
            "p50 · p99 in ms, with the calls:",
            "",
            *table(("", *_LOADS), (_loads(result, name) for name in result["by_load"])),
            "",
            "CPU per packet in µs · latency p99 in ms as calls grow; void rounds say why. – is not "
            "measured, where a server lost packets or had no core left before, the load "
            "client could send no more, or the time was over:",
            "",
            *table(("calls", *(str(n) for n in _numbers(result))), _grown(result)),
            "",
            "![CPU per packet over packets a second, a line for each server](images/peers.svg)",
            "",
            *_ahead(result),
            "",
            "What is unfair:",
            "",
            *(f"- **{own['label']}**: {own['unfair']}" for own in result["servers"].values()),
            *_skipped(result),
        ]
    )  # fmt: skip


def _quiet(result: Result) -> str:
    """Say whether others disturbed, and what else was noted by hand."""
    others: float = result["others_cpu"]
    notes = f" {result['notes']}" if "notes" in result else ""
    if others <= BUSY_RATIO:
        return f"Others used {others:.0%} of the machine.{notes}"
    return (
        f"**Others worked beside it**: they used {others:.0%} of the machine, so that latencies "
        f"and rates of joining are worse than on a quiet one, and ratios less sure.{notes}"
    )


def _label(result: Result, name: str) -> str:
    label: str = result["servers"][name]["label"]
    return label


def _compared(result: Result, name: str) -> tuple[str, ...]:
    own = result["compared"][name]
    rate = own["pps_per_core"]
    return (
        _label(result, name),
        result["servers"][name]["version"],
        str(own["calls"]),
        _spread(own, "pps_per_core", ","),
        _spread(own, "ratio", ".2f"),
        f"{1e6 / rate:.1f}" if rate else "void",
        _or_dash(own["joins_per_s"], ",.0f"),
        _or_dash(own["kb_per_peer"], ",.0f"),
        _or_dash(own["idle_mb"], ",.0f"),
    )


def _spread(own: Mapping[str, float | None], key: str, form: str) -> str:
    middle, low, high = (own[key + end] for end in ("", "_low", "_high"))
    if middle is None:
        return "void"
    if own["turns"] == 1:
        return f"{middle:{form}}"
    return f"{middle:{form}} ({low:{form}}–{high:{form}})"


def _or_dash(figure: float | None, form: str) -> str:
    return "–" if figure is None else f"{figure:{form}}"


def _loads(result: Result, name: str) -> tuple[str, ...]:
    rows = result["by_load"][name]
    return (_label(result, name), *(_load(rows.get(load)) for load in _LOADS))


def _load(row: Result | None) -> str:
    if row is None:
        return "–"
    if row["void"]:
        return f"void, {_why(row)} ({row['calls']})"
    return f"{row['latency_ms_p50']:.2f} · {row['latency_ms_p99']:.2f} ({row['calls']})"


def _why(row: Result) -> str:
    """Return why a round is void, as shares that can be compared."""
    lost = 1 - row["received"] / row["sent"] if row["lost"] is None else None
    if lost:
        return f"{lost:.2%} lost"
    return "; ".join(row["void"])


def _numbers(result: Result) -> list[int]:
    """Return the calls of the growth that any server came to, without those of loads alone."""
    loads = {
        row["calls"] for rows in result["by_load"].values() for row in rows.values()
    } - {1, 5, 20, 50, 100}  # fmt: skip
    every = {row["calls"] for rows in result["by_calls"].values() for row in rows}
    return sorted(every - loads)


def _grown(result: Result) -> Iterator[tuple[str, ...]]:
    for name, rows in result["by_calls"].items():
        by_calls = {row["calls"]: row for row in rows}
        yield (_label(result, name), *(_cost(by_calls.get(n)) for n in _numbers(result)))


def _cost(row: Result | None) -> str:
    if row is None:
        return "–"
    if row["void"]:
        return f"void, {_why(row)}"
    return f"{1e6 * row['cpu_s'] / row['received']:.1f} · {row['latency_ms_p99']:.2f}"


def _ahead(result: Result) -> Iterator[str]:
    """Say in which figures which server does better than ours; relays that are none aside."""
    ours = result["compared"].get(OURS, {})
    found = [
        (words, name)
        for key, words, less in _BETTER
        for name, own in result["compared"].items()
        if name not in NOT_SERVERS and _is_better(own[key], ours.get(key), less)
    ]
    found += [
        (f"latency p99 at {load} load", name)
        for load in _LOADS
        for name in result["by_load"]
        if name not in NOT_SERVERS and _is_quicker(result["by_load"], name, load)
    ]
    for words in dict.fromkeys(words for words, _ in found):
        names = [_label(result, name) for said, name in found if said == words]
        yield f"- Ahead of ours in {words}: {'; '.join(names)}."
    if not found:
        yield "No server is ahead of ours in any of these figures."


def _is_better(figure: float | None, ours: float | None, less: bool) -> bool:
    if figure is None or ours is None:
        return False
    return figure < ours if less else figure > ours


def _is_quicker(by_load: Mapping[str, Any], name: str, load: str) -> bool:
    rows = [by_load.get(who, {}).get(load) for who in (name, OURS)]
    if any(row is None or row["void"] for row in rows):
        return False
    return bool(rows[0]["latency_ms_p99"] < rows[1]["latency_ms_p99"])


def _skipped(result: Result) -> Iterator[str]:
    if result["skipped"]:
        yield ""
        yield "Not compared: " + "; ".join(f"{n}: {why}" for n, why in result["skipped"].items())


def picture(result: Result) -> str:
    """Return the plot of one result, as SVG."""
    series = {
        _label(result, name): points_of(rows) for name, rows in result["by_calls"].items()
    }  # fmt: skip
    return plot(series, f"CPU per packet over packets a second, {result['measured_at'][:10]}")


def main() -> None:
    newest = max((ROOT / "benchmarks" / "results").glob("peers-*.json"))
    result = json.loads(newest.read_text())
    text = f"`{newest.name}`: " + rendered(result)
    PAGE.write_text(put_into(PAGE.read_text(), NAME, text))
    PICTURE.write_text(picture(result))
    print(f"{newest.name} is in {PAGE.relative_to(ROOT)} and {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
