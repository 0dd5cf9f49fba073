"""Put the newest result into docs/benchmarks.md: `python -m benchmarks.probe.render`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.tables import PAGE, ROOT, put_into, table

NAME = "probe"

_ROWS = (
    ("rtt_ok", "round trip within 3 ms or 5 %", "95 %"),
    ("loss_in_interval", "loss of both directions inside its interval", "93 %"),
    ("loss_direction", "the direction that loses more by 3 points is the one told", "95 %"),
    ("jitter_ok", "mean \\|D\\| of both directions within 1.5 ms or 15 %", ""),
    ("downlink_ok", "capacity down within 10 %; 15 % on lines with loss or jitter", ""),
    ("uplink_ok", "capacity up, −20 to +10 %, up to 2 % loss", ""),
    ("level_ok", "level right", "95 %"),
    ("level_off_by_two", "level off by two, runs", "0"),
    ("cause_ok", "cause right, also of changes in calls and of stalls of the node", "95 %"),
    ("first_verdict_s_p95", "first verdict, p95", "3 s"),
    ("check_s_p95", "whole check, p95", "10 s"),
    ("check_mb_max", "bytes of a check, most", "1.5 MB"),
    ("warn_s_p95", "from a change for the worse to the warning, p95", "6 s"),
    ("clear_s_p95", "from a change for the better to its end, p95", "15 s"),
    ("false_alarms_per_h", "false alarms an hour, clean and 1 % loss", "1"),
)
_LINE_HEAD = (
    "line",
    "level",
    "told, runs",
    "round trip, ms",
    "loss up, %",
    "loss down, %",
    "up, kbit/s",
    "down, kbit/s",
)
_BESIDE = (
    ("level_exact", "level right, and next to a threshold no other allowed"),
    ("line_mb_max", "all that crossed the line in a check's time, most"),
    ("light_checks", "checks with `Save-Data`"),
    ("light_level_ok", "their level right"),
    ("light_s_p95", "they whole, p95"),
    ("light_mb_max", "their bytes, most; at most 0.25 MB"),
    ("light_line_mb_max", "all that crossed the line in their time, most"),
    ("random_checks", "checks of random lines, one each, that nothing was tuned to"),
    ("random_level_ok", "their level right"),
    ("random_level_off_by_two", "off by two"),
    ("random_cause_ok", "their cause right"),
    ("random_rtt_ok", "their round trip"),
    ("random_loss_in_interval", "their loss inside its interval"),
    ("random_loss_direction", "their direction of loss"),
    ("random_jitter_ok", "their mean \\|D\\|"),
    ("random_downlink_ok", "their capacity down"),
    ("random_uplink_ok", "their capacity up"),
    ("stalls", "times that the node was loaded or stopped on purpose"),
    ("stalls_named", "of these the server was named in"),
    ("stalls_blamed", "and somebody's line was blamed in"),
    ("call_hours", "hours of calls on clean lines and with 1 % loss"),
    ("false_alarms_per_h_at_most", "false alarms an hour at most, at 95 %, by so many hours"),
)
_UNITS = {"_s_p95": " s", "_mb_max": " MB"}


def rendered(result: Mapping[str, Any]) -> str:
    """Return the tables of one result, as Markdown."""
    lines = result["lines"]
    others = list(next(iter(lines.values()))["others"]) if lines else []
    runs = sum(line["runs"] for line in lines.values())
    failed = len(result["failed"])
    return "\n".join(
        [
            f"{result['measured_at'][:10]}, {result['cpus']} cores, load average "
            f"{result['load_average_before']} before; {runs} checks of {len(lines)} lines, "
            f"{result['void']} runs void, {failed} failed:",
            "",
            *table(
                ("", "measured", "to reach"),
                ((text, _figure(name, result[name]), goal) for name, text, goal in _ROWS),
            ),
            "",
            "Beside them, of the same runs:",
            "",
            *table(
                ("", "measured"),
                (
                    (text, _figure(name, result["beside"][name]))
                    for name, text in _BESIDE
                    if result["beside"][name] is not None
                ),
            ),
            "",
            "Each line, means of what was told · of what was true:",
            "",
            *table(
                _LINE_HEAD,
                (_line_cells(name, line) for name, line in lines.items()),
            ),
            "",
            "What is right of each line, and in how many runs ours and the published formulas of "
            "others say so when they are given the true numbers:",
            "",
            *table(
                ("line", "right", "ours", *others),
                (_other_cells(name, line, others) for name, line in lines.items()),
            ),
        ]
    )


def _line_cells(name: str, line: Mapping[str, Any]) -> tuple[str, ...]:
    told = line["told"]["told_and_true"]
    levels = line["told"]["levels"]
    return (
        f"{name}: {line['says']}",
        line["level"],
        " · ".join(f"{words} {count}" for words, count in levels.items()),
        _pair(told["rtt_ms"]),
        _pair(told["loss_up"], 100),
        _pair(told["loss_down"], 100),
        _pair(told["capacity_up_bps"], 0.001, places=0),
        _pair(told["capacity_down_bps"], 0.001, places=0),
    )


def _other_cells(name: str, line: Mapping[str, Any], others: Sequence[str]) -> tuple[str, ...]:
    return (
        name,
        line["level"],
        _share(line["level_ok"]),
        *(_other_cell(line["others"][other]) for other in others),
    )


def _other_cell(other: Mapping[str, Any]) -> str:
    said = ", ".join(other["levels"])
    return f"{_share(other['right'])} ({said})" if said else "–"


def _pair(pair: Sequence[float | None], times: float = 1, places: int = 1) -> str:
    told, true = (_number(value, times, places) for value in pair)
    return f"{told} · {true}"


def _number(value: float | None, times: float, places: int) -> str:
    return "–" if value is None else f"{value * times:,.{places}f}"


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), None)
    if unit is not None:
        return f"{value:g}{unit}"
    is_share = name.endswith(("_ok", "_interval", "_direction", "_exact"))
    return _share(value) if is_share else f"{value:g}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def newest() -> Path:
    """Return the file of the newest result."""
    return max((ROOT / "benchmarks" / "results").glob("probe-*.json"))


def main() -> None:
    result = newest()
    PAGE.write_text(put_into(PAGE.read_text(), NAME, rendered(json.loads(result.read_text()))))
    print(f"{result.name} is in {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
