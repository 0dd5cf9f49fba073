"""From what was told each second in a call to runs."""

from __future__ import annotations

from benchmarks.probe.told import Sample, calm_run, stall_run, step_run
from sfu.messages import Cause, Level, LineQuality, Role

GOOD = LineQuality(level=Level.GOOD)
LOSSY = LineQuality(level=Level.POOR, cause=Cause.LOSS_DOWN)
SHAKY = LineQuality(level=Level.FAIR, cause=Cause.JITTER_DOWN)
OURS = LineQuality(level=Level.UNKNOWN, cause=Cause.SERVER)
PATIENT, THERAPIST = Role.PATIENT, Role.THERAPIST


def told(role: Role, first_at: float, *qualities: LineQuality) -> list[Sample]:
    """One a second."""
    return [Sample(first_at + number, role, it) for number, it in enumerate(qualities)]


def test_warning_and_clearance_count_from_the_changes_of_the_line() -> None:
    samples = told(PATIENT, 100, GOOD, GOOD, GOOD, LOSSY, LOSSY, LOSSY, LOSSY, GOOD)
    run = step_run("loss", samples, 100.5, 105.5, frozenset({Cause.LOSS_DOWN}), 0.1)
    assert (run.warn_s, run.clear_s, run.cause) == (2.5, 1.5, "loss_down")
    assert run.is_cause_right


def test_the_cause_of_a_step_is_what_was_told_most() -> None:
    samples = told(PATIENT, 100, SHAKY, LOSSY, LOSSY)
    right = frozenset({Cause.LOSS_DOWN})
    assert step_run("loss", samples, 99, 110, right, 0.1).is_cause_right
    samples = told(PATIENT, 100, SHAKY, SHAKY, LOSSY)
    assert not step_run("loss", samples, 99, 110, right, 0.1).is_cause_right


def test_a_step_blames_the_therapists_line_wrongly() -> None:
    samples = told(PATIENT, 100, LOSSY, LOSSY) + told(THERAPIST, 100, GOOD, LOSSY)
    run = step_run("loss", samples, 99, 110, frozenset({Cause.LOSS_DOWN}), 0.1)
    assert (run.cause, run.is_cause_right) == ("loss_down", False)


def test_a_step_that_nothing_was_told_of() -> None:
    run = step_run("loss", told(PATIENT, 100, GOOD, OURS), 100, 110, frozenset(), 0.1)
    assert (run.warn_s, run.clear_s, run.is_cause_right) == (None, None, False)


def test_each_beginning_of_a_complaint_is_an_alarm() -> None:
    samples = told(PATIENT, 100, GOOD, LOSSY, LOSSY, GOOD, SHAKY)
    samples += told(THERAPIST, 100, LOSSY, OURS, GOOD, GOOD, GOOD)
    run = calm_run("clean", samples, 0.1)
    assert (run.alarms, run.seconds) == (3, 4.0)


def test_a_call_that_nothing_was_told_of_has_no_alarm() -> None:
    assert calm_run("clean", [], 0.1).seconds == 0


def test_a_stalled_node_may_name_itself_and_nobody_else() -> None:
    assert stall_run("stopped", [GOOD, OURS], named=True).is_right
    assert stall_run("stopped", [OURS, LOSSY], named=True).blamed == 1
    bloated = LineQuality(level=Level.GOOD, cause=Cause.BUFFERBLOAT)
    assert stall_run("stopped", [OURS, bloated], named=True).blamed == 1
    assert not stall_run("stopped", [GOOD], named=False).is_right
