"""Tables of results, and their place in docs/benchmarks.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table, as Markdown."""
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def put_into(page: str, name: str, text: str) -> str:
    """Return the page with `text` in place of what was between the marks of that name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def put_newest(name: str, rendered: Callable[[Mapping[str, Any]], str]) -> None:
    """Render the newest result of that name into docs/benchmarks.md, and say so."""
    newest = max((ROOT / "benchmarks" / "results").glob(f"{name}-*.json"))
    text = f"`{newest.name}`: " + rendered(json.loads(newest.read_text()))
    PAGE.write_text(put_into(PAGE.read_text(), name, text))
    print(f"{newest.name} is in {PAGE.relative_to(ROOT)}")
