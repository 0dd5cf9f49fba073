"""What pages are told of lines as they were."""

from __future__ import annotations

from datetime import datetime

from control.http.wire import WireModel
from control.lines.model import LineState
from sfu.messages import Cause, Level, Role


class LastCheck(WireModel):
    """The newest check of a patient's line, before a session or from the link."""

    at: datetime
    level: Level


class UsualLine(WireModel):
    """Medians of what was measured of a patient's line before; null where too little was."""

    level: Level
    rtt_ms: float | None
    loss_up: float | None
    loss_down: float | None
    variation_ms: float | None
    capacity_up_bps: float | None
    capacity_down_bps: float | None


class UsualAnswer(WireModel):
    """Answer of `GET /api/patients/{id}/usual-line`."""

    usual: UsualLine | None
    """None with fewer than three measurements."""


class LineChange(WireModel):
    """From when on a side's line was so, in contact."""

    role: Role
    at: datetime
    state: LineState
    cause: Cause


class LineCourse(WireModel):
    """Answer of `GET /api/sessions/{id}/lines`: how both went, oldest first."""

    items: list[LineChange]
