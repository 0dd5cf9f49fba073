"""A plot of the CPU per packet over the packets a second, as SVG. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 560, 36, 380
"""Of the field of the plot; the names stand right of it."""
NAME_APART = 17
COLOURS = ("#0b6e4f", "#6b7280", "#9ca3af", "#b45309", "#c026d3", "#1d4ed8", "#be123c", "#0e7490")
"""On white, of 2.5:1 and more; shapes tell them apart as well."""
SHAPES = ("circle", "square", "diamond", "triangle")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2937}.tick{font-size:12px;fill:#4b5563}"
    ".grid{stroke:#e5e7eb}.axis{stroke:#6b7280}.line{fill:none;stroke-width:2}"
)


def points_of(rows: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Return (packets a second, microseconds of CPU a packet) of the rounds that count."""
    return [
        (row["sent"] / row["seconds"], 1e6 * row["cpu_s"] / row["received"])
        for row in rows
        if not row["void"] and row["received"]
    ]


def plot(series: Mapping[str, Points], title: str) -> str:
    """Return the SVG document; both axes are logarithmic.

    Args:
        series: By the name that stands beside the line; those without points are left out.
    """
    shown = {name: sorted(points) for name, points in series.items() if points}
    every = [point for points in shown.values() for point in points] or [(1.0, 1.0)]
    across = _Axis([x for x, _ in every], LEFT, RIGHT)
    up = _Axis([y for _, y in every], BOTTOM, TOP)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            *_grid(across, up),
            *_lines(shown, across, up),
            *_names(shown, up),
            _text(LEFT, 20, "CPU per packet, µs"),
            _text((LEFT + RIGHT) / 2, HEIGHT - 16, "packets a second", "middle"),
            "</svg>",
            "",
        ]
    )


class _Axis:
    """Values, by their logarithms, to places."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = log10(min(values)), log10(max(values))
        self._low, self._high = low - 0.08, max(high, low + 0.5) + 0.08
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        share = (log10(value) - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)

    def ticks(self) -> list[int | float]:
        """Return 1, 2 and 5 of each power of ten in range."""
        powers = range(floor(self._low), ceil(self._high) + 1)
        values = [digit * 10**power for power in powers for digit in (1, 2, 5)]
        return [v for v in values if self._low <= log10(v) <= self._high]


def _grid(across: _Axis, up: _Axis) -> list[str]:
    found = []
    for value in across.ticks():
        x = across.at(value)
        found.append(f'<path class="grid" d="M{x} {TOP}V{BOTTOM}"/>')
        found.append(_text(x, BOTTOM + 18, f"{value:,g}", "middle", "tick"))
    for value in up.ticks():
        y = up.at(value)
        found.append(f'<path class="grid" d="M{LEFT} {y}H{RIGHT}"/>')
        found.append(_text(LEFT - 8, y + 4, f"{value:,g}", "end", "tick"))
    found.append(f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>')
    return found


def _lines(shown: Mapping[str, Points], across: _Axis, up: _Axis) -> list[str]:
    found = []
    for n, points in enumerate(shown.values()):
        colour, places = _colour(n), [(across.at(x), up.at(y)) for x, y in points]
        path = " ".join(f"{x},{y}" for x, y in places)
        found.append(f'<polyline class="line" stroke="{colour}" points="{path}"/>')
        found += [_mark(n, x, y) for x, y in places]
    return found


def _names(shown: Mapping[str, Points], up: _Axis) -> list[str]:
    """Write each name at the height of its line's end, moved down where another stands."""
    found, free_y = [], float(TOP)
    ends = sorted((up.at(points[-1][1]), n, name) for n, (name, points) in enumerate(shown.items()))
    for end_y, n, name in ends:
        y = max(end_y, free_y)
        free_y = y + NAME_APART
        found.append(_mark(n, RIGHT + 16, y))
        found.append(_text(RIGHT + 28, y + 4, name))
    return found


def _mark(n: int, x: float, y: float) -> str:
    """Return the sign of the n-th server at a place."""
    colour, shape = _colour(n), SHAPES[n % len(SHAPES)]
    if shape == "circle":
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    steps = {"square": "m-4 -4h8v8h-8z", "diamond": "m0 -5l5 5l-5 5l-5 -5z"}
    return f'<path d="M{x} {y}{steps.get(shape, "m0 -5l5 9h-10z")}" fill="{colour}"/>'


def _colour(n: int) -> str:
    return COLOURS[n % len(COLOURS)]


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    attributes = f' class="{kind}"' if kind else ""
    if anchor != "start":
        attributes += f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}"{attributes}>{escape(words)}</text>'
