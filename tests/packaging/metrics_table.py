"""Write the table of all metrics in docs/operations.md: `python -m tests.packaging.metrics_table`.

A control, a node and a canary are made as the product makes them, and asked what they would tell a
scrape.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import CollectorRegistry

from canary import report as canary
from control.app import make_app
from control.composition import build
from control.config import Config as ControlConfig
from control.http.metrics import METRICS
from sfu.config import Config as NodeConfig
from sfu.io.node import running

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
BEGIN = "<!-- metrics: written by `python -m tests.packaging.metrics_table` -->\n"
END = "<!-- end of metrics -->\n"


@dataclass(frozen=True, order=True, slots=True)
class Told:
    """One metric, as an operator reads of it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    says: str

    def row(self) -> str:
        labels = ", ".join(f"`{label}`" for label in self.labels) or "–"
        says = self.says.replace("|", "\\|")
        return f"| `{self.name}` | {self.kind} | {labels} | {says} |\n"


@asynccontextmanager
async def registries() -> AsyncIterator[tuple[CollectorRegistry, ...]]:
    """Yield what control, a node and a canary would show."""
    node_config = NodeConfig(
        token="a-token-for-the-table", announce=("127.0.0.1",), api_port=0, media_port=0
    )
    with TemporaryDirectory() as folder:
        data = Path(folder)
        control = build(ControlConfig(data_dir=data, key_file=data / "key"))
        async with running(node_config) as node:
            yield make_app(control)[METRICS].registry, node.metrics, canary.Metrics().registry
        await control.close()


async def told() -> list[Told]:
    """Return every metric, by name."""
    async with registries() as all_of_them:
        return sorted({metric for registry in all_of_them for metric in _read(registry)})


def _read(registry: CollectorRegistry) -> Iterable[Told]:
    for collector in set(registry._collector_to_names):
        own: tuple[str, ...] = tuple(getattr(collector, "_labelnames", ()))
        for family in collector.collect():
            labels = own or tuple(_labels_of(family))
            yield Told(_name(family), family.type, labels, family.documentation)


def _labels_of(family: Any) -> Iterable[str]:
    """Return the labels of a family made at a scrape, which may have no sample yet."""
    named = getattr(family, "_labelnames", ()) or {
        label for sample in family.samples for label in sample.labels if label != "le"
    }
    return sorted(named)


def _name(family: Any) -> str:
    suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
    return f"{family.name}{suffix}"


def render(metrics: Iterable[Told]) -> str:
    rows = "".join(metric.row() for metric in metrics)
    return f"{BEGIN}\n| Metric | Kind | Labels | What it tells |\n|---|---|---|---|\n{rows}\n{END}"


def written(document: str) -> str:
    """Return the part of the document that is written here."""
    return document[document.index(BEGIN) : document.index(END) + len(END)]


def main() -> None:
    document = DOCUMENT.read_text("utf-8")
    table = render(asyncio.run(told()))
    DOCUMENT.write_text(document.replace(written(document), table), "utf-8")


if __name__ == "__main__":
    main()
