"""Deadlines fire in order, once, and as last set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfu.base.timers import Timers


def drain(timers: Timers[str], now: float) -> list[str]:
    due = []
    while (key := timers.pop_due(now)) is not None:
        due.append(key)
    return due


def test_earliest_deadline_comes_first() -> None:
    timers = Timers[str]()
    timers.set("late", 2.0)
    timers.set("early", 1.0)
    assert timers.next_timeout() == 1.0
    assert drain(timers, 2.0) == ["early", "late"]


def test_nothing_fires_before_its_time() -> None:
    timers = Timers[str]()
    timers.set("a", 1.0)
    assert timers.pop_due(0.999) is None
    assert timers.pop_due(1.0) == "a"


def test_deadline_set_again_replaces_the_old_one() -> None:
    timers = Timers[str]()
    timers.set("a", 1.0)
    timers.set("a", 3.0)
    assert timers.next_timeout() == 3.0
    assert drain(timers, 2.0) == []
    assert drain(timers, 3.0) == ["a"]
    assert drain(timers, 9.0) == []


def test_deadline_moved_away_and_back_fires_once() -> None:
    timers = Timers[str]()
    for at in (1.0, 2.0, 1.0):
        timers.set("a", at)
    assert drain(timers, 5.0) == ["a"]


def test_cancelled_deadline_never_fires() -> None:
    timers = Timers[str]()
    timers.set("a", 1.0)
    timers.set("b", 1.0)
    timers.cancel("a")
    timers.set("b", None)
    assert timers.next_timeout() is None
    assert drain(timers, 5.0) == []


def test_equal_deadlines_fire_in_the_order_they_were_set() -> None:
    timers = Timers[str]()
    for key in "xya":
        timers.set(key, 1.0)
    assert drain(timers, 1.0) == ["x", "y", "a"]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(0, 9))))
def test_timers_agree_with_a_plain_dictionary(steps: list[tuple[str, int | None]]) -> None:
    timers = Timers[str]()
    model: dict[str, int] = {}
    for key, at in steps:
        timers.set(key, at)
        model.pop(key, None)
        if at is not None:
            model[key] = at
    assert len(timers) == len(model)
    assert timers.next_timeout() == min(model.values(), default=None)
    fired = drain(timers, 10.0)
    assert sorted(fired) == sorted(model)
    assert [model[key] for key in fired] == sorted(model.values())
