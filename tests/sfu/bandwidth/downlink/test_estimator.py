"""The estimator by itself: whatever it is told, it stays within its bounds and goes on."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sfu.bandwidth.downlink.estimator import MAX_BPS, MIN_BPS, DownlinkEstimator
from sfu.relay.seam import FeedbackBatch
from tests.sfu.bandwidth.downlink.builders import every, feedback

_packets = st.tuples(
    st.floats(0, 0.3),
    st.integers(0, 1500),
    st.none() | st.floats(-1e6, 1e6) | st.floats(99, 103),
    st.integers(0, 4),
)
_batches = st.tuples(st.floats(0, 2), st.lists(_packets, min_size=1, max_size=40))


def _batch(at: float, packets: list[tuple[float, int, float | None, int]]) -> FeedbackBatch:
    packets = sorted(packets, key=lambda packet: packet[0])
    sent_at, sizes, arrived, clusters = zip(*packets, strict=True)
    return FeedbackBatch(at, tuple(at - 0.4 + gap for gap in sent_at), sizes, arrived, clusters)


@given(
    start_bps=st.integers(-(10**6), 10**9),
    batches=st.lists(_batches, max_size=12),
    rtt_s=st.none() | st.floats(0, 5),
    wanted_bps=st.integers(0, 10**8),
)
def test_whatever_feedback_says_the_target_stays_within_bounds(
    start_bps: int,
    batches: list[tuple[float, list[tuple[float, int, float | None, int]]]],
    rtt_s: float | None,
    wanted_bps: int,
) -> None:
    now = 100.0
    estimator = DownlinkEstimator(now, start_bps)
    estimator.note_demand(wanted_bps, now)
    for gap, packets in batches:
        now += gap
        estimator.receive_feedback(_batch(now, packets), rtt_s)
        estimator.handle_timeout(now)
        probe = estimator.next_probe(now)
        assert 0 <= estimator.target_bps <= MAX_BPS
        assert probe is None or 0 < probe.rate_bps <= 1.5 * MAX_BPS


def test_the_least_target_still_names_some_sound() -> None:
    estimator = DownlinkEstimator(100.0, 1)
    assert 0.9 * MIN_BPS <= estimator.target_bps <= MIN_BPS


def test_without_any_feedback_the_start_stays() -> None:
    estimator = DownlinkEstimator(100.0, 300_000)
    estimator.handle_timeout(200.0)
    assert estimator.target_bps == 300_000
    assert estimator.next_probe(200.0) is None


def test_a_receiver_that_falls_silent_gets_less_and_still_a_small_picture() -> None:
    estimator = DownlinkEstimator(100.0, 1_000_000)
    estimator.note_demand(40_000, 100.0)
    estimator.receive_feedback(feedback(every(0.01, 20)), 0.05)
    targets = [estimator.target_bps]
    for look in range(200):
        estimator.handle_timeout(100.2 + 0.05 * look)
        targets.append(estimator.target_bps)
    assert all(later <= earlier for earlier, later in pairwise(targets))
    assert targets[20] <= 0.75 * targets[0]
    assert 130_000 <= targets[-1] <= 160_000


def test_one_cluster_is_under_way_at_a_time_and_a_lost_one_is_given_up() -> None:
    estimator = DownlinkEstimator(100.0)
    estimator.note_demand(2_000_000, 100.0)
    estimator.receive_feedback(feedback(every(0.01, 40)), 0.05)
    assert estimator.next_probe(100.5) is not None
    assert estimator.next_probe(100.6) is None
    estimator.handle_timeout(101.5)
    estimator.receive_feedback(feedback(every(0.01, 40, start=101.2)), 0.05)
    assert estimator.next_probe(101.7) is None  # it failed just now
    estimator.receive_feedback(feedback(every(0.01, 40, start=106.0)), 0.05)
    assert estimator.next_probe(106.5) is not None
