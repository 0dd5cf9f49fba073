"""Put the newest result into docs/benchmarks.md: `python -m benchmarks.relay.render`.

A full one, where there is any: its name comes last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.tables import PAGE, ROOT, put_into, table

NAME = "relay"
_TO_REACH = {
    "pps_per_core": "25,000, better 40,000",
    "floor_ratio": "",
    "added_ms_p50": "",
    "added_ms_p99": "3 ms",
    "kb_per_peer": "400 kB",
    "joins_per_s": "60",
}
_SAID = {
    "pps_per_core": "packets forwarded per CPU second of the node",
    "floor_ratio": "CPU per packet, over a bare relay's",
    "added_ms_p50": "added latency at half load, p50, ms",
    "added_ms_p99": "the same, p99",
    "kb_per_peer": "memory of a loaded peer, kB",
    "joins_per_s": "joins a second",
}


def rendered(result: Mapping[str, Any]) -> str:
    """Return the tables of one result, as Markdown; by calls only where it is a full one."""
    relays = result["relays"]
    return "\n".join(
        [
            f"{result['measured_at'][:10]}, {result['cpus']} cores, load average "
            f"{result['load_average_before']} before, Python {result['python']}:",
            "",
            *table(
                ("", "measured", "to reach"),
                ((text, _number(result[key]), _TO_REACH[key]) for key, text in _SAID.items()),
            ),
            "",
            f"By turns at {_compared(result)} calls, packets per CPU second: bare relay "
            f"{_number(relays['bare'])}, with AES-GCM {_number(relays['gcm'])}, ours "
            f"{_number(relays['ours'])}.",
            "",
            *table(
                ("load", "calls", "core used", "p50", "p99"),
                ((load, *_cells(row)) for load, row in result["by_load"].items()),
            ),
            *_by_calls(result["by_calls"]),
        ]
    )


def _by_calls(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a table of ours by calls, beside a bare relay under the same load."""
    if not rows:
        return []
    head = ("calls", "core used", "by each call", "µs a packet", "a bare relay's", "p50", "p99")
    bare = {row["calls"]: row for row in rows if row["relay"] == "bare"}
    ours = [row for row in rows if row["relay"] == "ours"]
    return ["", *table(head, (_call_cells(row, bare.get(row["calls"])) for row in ours))]


def _compared(result: Mapping[str, Any]) -> int:
    return next(int(row["calls"]) for row in result["rounds"] if row["relay"] == "bare")


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    if row["void"]:
        return (str(row["calls"]), *["void"] * 3)
    used = row["cpu_s"] / row["seconds"]
    return (
        str(row["calls"]),
        f"{used:.0%}",
        f"{row['latency_ms_p50']:.2f} ms",
        f"{row['latency_ms_p99']:.2f} ms",
    )


def _call_cells(row: Mapping[str, Any], bare: Mapping[str, Any] | None) -> tuple[str, ...]:
    calls, used, *latency = _cells(row)
    each = f"{row['cpu_s'] / row['seconds'] / row['calls']:.2%}"
    return (
        calls,
        used,
        "void" if row["void"] else each,
        _packet_us(row),
        _packet_us(bare),
        *latency,
    )


def _packet_us(row: Mapping[str, Any] | None) -> str:
    """Return the CPU per packet, nothing where it was not measured, as until 2026-11-24."""
    if row is None:
        return ""
    return "void" if row["void"] else f"{1e6 * row['cpu_s'] / row['received']:.1f}"


def _number(figure: float | None) -> str:
    return "void" if figure is None else f"{figure:,}"


def main() -> None:
    newest = max((ROOT / "benchmarks" / "results").glob("relay-*.json"))
    PAGE.write_text(put_into(PAGE.read_text(), NAME, rendered(json.loads(newest.read_text()))))
    print(f"{newest.name} is in {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
