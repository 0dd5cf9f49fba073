"""The page's tables, made of a result as it is written."""

from __future__ import annotations

import json

from benchmarks.probe.__main__ import Found, result_of
from benchmarks.probe.figures import CalmRun, StallRun
from benchmarks.probe.render import NAME, rendered
from benchmarks.tables import PAGE, put_into
from sfu.messages import Cause, Level
from tests.benchmarks.probe.test_figures import LOSSY, STEP, run, way


def found() -> Found:
    made = Found()
    lossy = run("down-loss-8", true_down=LOSSY, level=Level.POOR, cause=Cause.LOSS_DOWN)
    made.runs.checks.extend([lossy, run("600k-80ms", down=way(capacity_bps=590_000))])
    made.runs.steps.append(STEP)
    made.runs.calms.append(CalmRun("clean", 1800.0, 0, 0.1))
    made.runs.stalls.append(StallRun("stopped", True, 0))
    made.failed.append("lte: no check ended")
    return made


def test_a_result_survives_its_file_and_names_what_failed() -> None:
    result = json.loads(json.dumps(result_of(found(), load=0.5)))
    assert result["failed"] == ["lte: no check ended"]
    assert result["checks"][0]["report"]["quality"]["cause"] == "loss_down"
    assert result["steps"][0]["warn_s"] == 4.0


def test_the_page_says_what_was_told_and_what_was_true() -> None:
    text = rendered(json.loads(json.dumps(result_of(found(), load=0.5))))
    assert "2 checks of 2 lines, 0 runs void, 1 failed" in text
    assert "| level right | 50 % | 95 % |" in text
    assert "| hours of calls on clean lines and with 1 % loss | 0.5 |" in text
    assert "| of these the server was named in | 1 |" in text
    assert "| from a change for the worse to the warning, p95 | 4 s | 6 s |" in text
    row = "| poor | poor loss_down 1 | 51.0 · 50.0 | 0.0 · 0.0 | 0.0 · 8.0 | 2,400 · – |"
    assert f"down-loss-8: 8 % random loss down {row}" in text
    assert "| down-loss-8 | poor | 100 % | 0 % (fair) |" in text


def test_what_no_run_tells_is_a_dash() -> None:
    text = rendered(json.loads(json.dumps(result_of(Found(), load=0.5))))
    assert "| level right | – | 95 % |" in text


def test_the_page_has_a_place_for_it() -> None:
    page = PAGE.read_text()
    changed = put_into(page, NAME, "new words")
    assert changed.count("new words") == 1
    assert changed.startswith(page[: page.index(f"<!-- {NAME}: begin -->")])
    assert changed.endswith(page[page.index(f"<!-- {NAME}: end -->") :])
