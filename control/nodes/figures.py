"""What a media node counts, read off its own `/metrics`: the numbers that Prometheus would scrape.

So the operator's page and a dashboard cannot differ, and a node of other code is read as far as it
tells the same things. PURE.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Buckets = tuple[tuple[float, int], ...]
"""Upper bounds in rising order, the last infinite, and how many were at most so much."""


class NodeFigures:
    """One reading of a node's metrics."""

    def __init__(self, samples: Mapping[tuple[str, Labels], float]) -> None:
        self._samples = samples

    def value(self, name: str, **labels: str) -> float | None:
        """Return one number; None where the node does not tell it."""
        return self._samples.get((name, frozenset(labels.items())))

    def by(self, name: str, label: str) -> dict[str, float]:
        """Return the numbers of a metric that has this one label, by what it says."""
        found = (
            (dict(has), value) for (known, has), value in self._samples.items() if known == name
        )
        return {labels[label]: value for labels, value in found if labels.keys() == {label}}

    def buckets(self, name: str, **labels: str) -> Buckets:
        """Return a histogram's cumulative counts; empty where the node has no such histogram."""
        wanted = frozenset(labels.items())
        found: list[tuple[float, int]] = []
        for (known, has), value in self._samples.items():
            bound = dict(has).get("le")
            if known == f"{name}_bucket" and bound is not None and has - {("le", bound)} == wanted:
                found.append((float(bound), int(value)))
        return tuple(sorted(found))


def read_figures(text: str) -> NodeFigures:
    """Read Prometheus' text format.

    Raises:
        ValueError: It is not that.
    """
    samples = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return NodeFigures(samples)
