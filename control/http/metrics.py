"""Counters of what comes in by HTTP, in a registry of this control's own; tests build many.

Other parts keep counters of their own and are read at a scrape: `control.operations.collector`.
"""

from __future__ import annotations

from enum import StrEnum

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.registry import Collector

disable_created_metrics()  # type: ignore[no-untyped-call]  # a time beside each counter, which Prometheus does not ask for here

SOCKET_BUCKETS = (1.0, 10.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0)


class Refused(StrEnum):
    """Why a request or a connection ended before any handler saw it, or in the midst."""

    MALFORMED = "malformed"
    SLOW_HEAD = "slow_head"
    UNREAD_ANSWER = "unread_answer"
    CROWDED_OUT = "crowded_out"
    """Closed since all connections were taken."""
    FLOOD = "flood"
    """A WebSocket that sent more than any page does."""


class Metrics:
    """Labels are bounded: methods and statuses that are known, templates of routes."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "visavis_control_requests_total",
            "Requests answered, WebSockets when they end.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "visavis_control_request_seconds",
            "From a request's head to its answer, WebSockets apart.",
            ("route",),
            registry=self.registry,
        )
        self.failed = Counter(
            "visavis_control_failed_requests_total",
            "Requests that ended in an error of ours (500).",
            registry=self.registry,
        )
        self.open_sockets = Gauge(
            "visavis_control_open_websockets",
            "WebSockets open now: pages.",
            ("route",),
            registry=self.registry,
        )
        self.socket_seconds = Histogram(
            "visavis_control_websocket_seconds",
            "How long WebSockets were open.",
            ("route",),
            buckets=SOCKET_BUCKETS,
            registry=self.registry,
        )
        self.refused = Counter(
            "visavis_control_refused_total",
            "Requests and connections ended before any handler, by reason.",
            ("reason",),
            registry=self.registry,
        )
        for reason in Refused:
            self.refused.labels(reason.value)
        self.bounces = Counter(
            "visavis_control_bounces_total",
            "Messages that came to the addresses for bounces, by what they turned out to be.",
            ("result",),
            registry=self.registry,
        )

    def add(self, source: Collector) -> None:
        """Show what another part counts as well."""
        self.registry.register(source)


METRICS = web.AppKey("metrics", Metrics)
