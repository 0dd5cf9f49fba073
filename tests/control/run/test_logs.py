"""Log lines of control: for people, or as JSON with ids apart."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from control.run import logs as control_logs
from sfu.io import logs as node_logs


def record(**extra: str) -> logging.LogRecord:
    made = logging.LogRecord("a.b", logging.WARNING, "f.py", 1, "said %s\n", ("“x”",), None)
    made.created = 1_700_000_000.25
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize(
    ("module", "plane", "ids"),
    [
        (control_logs, "control", {"session": "s1", "peer": "p1"}),
        (node_logs, "node", {"room": "s1", "peer": "p1"}),
    ],
    ids=["control", "node"],
)
def test_json_line_is_one_line_with_ids_apart(
    module: object, plane: str, ids: dict[str, str]
) -> None:
    formatter = module.JsonFormatter()  # type: ignore[attr-defined]
    text = formatter.format(record(**ids, secret="not told"))
    assert "\n" not in text
    assert json.loads(text) == {
        "at": "2023-11-14T22:13:20.250+00:00",
        "plane": plane,
        "level": "warning",
        "logger": "a.b",
        "text": "said “x”\n",
        **ids,
    }


@pytest.mark.parametrize("module", [control_logs, node_logs], ids=["control", "node"])
def test_error_has_its_trace_in_the_same_line(module: object) -> None:
    failed = record()
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        failed.exc_info = sys.exc_info()
    text = module.JsonFormatter().format(failed)  # type: ignore[attr-defined]
    assert "\n" not in text
    assert "ZeroDivisionError" in json.loads(text)["trace"]
