"""What the last second says: queues, capacities, rates, loss."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfu.bandwidth.downlink.window import Window
from tests.sfu.bandwidth.downlink.builders import every, feedback, through


def test_a_queue_stands_when_every_packet_of_late_waited() -> None:
    window = Window()
    window.take(feedback(every(0.01, 50)))
    assert window.standing_s() == pytest.approx(0)
    window.take(feedback(every(0.01, 50, start=100.5), delay_s=0.05))
    assert window.standing_s() == pytest.approx(0.03)


def test_one_packet_that_did_not_wait_says_that_no_queue_stands() -> None:
    window = Window()
    late = feedback(every(0.01, 50, start=100.5), delay_s=0.05)
    arrived = list(late.arrived_at)
    arrived[45] = late.sent_at[45] + 5_000.0 + 0.02
    window.take(feedback(every(0.01, 50)))
    window.take(replace(late, arrived_at=tuple(arrived)))
    assert window.standing_s() == pytest.approx(0)


def test_a_full_line_shows_its_capacity_whatever_was_sent() -> None:
    window = Window()
    window.take(feedback(every(0.02, 50), delay_s=0.008))
    window.take(through(1_000_000, every(0.005, 80, start=101.0)))
    assert window.busy_rate_bps() == pytest.approx(1_000_000, rel=0.02)


def test_packets_that_waited_and_moved_apart_were_held_up() -> None:
    window = Window()
    window.take(feedback(every(0.02, 50), delay_s=0.008))
    window.take(through(1_000_000, every(0.005, 80, start=101.0)))
    assert window.is_held_up()


def test_packets_that_all_waited_as_long_were_not_held_up() -> None:
    window = Window()
    window.take(feedback(every(0.01, 50)))
    window.take(feedback(every(0.01, 50, start=100.5), delay_s=0.05))
    assert not window.is_held_up()


def test_one_frame_that_waited_says_nothing_of_being_held_up() -> None:
    """A line spreads the packets of any burst; after a stall one frame may be all that waited."""
    window = Window()
    window.take(feedback(every(0.02, 50), delay_s=0.008))
    window.take(through(1_000_000, every(0.001, 5, start=101.2)))
    assert not window.is_held_up()


def test_bursts_that_pass_quickly_show_a_line_wider_than_known() -> None:
    bursts = [100 + frame / 25 + packet / 1000 for frame in range(25) for packet in range(3)]
    window = Window()
    window.take(through(4_000_000, bursts))
    assert window.outruns(1_000_000)
    assert not window.outruns(4_000_000)
    assert not window.outruns(5_000_000)


def test_rates_count_whole_ip_packets_and_only_those_that_arrived() -> None:
    window = Window()
    batch = feedback(every(0.01, 101), size=972)
    arrived = tuple(None if n % 4 == 0 else at for n, at in enumerate(batch.arrived_at))
    window.take(replace(batch, arrived_at=arrived))
    assert window.sent_bps() == pytest.approx(808_000, rel=0.02)
    assert window.received_bps() == pytest.approx(600_000, rel=0.02)
    assert window.loss_ratio() == pytest.approx(0.25, abs=0.01)
    assert window.payload_ratio() == pytest.approx(0.972)


def test_what_feedback_never_told_does_not_lower_the_rates() -> None:
    window = Window()
    for start in (100.0, 100.2, 100.5, 100.7, 100.9):  # nothing about 100.4 to 100.5
        window.take(feedback(every(0.01, 20, start=start)))
    assert window.sent_bps() == pytest.approx(8 * 1028 / 0.01, rel=0.05)


def test_feedback_told_twice_and_overtaken_feedback_count_once() -> None:
    window = Window()
    first, second = feedback(every(0.01, 20)), feedback(every(0.01, 20, start=100.3))
    assert len(window.take(first)) == 20
    assert len(window.take(second)) == 20
    assert window.take(first) == []
    assert len(window.take(second)) <= 1


def test_a_base_that_became_longer_can_be_taken_as_such() -> None:
    window = Window()
    window.take(feedback(every(0.01, 50)))
    window.take(feedback(every(0.01, 50, start=100.5), delay_s=0.12))
    assert window.standing_s() == pytest.approx(0.1)
    window.rebase()
    assert window.standing_s() == pytest.approx(0)
    window.take(feedback(every(0.01, 20, start=101.0), delay_s=0.02))
    assert window.standing_s() == pytest.approx(0)


def test_a_receivers_clock_that_jumps_begins_a_new_window() -> None:
    """Its reference time has 24 bits of 64 ms, and wraps once in 12.4 days."""
    window = Window()
    window.take(feedback(every(0.01, 50)))
    batch = feedback(every(0.01, 20, start=100.5))
    jumped = tuple(at + 1_073_741.824 for at in batch.arrived_at if at is not None)
    window.take(replace(batch, arrived_at=jumped))
    assert window.standing_s() == pytest.approx(0)
    assert window.loss_ratio() == pytest.approx(0)
