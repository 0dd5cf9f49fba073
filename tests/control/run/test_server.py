"""How a stopping `serve` waits."""

from __future__ import annotations

import asyncio

import pytest

from control.run.server import _drained, _first
from tests.control.run.test_visits import BOTH, Node


async def test_running_visit_is_waited_for_no_longer_than_told() -> None:
    said: list[str] = []
    node = Node([BOTH])
    async with asyncio.timeout(20):
        await _drained(node, 0.05, said.append)
    assert node.drained[0] is True
    assert "A second signal ends it at once" in said[0]


async def test_nothing_is_waited_for_where_no_time_is_given() -> None:
    node = Node([BOTH])
    await _drained(node, 0, print)
    assert node.looks == 0


async def test_bug_while_waiting_is_not_kept_quiet() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    kept = asyncio.create_task(asyncio.Event().wait())
    with pytest.raises(ZeroDivisionError):
        await _first(kept, fails())  # type: ignore[arg-type]
    assert not kept.done()
    kept.cancel()
