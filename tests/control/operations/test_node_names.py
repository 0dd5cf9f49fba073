"""What control reads off a node's metrics is what a node tells: the names bind the two planes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from control.nodes.figures import Buckets, NodeFigures, read_figures
from control.operations.tasks import Tasks
from control.operations.watch import Watch
from control.presence.model import Lobbies
from sfu.io.metrics import NodeMetrics
from tests.control.fakes import FakeMedia
from tests.sfu.io.test_metrics import FIGURES

Found = TypeVar("Found")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Asked(NodeFigures):
    """Figures that remember what was asked of them and not there."""

    def __init__(self, of: NodeFigures) -> None:
        super().__init__(of._samples)
        self.missing: list[str] = []
        self.asked = 0

    def value(self, name: str, **labels: str) -> float | None:
        return self._seen(name, super().value(name, **labels))

    def by(self, name: str, label: str) -> dict[str, float]:
        return self._seen(name, super().by(name, label) or None) or {}

    def buckets(self, name: str, **labels: str) -> Buckets:
        return self._seen(name, super().buckets(name, **labels) or None) or ()

    def _seen(self, name: str, found: Found | None) -> Found | None:
        self.asked += 1
        if found is None:
            self.missing.append(name)
        return found


class NoTries:
    def failed_tries(self) -> dict[tuple[str, str], int]:
        return {}


async def test_a_node_tells_every_figure_that_is_read() -> None:
    told = Asked(read_figures(NodeMetrics(lambda: FIGURES).expose().decode()))

    class Node(FakeMedia):
        async def figures(self) -> NodeFigures:
            return told

    watch = Watch(Node(), Lobbies(), Tasks(), NoTries(), began_at=NOW)
    await watch.sample(now=NOW)
    assert told.missing == []
    assert told.asked > 8
