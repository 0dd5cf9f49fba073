"""What control is doing, as Prometheus metrics, read at a scrape: no ids, bounded labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from control.operations.census import Census, Figures
from control.operations.tasks import Tasks
from control.version import installed_version


class ControlCollector(Collector):
    """Reads the last census, the background tasks and whether the node is followed."""

    def __init__(self, census: Census, tasks: Tasks, node_is_away: Callable[[], bool]) -> None:
        self._census = census
        self._tasks = tasks
        self._node_is_away = node_is_away
        self._version = installed_version()  # read once: an upgrade installs another under us

    def describe(self) -> list[Metric]:
        """Nothing: what is registered is not read before a scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        info = InfoMetricFamily("visavis_control", "Which version runs.")
        info.add_metric([], {"version": self._version})
        yield info
        figures = self._census.figures
        yield GaugeMetricFamily(
            "visavis_control_database_up",
            "1 when the database answered the last count.",
            figures is not None,
        )
        yield from _sessions(figures)
        yield _messages(figures)
        yield from self._nodes_and_tasks()

    def _nodes_and_tasks(self) -> Iterator[Metric]:
        nodes = GaugeMetricFamily(
            "visavis_control_nodes", "Media nodes, by whether their events come.", labels=["health"]
        )
        is_away = self._node_is_away()
        nodes.add_metric(["connected"], not is_away)
        nodes.add_metric(["away"], is_away)
        yield nodes
        tasks = GaugeMetricFamily(
            "visavis_control_tasks", "Background jobs, by how they do.", labels=["state"]
        )
        for state, count in self._tasks.census().items():
            tasks.add_metric([state], count)
        yield tasks
        failures = CounterMetricFamily(
            "visavis_control_task_failures", "Runs of background jobs that failed.", labels=["task"]
        )
        for task, count in self._tasks.failures.items():
            failures.add_metric([task], count)
        yield failures


def _sessions(figures: Figures | None) -> Iterator[Metric]:
    sessions = GaugeMetricFamily(
        "visavis_control_sessions", "Sessions that have not ended, by state.", labels=["state"]
    )
    waiting = GaugeMetricFamily(
        "visavis_control_waiting_patients", "Patients in a waiting room, not let in."
    )
    longest = GaugeMetricFamily(
        "visavis_control_longest_wait_seconds", "How long the one has waited who came first."
    )
    if figures is not None:
        for state, count in figures.sessions.by_state.items():
            sessions.add_metric([state], count)
        waiting.add_metric([], figures.sessions.waiting)
        longest.add_metric([], figures.sessions.longest_wait_s)
    yield sessions
    yield waiting
    yield longest


def _messages(figures: Figures | None) -> Metric:
    messages = GaugeMetricFamily(
        "visavis_control_messages",
        "Messages of the last 30 days, by channel and state.",
        labels=["channel", "state"],
    )
    if figures is not None:
        for (channel, state), count in figures.messages.items():
            messages.add_metric([channel, state], count)
    return messages
