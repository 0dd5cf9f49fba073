"""When a lost packet was there, by the emulator's and the node's account."""

from __future__ import annotations

from math import inf

import pytest

from benchmarks.netlab.fatelog import Direction, Record
from benchmarks.netlab.link import Fate
from benchmarks.repair.figures import Leg, figures, repairs
from benchmarks.repair.journal import Journal

PICTURES, RESENDS, OTHER = 10, 11, 12


def packet(
    way: Direction, ssrc: int, seq: int, at: float, *, fate: Fate = Fate.DELIVERED
) -> Record:
    arrival = at + 0.025 if fate is Fate.DELIVERED else at
    return Record(at, way, 1000, fate, False, arrival, 0.0, ssrc, seq)


def leg(way: Direction) -> Leg:
    return Leg(way, PICTURES, 0.0, 10.0)


def test_up_a_loss_is_known_with_the_next_packet_and_mended_when_the_node_has_it() -> None:
    way = Direction.UP
    records = [
        packet(way, PICTURES, 1, 1.0),
        packet(way, PICTURES, 2, 1.01, fate=Fate.LOST),
        packet(way, OTHER, 7, 1.011),
        packet(way, PICTURES, 3, 1.02),
    ]
    journal = Journal(accepted={(PICTURES, 2): 1.1, (OTHER, 2): 1.05})
    assert repairs(leg(way), records, journal) == [pytest.approx(1.1 - 1.045)]


def test_down_the_first_resend_that_arrived_counts() -> None:
    way = Direction.DOWN
    records = [
        packet(way, PICTURES, 2, 1.0, fate=Fate.LOST),
        packet(way, PICTURES, 3, 1.02),
        packet(way, RESENDS, 50, 1.06, fate=Fate.LOST),
        packet(way, RESENDS, 51, 1.07),
        packet(way, RESENDS, 52, 1.08),
    ]
    journal = Journal(resends={(RESENDS, seq): (PICTURES, 2) for seq in (50, 51, 52)})
    assert repairs(leg(way), records, journal) == [pytest.approx(1.095 - 1.045)]


def test_what_never_came_is_infinitely_late() -> None:
    way = Direction.DOWN
    records = [packet(way, PICTURES, 2, 1.0, fate=Fate.LOST), packet(way, PICTURES, 3, 1.02)]
    assert repairs(leg(way), records, Journal()) == [inf]


def test_losses_outside_the_phase_and_the_other_way_do_not_count() -> None:
    way = Direction.UP
    records = [
        packet(way, PICTURES, 1, 20.0, fate=Fate.LOST),
        packet(Direction.DOWN, PICTURES, 2, 1.0, fate=Fate.LOST),
        packet(way, PICTURES, 3, 20.1),
    ]
    assert repairs(leg(way), records, Journal()) == []


def test_shares_are_of_all_that_was_lost() -> None:
    found = figures([0.05, 0.06, 0.069, 0.11, inf])
    assert found == {"lost": 5, "within_1": 0.6, "within_2": 0.8, "ms_p50": 69.0}
