"""What a check tells of lines that are known, and what a call tells of a change: `--short`."""

from __future__ import annotations

import pytest

from benchmarks.netlab.fixture import skip_unless_available
from benchmarks.probe.__main__ import short
from benchmarks.probe.figures import level_ok, line_of
from sfu.messages import CheckState
from tests.support.idle import witness

MOST_MB = 1.5


@pytest.mark.idle
async def test_checks_and_a_call_tell_what_the_lines_did() -> None:
    skip_unless_available()
    found = await short()
    assert found.failed == []
    checks = [run for run in found.runs.checks if not run.is_void]
    steps = [run for run in found.runs.steps if not run.is_void]

    def why_late() -> str | None:
        return None if checks and steps else "every check or every step was late"

    with witness(why_late):
        assert checks
        assert steps
    assert {run.report.state for run in checks} == {CheckState.DONE}
    assert all(map(level_ok, checks)), checks
    assert {run.cause for run in steps} == {"loss_down"}, steps
    line = line_of(found.runs)
    assert line["cause_ok"] == 1, found.runs
    assert line["check_mb_max"] is None or line["check_mb_max"] <= MOST_MB
