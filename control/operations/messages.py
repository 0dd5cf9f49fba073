"""What an operator reads."""

from __future__ import annotations

from enum import StrEnum

from control.http.wire import WireModel


class HealthStatus(StrEnum):
    """Whether control can work."""

    OK = "ok"
    DEGRADED = "degraded"


class Health(WireModel):
    """Whether control can work, and what does not."""

    status: HealthStatus
    troubles: list[str]
    """"node_away", or "task_failing: …" with the name of the background job."""
