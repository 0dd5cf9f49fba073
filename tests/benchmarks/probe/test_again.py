"""A part of a record that is measured again, beside the others of the newest result."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.probe import __main__ as probe
from benchmarks.probe.checks import CHROMIUM, FIREFOX
from benchmarks.probe.figures import CalmRun, Runs, StallRun, StepRun
from benchmarks.probe.lines import LINES
from sfu.messages import Cause
from tests.benchmarks.probe.test_figures import run

HELD = Runs(
    checks=[run(), run("lte")],
    steps=[StepRun("8 % loss down", 3.0, 10.0, Cause.LOSS_DOWN, True, 0.1)],
    calms=[CalmRun("clean", 300.0, 0, 0.1)],
    stalls=[StallRun("stopped for 2 s, call", True, 0)],
)


@pytest.fixture(autouse=True)
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = probe.Found()
    found.runs = HELD
    found.failed = ["lan: no check ended"]
    path = tmp_path / "probe-2026-03-02.json"
    path.write_text(json.dumps(probe.result_of(found, 0.5)))
    monkeypatch.setattr(probe, "newest", lambda: path)


def test_what_is_measured_again_is_left_out_and_the_others_are_as_they_were() -> None:
    kept = probe.kept(["steps", "stalls"], LINES)
    assert kept.runs == Runs(checks=HELD.checks, calms=HELD.calms)
    assert kept.failed == ["lan: no check ended"]
    assert probe.kept(["checks"], LINES).runs == Runs(
        steps=HELD.steps, calms=HELD.calms, stalls=HELD.stalls
    )


def test_checks_of_some_lines_leave_those_of_the_others() -> None:
    kept = probe.kept(["checks"], ["lte"])
    assert [check.line for check in kept.runs.checks] == ["dsl"]
    assert kept.runs.steps == HELD.steps


def test_a_line_lacks_what_was_void_or_done_in_the_other_browser() -> None:
    asked = [CHROMIUM, CHROMIUM, FIREFOX]
    assert probe.lacking("dsl", asked, []) == asked
    held = [run(), run("lte"), replace(run(), machine="late")]
    assert {check.browser for check in held} == {CHROMIUM}
    assert probe.lacking("dsl", asked, held) == [CHROMIUM, FIREFOX]
    assert probe.lacking("dsl", asked, [run(), run(), run()]) == [FIREFOX]
