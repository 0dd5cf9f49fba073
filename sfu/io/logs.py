"""How log lines are written: for people, or as JSON for machines, with the ids to join them by."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

CONSOLE = "%(asctime)s %(levelname)s %(name)s %(message)s"
IDS = ("room", "peer")
"""What a line may carry in `extra`. A room's id is its session's in control."""


class JsonFormatter(logging.Formatter):
    """One object a line; docs/operations.md tells its fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "plane": "node",
            "level": record.levelname.lower(),
            "logger": record.name,
            "text": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in IDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, form: str) -> None:
    """Write to stderr from now on.

    Args:
        form: `console` or `json`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(CONSOLE))
    logging.basicConfig(level=level, handlers=[handler])
