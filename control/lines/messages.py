"""What pages are told of lines as they were."""

from __future__ import annotations

from datetime import datetime

from control.http.wire import WireModel
from sfu.messages import Level


class LastCheck(WireModel):
    """The newest check of a patient's line, before a session or from the link."""

    at: datetime
    level: Level
