"""What becomes of a failed test that needs an idle machine."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.support import idle
from tests.support.lateness import P99_ABOVE_MS, WORST_ABOVE_MS, Watch, why_late
from tests.support.others import CORES_ABOVE, Others

PUNCTUAL = [0.1] * 1000
LATE = [*[0.1] * 980, *[P99_ABOVE_MS + 1] * 20]
STOOD_STILL = [*PUNCTUAL, WORST_ABOVE_MS + 1]

Outcomes = Callable[..., dict[str, int]]

FAILS = """
    import pytest
    @pytest.mark.idle
    def test_it():
        assert 1 == 2
"""


@pytest.fixture
def outcomes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Outcomes:
    """Run a file of tests on a machine that is as late as told; returns how many ended how."""
    pytester.makeini("[pytest]\nmarkers = idle: x")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others take seconds to start

    def run(late_ms: list[float], tests: str, *, others: float = 0.0) -> dict[str, int]:
        ends = Watch.end

        def end(watch: Watch) -> list[float]:
            ends(watch)
            return late_ms

        monkeypatch.setattr(Watch, "end", end)
        monkeypatch.setattr(Others, "cores", lambda _: others)
        pytester.makepyfile(tests)
        result = pytester.runpytest_inprocess("-p", "tests.support.idle", "-rs")
        counts: dict[str, int] = result.parseoutcomes()
        counts["void"] = sum(line.startswith("void: ") for line in result.outlines)
        return counts

    return run


def test_a_failure_on_a_late_machine_is_void_and_counted(outcomes: Outcomes) -> None:
    assert outcomes(LATE, FAILS) == {"skipped": 1, "void": 1}


def test_a_failure_after_the_machine_stood_still_is_void(outcomes: Outcomes) -> None:
    assert outcomes(STOOD_STILL, FAILS) == {"skipped": 1, "void": 1}


def test_a_failure_while_others_kept_the_machine_busy_is_void(outcomes: Outcomes) -> None:
    assert outcomes(PUNCTUAL, FAILS, others=CORES_ABOVE + 0.1) == {"skipped": 1, "void": 1}


def test_a_failure_on_an_idle_machine_is_one(outcomes: Outcomes) -> None:
    assert outcomes(PUNCTUAL, FAILS) == {"failed": 1, "void": 0}


def test_a_failure_of_a_test_that_needs_no_idle_machine_is_one(outcomes: Outcomes) -> None:
    assert outcomes(LATE, FAILS.replace("@pytest.mark.idle", "")) == {"failed": 1, "void": 0}


def test_a_pass_on_a_late_machine_is_one(outcomes: Outcomes) -> None:
    assert outcomes(LATE, FAILS.replace("2", "1")) == {"passed": 1, "void": 0}


@pytest.mark.parametrize("error", ["TypeError", "KeyError", "OSError"])
def test_an_error_that_no_lateness_makes_stays_one(outcomes: Outcomes, error: str) -> None:
    assert outcomes(LATE, FAILS.replace("assert 1 == 2", f"raise {error}")) == {
        "failed": 1,
        "void": 0,
    }


def test_a_timeout_is_void_and_so_are_only_those_in_a_group(outcomes: Outcomes) -> None:
    tests = """
        import pytest
        pytestmark = pytest.mark.idle
        def test_alone():
            raise TimeoutError
        def test_group():
            raise ExceptionGroup("both", [TimeoutError(), AssertionError()])
        def test_other_group():
            raise ExceptionGroup("both", [TimeoutError(), TypeError()])
    """
    assert outcomes(LATE, tests) == {"skipped": 2, "failed": 1, "void": 1}


def test_what_failed_while_setting_up_is_void_and_while_cleaning_up_is_not(
    outcomes: Outcomes,
) -> None:
    tests = """
        import pytest
        pytestmark = pytest.mark.idle
        @pytest.fixture
        def before():
            assert False
        @pytest.fixture
        def after():
            yield
            assert False
        def test_before(before): ...
        def test_after(after): ...
    """
    assert outcomes(LATE, tests) == {"skipped": 1, "passed": 1, "errors": 1, "void": 1}


WITNESSED = """
    import pytest
    from tests.support.idle import witness
    @pytest.mark.idle
    def test_within():
        with witness(lambda: {said}):
            assert 1 == 2
    @pytest.fixture
    def line():
        with witness(lambda: {said}):
            yield
    @pytest.mark.idle
    def test_meanwhile(line):
        assert 1 == 2
    @pytest.mark.idle
    def test_later():
        assert 1 == 2
"""


def test_a_late_line_makes_what_fails_beside_it_void_and_nothing_later(outcomes: Outcomes) -> None:
    late = WITNESSED.format(said="'the line was late'")
    assert outcomes(PUNCTUAL, late) == {"skipped": 2, "failed": 1, "void": 1}
    punctual = WITNESSED.format(said="None")
    assert outcomes(PUNCTUAL, punctual) == {"failed": 3, "void": 0}


def test_the_reason_and_what_failed_are_told(pytester: pytest.Pytester, outcomes: Outcomes) -> None:
    outcomes(LATE, FAILS)
    result = pytester.runpytest_inprocess("-p", "tests.support.idle", "-rs")
    result.stdout.fnmatch_lines(
        ["*void: the machine woke a sleeper late: p99 11 ms is above 10 ms (it failed: *1 == 2)"]
    )


def test_no_witness_of_these_tests_is_left() -> None:
    assert idle._witnesses == []


def test_the_watch_sees_that_it_was_held_up() -> None:
    watch = Watch()
    os.kill(watch.pid, signal.SIGSTOP)
    time.sleep(0.2)
    os.kill(watch.pid, signal.SIGCONT)
    late_ms = watch.end()
    assert max(late_ms) > 150
    assert watch.end() == []


def test_without_a_look_nothing_is_late() -> None:
    assert why_late([]) is None
    assert why_late(PUNCTUAL) is None


def test_a_few_late_wakings_of_a_short_test_are_not_enough() -> None:
    assert why_late([0.1] * 90 + [P99_ABOVE_MS + 1] * 4) is None
    assert why_late([0.1] * 90 + [P99_ABOVE_MS + 1] * 5) is not None
