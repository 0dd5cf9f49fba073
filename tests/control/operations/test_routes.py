"""What `/api/health` tells an operator."""

from __future__ import annotations

from typing import Any

from tests.control.stage import Stage
from tests.support.waiting import until


async def health(stage: Stage) -> Any:
    return await stage.page().get("/api/health")


async def test_health_is_ok_while_everything_runs(stage: Stage) -> None:
    assert await health(stage) == {"status": "ok", "troubles": []}


async def test_health_tells_of_a_node_whose_events_do_not_come(stage: Stage) -> None:
    stage.media.is_connected = False
    assert await health(stage) == {"status": "degraded", "troubles": ["node_away"]}
    stage.media.is_connected = True
    assert (await health(stage))["status"] == "ok"


async def test_health_names_a_task_that_fails_and_one_that_is_dead(stage: Stage) -> None:
    tasks = stage.control.tasks

    async def fails() -> None:
        raise KeyError

    tasks.keep("count sheep", fails)
    await until(tasks.failing)
    assert await health(stage) == {
        "status": "degraded",
        "troubles": ["task_failing: count sheep"],
    }
    follower = tasks._tasks["follow the media node"]
    follower.cancel()
    await until(follower.done)
    assert (await health(stage))["troubles"] == [
        "task_failing: count sheep",
        "task_failing: follow the media node",
    ]
