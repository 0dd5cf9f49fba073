"""A browser's line to us: silent until sound waits in it, then soon empty again."""

from __future__ import annotations

from random import Random

from sfu.bandwidth.uplink.estimator import (
    FORGET,
    HOLD_S,
    KEPT,
    LOOK_S,
    PICTURE_BPS,
    UNLIMITED_BPS,
    UplinkEstimator,
)
from sfu.relay.seam import Intake

RTT_S = 0.05
LATE_S = 0.3
"""From a cap to what the line is sent by it."""


class Line:
    """A publisher that sends what it may, or what it likes, through a line with a queue."""

    def __init__(self, rate_bps: float, queue_s: float, jitter_s: float = 0.0) -> None:
        self.now, self.rate_bps, self.queue_s, self.jitter_s = 0.0, rate_bps, queue_s, jitter_s
        self.likes_bps, self.obeys, self.sounds = 2e6, True, True
        self.estimator = UplinkEstimator(0.0)
        self.full: list[bool] = []
        self.targets: list[int] = []
        self.extra_s = 0.0
        self._random = Random(1)
        self._bits = 0.0
        self._came, self._expected, self._received = 0.0, 0.0, 0.0
        self._may: list[float] = []

    @property
    def waits_s(self) -> float:
        return self._bits / self.rate_bps

    def run(self, seconds: float) -> None:
        """Look again and again."""
        for _ in range(round(seconds / LOOK_S)):
            self._look()
            self.full.append(self.estimator.is_full)
            self.targets.append(self.estimator.target_bps)

    def _look(self) -> None:
        least_s = self.waits_s
        self._may.append(self.estimator.target_bps)
        late = self._may[-round(LATE_S / LOOK_S) - 1 :][0]
        sent = (min(late, self.likes_bps) if self.obeys else self.likes_bps) * LOOK_S
        passed = min(self._bits + sent, self.rate_bps * LOOK_S)
        self._bits += sent - passed
        lost = max(0.0, self._bits - self.queue_s * self.rate_bps)
        self._bits -= lost
        least_s = min(least_s, self.waits_s)
        self._came += passed / 8
        self._expected += sent / 8 / 1000
        self._received += (sent - lost) / 8 / 1000
        self.now += LOOK_S
        jitter_s = min(self._random.uniform(0, self.jitter_s) for _ in range(7))
        delay_s = 7_000 + self.extra_s + least_s + jitter_s if self.sounds else None
        intake = Intake(int(self._came), int(self._expected), int(self._received), delay_s)
        self.estimator.update(intake, RTT_S, self.now)


def test_a_line_that_is_not_filled_is_given_no_limit() -> None:
    line = Line(3e6, 0.3, jitter_s=0.08)
    line.run(60)
    assert set(line.targets) == {UNLIMITED_BPS}
    assert not any(line.full)


def test_a_line_that_narrows_is_empty_two_seconds_later_and_used_on() -> None:
    line = Line(3e6, 0.3)
    line.run(10)
    line.rate_bps = 4e5
    line.run(0.6)
    assert line.estimator.is_full
    line.run(1.8)
    assert not line.estimator.is_full
    assert line.waits_s < 0.02
    line.run(1.0)
    assert abs(line.targets[-1] - KEPT * 4e5) <= 1
    since = len(line.full)
    line.run(30)
    assert line.full[since:].count(True) < 0.25 * len(line.full[since:])


def test_a_line_that_widens_again_gets_its_limit_taken_off() -> None:
    line = Line(3e6, 0.3)
    line.run(10)
    line.rate_bps = 4e5
    line.run(4)
    assert line.targets[-1] < 4e5
    line.rate_bps = 3e6
    line.run(HOLD_S + 5)
    assert line.targets[-1] == UNLIMITED_BPS


def test_what_is_not_used_says_nothing_about_the_line() -> None:
    line = Line(3e6, 0.3)
    line.run(10)
    line.rate_bps = 4e5
    line.run(4)
    line.likes_bps = 1e5
    line.run(30)
    assert line.targets[-1] <= FORGET * 4e5


def test_a_way_that_becomes_longer_costs_a_dip_and_no_more() -> None:
    line = Line(3e6, 0.3)
    line.likes_bps = 1e6
    line.run(10)
    line.extra_s = 0.15
    line.run(2.5)
    assert not line.estimator.is_full
    line.run(10)
    assert line.targets[-1] == UNLIMITED_BPS
    assert line.full[-60:].count(True) == 0


def test_a_publisher_that_does_not_obey_is_cut_again_while_its_line_loses() -> None:
    line = Line(3e6, 0.3)
    line.run(5)
    line.obeys, line.rate_bps = False, 1e6
    line.run(4)
    assert all(line.full[-20:])
    assert line.targets[-1] <= 0.6 * 1e6


def test_sound_that_comes_back_may_have_another_clock() -> None:
    line = Line(3e6, 0.3)
    line.run(5)
    line.sounds = False
    line.run(1)
    line.sounds, line.extra_s = True, 1.0
    line.run(5)
    assert not any(line.full)
    line.extra_s += 5.0
    line.run(5)
    assert not any(line.full)


def test_a_picture_that_had_no_room_is_tried_again_within_a_minute_or_so() -> None:
    """Sound alone cannot use what would let it come back."""
    line = Line(3e6, 0.3)
    line.run(10)
    line.rate_bps = 9e4
    line.run(4)
    assert line.targets[-1] < PICTURE_BPS
    line.rate_bps, line.likes_bps = 3e6, 6e4
    line.run(HOLD_S + 60)
    assert line.targets[-1] >= PICTURE_BPS
