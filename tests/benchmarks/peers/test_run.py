"""The order of a comparison, and servers that fail in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from benchmarks.peers.adapter import Adapter
from benchmarks.peers.run import MOST_TURNS, Run
from tests.benchmarks.peers.test_figures import turn

Work = Callable[[str, int], Awaitable[None]]


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], Run]:
    """Returns a run of ours, a and b, whose turns and growth do this instead of measuring."""

    def make(work: Work) -> Run:
        async def take(run: Run, adapter: Adapter, number: int) -> None:
            await work(adapter.name, number)
            run.turns.append(turn(adapter.name, number))

        async def grow(run: Run, adapter: Adapter, figures: Any, until: float) -> None:
            run.by_calls[adapter.name] = []

        monkeypatch.setattr(Run, "_turn", take)
        monkeypatch.setattr(Run, "_grow", grow)
        monkeypatch.setattr("benchmarks.peers.run.claim", lambda cpu: None)
        names = ("ours", "a", "b")
        return Run([cast(Adapter, SimpleNamespace(name=name)) for name in names], minutes=1.0)

    return make


async def nothing(name: str, number: int) -> None: ...


async def test_every_other_turn_goes_the_other_way(compare: Callable[[Work], Run]) -> None:
    run = compare(nothing)
    await run.measure()
    assert len(run.turns) == 3 * MOST_TURNS
    order = [(t.server, t.number) for t in run.turns[:6]]
    assert order == [("ours", 0), ("a", 0), ("b", 0), ("b", 1), ("a", 1), ("ours", 1)]


async def test_turns_end_when_the_next_would_take_the_time_of_growth(
    compare: Callable[[Work], Run],
) -> None:
    run = compare(nothing)
    run.began_at -= 60  # all of the time is over
    await run.measure()
    assert {t.number for t in run.turns} == {0}


async def test_a_server_that_fails_is_left_out_and_the_others_go_on(
    compare: Callable[[Work], Run],
) -> None:
    async def fail(name: str, number: int) -> None:
        if (name, number) == ("a", 1):
            raise RuntimeError("it fell over")

    run = compare(fail)
    await run.measure()
    assert run.failed == {"a": "failed: it fell over"}
    assert [t.number for t in run.turns if t.server == "a"] == [0]
    assert [t.number for t in run.turns if t.server == "b"] == list(range(MOST_TURNS))
    assert set(run.by_calls) == {"ours", "b"}


async def test_a_server_that_never_answers_is_given_up(
    compare: Callable[[Work], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(name: str, number: int) -> None:
        if name == "b":
            await asyncio.Event().wait()

    monkeypatch.setattr("benchmarks.peers.run.LONGEST_S", 0.01)
    run = compare(hang)
    await run.measure()
    assert run.failed == {"b": "failed: TimeoutError"}


async def test_without_ours_there_is_nothing_to_compare_with(
    compare: Callable[[Work], Run],
) -> None:
    async def fail(name: str, number: int) -> None:
        raise RuntimeError("ours fell over")

    with pytest.raises(RuntimeError, match="ours fell over"):
        await compare(fail).measure()
