"""Tests that need an idle machine: where it was late, their failure says nothing and is void.

    @pytest.mark.idle   on a test whose verdict depends on how soon browsers, media or the
                        emulated line did something

Such a test that fails is skipped, with the reason, when the machine was late meanwhile
(`tests.support.lateness`), others kept it busy (`tests.support.others`), or an emulated line was
late (`witness`). A test that passes has passed, and an error that no lateness makes, such as a
TypeError, stays one. The last lines of the run count what was void.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest

from tests.support.lateness import Watch, why_late
from tests.support.others import Others, why_busy

VOID = "void"
WATCH, OTHERS = pytest.StashKey[Watch](), pytest.StashKey[Others]()

WhyLate = Callable[[], str | None]
_witnesses: list[WhyLate] = []
_told: list[str] = []


@contextmanager
def witness(why: WhyLate) -> Iterator[None]:
    """Let the marked tests that run meanwhile ask this why they are void; None when they are not.

    It is asked when a test has failed, and once more at the end.
    """
    _witnesses.append(why)
    try:
        yield
    finally:
        _witnesses.remove(why)
        if told := why():
            _told.append(told)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if item.get_closest_marker("idle") is None:
        return (yield)
    _told.clear()
    item.stash[OTHERS] = Others()
    watch = item.stash[WATCH] = Watch()
    try:
        return (yield)
    finally:
        watch.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    watch = item.stash.get(WATCH, None)
    if watch is None or not report.failed or report.when == "teardown":
        return report
    assert call.excinfo is not None
    why = _why_void(watch, item.stash[OTHERS])
    if why and _may_come_of_lateness(call.excinfo.value):
        report.sections.append(("what failed, but is void", report.longreprtext))
        path, line, _ = item.location
        said = f"Skipped: {VOID}: {why} (it failed: {_first_line(call.excinfo)})"
        report.outcome, report.longrepr = "skipped", (path, (line or 0) + 1, said)
        report.user_properties.append((VOID, why))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    void = [report for report in skipped if VOID in dict(report.user_properties)]
    if void:
        tests = "1 test" if len(void) == 1 else f"{len(void)} tests"
        terminalreporter.write_line(f"{VOID}: {tests} (machine or emulator late)", yellow=True)


def _may_come_of_lateness(error: BaseException) -> bool:
    """Whether it says that something was not there, or not in time, and nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_may_come_of_lateness, error.exceptions))
    is_timeout = type(error).__name__ == "TimeoutError"  # Python's, or Playwright's own
    return is_timeout or isinstance(error, AssertionError | pytest.fail.Exception)


def _why_void(watch: Watch, others: Others) -> str | None:
    said = [why() for why in _witnesses] + _told + [why_late(watch.end()), why_busy(others.cores())]
    return next((why for why in said if why), None)


def _first_line(failure: pytest.ExceptionInfo[BaseException]) -> str:
    return failure.exconly().splitlines()[0][:120]
