"""What feedback told, each packet once."""

from __future__ import annotations

from math import isnan

from sfu.probe.told import Told
from sfu.relay.seam import FeedbackBatch


def batch(*rows: tuple[float, float | None], size: int = 100, cluster: int = 0) -> FeedbackBatch:
    """Make feedback of sending and arrival times."""
    return FeedbackBatch(
        at=rows[-1][0] + 0.1,
        sent_at=tuple(sent for sent, _ in rows),
        size_bytes=(size,) * len(rows),
        arrived_at=tuple(came for _, came in rows),
        cluster=(cluster,) * len(rows),
    )


def test_packets_are_told_in_sending_order_with_ip_and_udp() -> None:
    told = Told()
    told.take(batch((2.0, 7.0), (2.1, None)))
    told.take(batch((1.9, 6.9)))
    packets = told.packets()
    assert packets.sent_at.tolist() == [1.9, 2.0, 2.1]
    assert packets.wire_bytes.tolist() == [128, 128, 128]
    assert isnan(packets.arrived_at[2])
    assert packets.lost == 1
    assert told.newest_sent_at == 2.1


def test_a_packet_called_missing_that_arrives_later_arrived() -> None:
    told = Told()
    told.take(batch((1.0, None), (1.1, 6.1)))
    told.take(batch((1.0, 6.2), (1.2, 6.25)))
    assert told.packets().lost == 0
    assert len(told.packets().sent_at) == 3


def test_a_packet_called_missing_twice_is_one_packet() -> None:
    told = Told()
    told.take(batch((1.0, None), (1.1, 6.1)))
    told.take(batch((1.0, None), (1.2, 6.2)))
    assert told.packets().lost == 1


def test_two_alike_of_one_tick_are_two_packets() -> None:
    told = Told()
    told.take(batch((1.0, None), (1.0, None), (1.1, 6.1)))
    told.take(batch((1.0, 6.15), (1.0, None), (1.2, 6.2)))
    packets = told.packets()
    assert packets.lost == 1
    assert len(packets.sent_at) == 4


def test_others_of_the_same_tick_are_other_packets() -> None:
    told = Told()
    told.take(batch((1.0, None), cluster=1))
    told.take(batch((1.0, 6.0), cluster=2))
    told.take(batch((1.0, 6.0), size=70, cluster=1))
    assert told.packets().lost == 1


def test_what_is_older_than_the_window_is_forgotten() -> None:
    told = Told(window_s=5.0)
    told.take(batch((1.0, 6.0), (1.1, None)))
    told.take(batch((7.0, 12.0)))
    assert told.packets().sent_at.tolist() == [7.0]


def test_a_time_bounds_what_is_asked_for() -> None:
    told = Told()
    told.take(batch((1.0, 6.0), (1.5, None), (2.0, 7.0)))
    assert told.packets(since=1.2).sent_at.tolist() == [1.5, 2.0]


def test_nothing_told_is_no_packets() -> None:
    assert len(Told().packets().sent_at) == 0
    assert Told().packets().lost == 0


def test_delays_are_those_of_packets_that_came() -> None:
    told = Told()
    told.take(batch((1.0, 6.0), (1.5, None), (2.0, 7.25)))
    assert told.packets().arrived.delay_s.tolist() == [5.0, 5.25]
