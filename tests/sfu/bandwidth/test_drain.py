"""The rate at which a standing queue drains."""

from __future__ import annotations

import pytest

from sfu.bandwidth.drain import DRAIN_TIME_S, drain_share


@pytest.mark.parametrize("standing_s", [0.15, 0.2, 0.3])
def test_a_queue_is_gone_in_the_same_time_whatever_its_length(standing_s: float) -> None:
    # A queue of s seconds at capacity c holds s*c; sending (1 - share)*c less drains it.
    assert standing_s / (1 - drain_share(standing_s)) == pytest.approx(DRAIN_TIME_S)


@pytest.mark.parametrize(("standing_s", "share"), [(0.0, 0.8), (0.05, 0.8), (0.5, 0.5), (9.0, 0.5)])
def test_a_short_queue_still_drains_and_a_long_one_leaves_half(
    standing_s: float, share: float
) -> None:
    assert drain_share(standing_s) == share
