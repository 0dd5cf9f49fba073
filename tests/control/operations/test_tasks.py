"""Background work that fails, ends, or is cancelled from inside, and goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from control.errors import Unavailable
from control.operations import tasks as tasks_module
from control.operations.tasks import Tasks
from tests.support.waiting import until

SHORTLY_S = 0.001
NEVER_S = 3600.0


@pytest.fixture
async def tasks(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tasks]:
    monkeypatch.setattr(tasks_module, "RESTART_AFTER_S", SHORTLY_S)
    tasks = Tasks()
    yield tasks
    await tasks.stop()


class Job:
    """Counts its runs; raises what it is given, once each or for ever."""

    def __init__(self, *failures: BaseException, always: BaseException | None = None) -> None:
        self.runs = 0
        self._failures = list(failures)
        self.always = always

    async def __call__(self) -> None:
        self.runs += 1
        if self._failures:
            raise self._failures.pop(0)
        if self.always is not None:
            raise self.always

    def ran(self, times: int) -> Callable[[], bool]:
        return lambda: self.runs >= times


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name == tasks_module.__name__]


@pytest.mark.parametrize(
    "failure",
    [KeyError("x"), Unavailable("database_away", "x"), TimeoutError(), asyncio.CancelledError()],
    ids=lambda failure: type(failure).__name__,
)
async def test_job_that_failed_is_counted_named_and_run_again(
    tasks: Tasks, failure: BaseException
) -> None:
    job = Job(failure, always=failure)
    tasks.repeat("count sheep", job, SHORTLY_S)
    await until(job.ran(3))
    assert tasks.failing() == ["count sheep"]
    assert tasks.failures["count sheep"] >= 2
    job.always = None
    await until(lambda: tasks.failing() == [])


async def test_failure_is_logged_once_until_the_job_succeeds(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    job = Job(always=KeyError("Alex M."))
    tasks.repeat("count sheep", job, SHORTLY_S)
    await until(job.ran(4))
    assert len(errors(caplog)) == 1
    job.always = None
    await until(lambda: tasks.failing() == [])
    job.always = KeyError("Alex M.")
    await until(lambda: len(errors(caplog)) == 2)
    assert "could not count sheep" in errors(caplog)[1]
    assert "KeyError at" in errors(caplog)[1]
    assert "Alex" not in caplog.text


async def test_failure_of_another_kind_is_logged_as_well(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    job = Job(KeyError(), KeyError(), Unavailable("database_away", "x"), KeyError())
    tasks.repeat("count sheep", job, SHORTLY_S)
    await until(job.ran(5))
    kinds = [text.partition("count sheep")[2] for text in errors(caplog)]
    for kind, name in zip(kinds, ["KeyError", "database_away", "KeyError"], strict=True):
        assert name in kind


async def test_job_that_shall_never_end_is_started_again_when_it_does(tasks: Tasks) -> None:
    job = Job()
    tasks.keep("follow", job)
    await until(job.ran(3))
    assert tasks.failing() == ["follow"]
    assert tasks.failures["follow"] >= 2


async def test_job_that_runs_on_is_not_failing(tasks: Tasks) -> None:
    started = asyncio.Event()

    async def job() -> None:
        started.set()
        await asyncio.Event().wait()

    tasks.keep("follow", job)
    await started.wait()
    assert tasks.failing() == []


async def test_dead_task_is_failing(tasks: Tasks) -> None:
    class Fatal(BaseException):
        """What no handler catches."""

    tasks.keep("follow", Job(Fatal()))
    (task,) = tasks._tasks.values()
    await asyncio.wait([task])
    assert isinstance(task.exception(), Fatal)
    assert tasks.failing() == ["follow"]
    tasks._tasks.clear()


@pytest.mark.parametrize("every_s", [NEVER_S, SHORTLY_S])
async def test_stop_ends_jobs_between_runs_and_in_one(every_s: float) -> None:
    tasks = Tasks()
    started = asyncio.Event()

    async def endless() -> None:
        started.set()
        await asyncio.Event().wait()

    tasks.repeat("sleep", endless, every_s)
    if every_s == SHORTLY_S:
        await started.wait()
    else:
        await asyncio.sleep(0)
    async with asyncio.timeout(1):
        await tasks.stop()
    assert all(task.cancelled() for task in tasks._tasks.values())
    assert tasks.failures.total() == 0


async def test_stop_ends_a_job_that_waits_to_be_started_again() -> None:
    tasks = Tasks()
    job = Job(always=KeyError())
    tasks.repeat("count sheep", job, 0)
    await until(job.ran(1))
    async with asyncio.timeout(0.5):  # RESTART_AFTER_S is longer
        await tasks.stop()


async def test_stopping_ends_a_job_that_took_the_cancellation_for_its_own(tasks: Tasks) -> None:
    began = asyncio.Event()

    async def job() -> None:
        began.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(NEVER_S)

    tasks.repeat("count sheep", job, SHORTLY_S)
    await began.wait()
    async with asyncio.timeout(5):
        await tasks.stop()
