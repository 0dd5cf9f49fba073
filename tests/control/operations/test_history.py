"""What the operator's page remembers: two hours of samples, what counters grew by, troubles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from control.operations.model import (
    KEPT,
    MOST_FAULTS,
    STEP_S,
    Added,
    FaultKind,
    Faults,
    Growth,
    History,
    Levels,
    Sample,
    summed,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def sample(at: datetime) -> Sample:
    return Sample(at, 0, 0, None, Levels(), Added())


def test_history_holds_two_hours_and_no_more() -> None:
    history = History(NOW)
    for step in range(2000):
        history.samples.append(sample(NOW + timedelta(seconds=STEP_S * step)))
    kept = history.after(None)
    assert kept[-1].at - kept[0].at == KEPT - timedelta(seconds=STEP_S)
    assert [one.at for one in history.after(kept[-3].at)] == [kept[-2].at, kept[-1].at]
    assert history.after(kept[-1].at) == []


def test_growth_is_what_was_added_and_starts_from_what_it_finds() -> None:
    growth = Growth()
    assert [growth.take("x", total) for total in (5000, 5003, 5003, 5010)] == [0, 3, 0, 7]
    assert growth.take("y", 1) == 0


def test_growth_from_zero_counts_what_it_finds_first() -> None:
    growth = Growth(from_zero=True)
    assert [growth.take("x", total) for total in (3, 3, 5)] == [3, 0, 2]


def test_growth_of_a_counter_that_began_anew_is_what_it_counted_since() -> None:
    growth = Growth()
    assert [growth.take("x", total) for total in (100, 120, 8, 9)] == [0, 20, 8, 1]


def test_growth_over_a_time_when_nothing_was_told_is_told_afterwards() -> None:
    growth = Growth()
    assert [growth.take("x", total) for total in (100, None, 107)] == [0, 0, 7]


def test_growth_of_cumulative_buckets_is_each_buckets_own() -> None:
    growth = Growth()
    inf = float("inf")
    assert growth.take_buckets("joins", [(0.5, 3), (1.0, 4), (inf, 4)]) == (0, 0, 0)
    assert growth.take_buckets("joins", [(0.5, 5), (1.0, 7), (inf, 8)]) == (2, 1, 1)


def test_rows_of_other_bounds_are_left_out_of_a_sum() -> None:
    assert summed([(1, 2), (), (1, 1, 1), (3, 4)], 2) == [4, 6]


def test_a_trouble_that_lasts_is_one_until_it_ends() -> None:
    faults = Faults()
    for minute in range(5):
        faults.begin(FaultKind.NODE_AWAY, "node-1", now=NOW + minute * MINUTE)
    (fault,) = faults
    assert (fault.began_at, fault.lasts) == (NOW, True)
    faults.end(FaultKind.NODE_AWAY, "node-1", now=NOW + 6 * MINUTE)
    (fault,) = faults
    assert (fault.last_at, fault.lasts) == (NOW + 6 * MINUTE, False)
    faults.begin(FaultKind.NODE_AWAY, "node-1", now=NOW + 7 * MINUTE)
    assert [one.lasts for one in faults] == [True, False]


def test_what_happens_again_soon_is_counted_and_later_is_another() -> None:
    faults = Faults()
    faults.note(FaultKind.REFUSED, "email", times=2, now=NOW)
    faults.note(FaultKind.REFUSED, "email", times=1, now=NOW + 5 * MINUTE)
    faults.note(FaultKind.REFUSED, "sms", now=NOW + 5 * MINUTE)
    faults.note(FaultKind.REFUSED, "email", times=0, now=NOW + 6 * MINUTE)
    faults.note(FaultKind.REFUSED, "email", now=NOW + 20 * MINUTE)
    assert [(one.subject, one.times) for one in faults] == [("email", 1), ("email", 3), ("sms", 1)]


def test_troubles_are_bounded_and_the_newest_stay() -> None:
    faults = Faults()
    for number in range(MOST_FAULTS + 7):
        faults.note(FaultKind.TASK, f"job {number}", now=NOW + number * MINUTE)
    found = [one.subject for one in faults]
    assert len(found) == MOST_FAULTS
    assert found[0] == f"job {MOST_FAULTS + 6}"
