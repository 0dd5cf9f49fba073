"""The plain counters."""

from __future__ import annotations

from sfu.base.stats import DropReason, Stats


def test_every_reason_is_there_from_the_start_at_zero() -> None:
    assert Stats().dropped == dict.fromkeys(DropReason, 0)


def test_drops_are_counted_by_reason() -> None:
    stats = Stats()
    stats.drop(DropReason.REPLAYED)
    stats.drop(DropReason.REPLAYED)
    assert {reason: n for reason, n in stats.dropped.items() if n} == {DropReason.REPLAYED: 2}


def test_two_nodes_in_one_process_count_apart() -> None:
    Stats().drop(DropReason.REPLAYED)
    assert Stats().dropped[DropReason.REPLAYED] == 0
