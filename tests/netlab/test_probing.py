"""What is read from a flow of probes."""

from __future__ import annotations

import pytest

from benchmarks.netlab.probing import Arrival, Flow


def flow(*arrivals: Arrival, sent: int = 4) -> Flow:
    return Flow(sent=sent, arrivals=list(arrivals))


def arrival(number: int, received_at: float, *, held_s: float = 0.0) -> Arrival:
    return Arrival(number, sent_at=0.0, received_at=received_at, held_s=held_s, size_bytes=1000)


def test_loss_is_the_share_that_never_arrived() -> None:
    assert flow(arrival(0, 1.0), arrival(2, 2.0)).loss_ratio() == 0.5


def test_a_copy_does_not_make_up_for_a_loss() -> None:
    assert flow(arrival(0, 1.0), arrival(0, 1.0)).loss_ratio() == 0.75


def test_the_rate_is_taken_between_the_first_and_the_last_arrival() -> None:
    assert flow(arrival(0, 5.0), arrival(1, 5.5), arrival(2, 6.0)).rate_bps() == 16_000


def test_the_far_ends_time_is_not_the_lines() -> None:
    assert flow(arrival(0, 0.060, held_s=0.010)).rtts_ms() == pytest.approx([50.0])
