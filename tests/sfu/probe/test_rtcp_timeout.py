"""When packets that leave, and of which nothing is told, count as lost."""

from __future__ import annotations

import random

import pytest

from sfu.probe.rtcp_timeout import FEEDBACK_S, LEAST_S, REPORT_S, Flow, RtcpTimeout

STEP_S, RTT_S = 0.02, 0.05


class Line:
    """Fifty packets a second each way, feedback each `every_s`, looked at each second."""

    def __init__(self, seed: int = 1) -> None:
        self.timeout = RtcpTimeout(10.0)
        self.random = random.Random(seed)
        self.now = 100.0
        self.every_s: float | None = FEEDBACK_S
        self.reports_s: float | None = None
        self.up_loss = 0.0
        self.is_dead = False
        self.is_open = True
        self.is_numbered = True
        self.rtt_s = RTT_S
        self._sums = [0, 0, 0, 0]
        self._feed_at = self._report_at = self._look_at = self.now
        self._reached_at = self.now

    def run(self, seconds: float) -> list[float]:
        """Let time pass; return after how long each look called it dead."""
        began, out = self.now, []
        while self.now < began + seconds - 1e-9:
            self.now += STEP_S
            comes = self.random.random() >= self.up_loss
            self._sums[1] += self.is_open
            self._sums[0] += self.is_open and self.is_numbered
            self._sums[2] += comes
            self._sums[3] += 1
            if not self.is_dead:
                self._reached_at = self.now
            self._tell()
            if self.now >= self._look_at:
                self._look_at += 1.0
                self.timeout.look(Flow(*self._sums), self.rtt_s, self.now)
                if self.timeout.is_out:
                    out.append(self.now - began)
        return out

    def _tell(self) -> None:
        arrives = self.random.random() >= self.up_loss
        flows = self.is_open and self.is_numbered
        if self.every_s is not None and self.now >= self._feed_at:
            self._feed_at += self.every_s
            if arrives and flows and not self.is_dead:
                self.timeout.note_feedback(self.now)
        if self.reports_s is not None and self.now >= self._report_at:
            self._report_at += self.reports_s
            if arrives:
                self.timeout.note_reached(self._reached_at)


def test_what_leaves_after_the_last_feedback_counts_once_it_is_late() -> None:
    line = Line()
    assert line.run(10.0) == []
    assert line.timeout.unanswered(0.0) == 0
    line.is_dead = True
    out = line.run(6.0)
    assert LEAST_S + RTT_S - FEEDBACK_S <= out[0] <= LEAST_S + RTT_S + 1.0
    assert line.timeout.unanswered(0.0) == pytest.approx(50 * 6, abs=60)
    assert line.timeout.unanswered(line.now - 3.0) == pytest.approx(50 * 3, abs=60)


def test_the_next_feedback_ends_it_at_once() -> None:
    line = Line()
    line.run(10.0)
    line.is_dead = True
    assert line.run(6.0)
    line.is_dead = False
    assert line.run(5.0) == []
    assert line.timeout.unanswered(0.0) == 0


def test_a_long_round_trip_has_longer_to_answer() -> None:
    line = Line()
    line.rtt_s = 1.5
    line.run(10.0)
    line.is_dead = True
    assert line.run(8.0)[0] >= LEAST_S + 1.5 - FEEDBACK_S


@pytest.mark.parametrize("loss", [0.1, 0.3, 0.5])
def test_an_uplink_that_loses_feedback_is_no_dead_downlink_in_an_hour(loss: float) -> None:
    line = Line(seed=7)
    line.up_loss = loss
    assert line.run(3600.0) == []


def test_a_dead_downlink_is_told_on_a_bad_uplink_too() -> None:
    line = Line()
    line.up_loss = 0.3
    line.run(20.0)
    line.is_dead = True
    assert line.run(12.0)[0] <= 5.0


def test_where_nothing_comes_up_nothing_is_said_of_the_way_down() -> None:
    line = Line()
    line.run(10.0)
    line.up_loss = 1.0
    assert line.run(20.0) == []


def test_where_nothing_leaves_nothing_is_missed() -> None:
    line = Line()
    line.run(10.0)
    line.is_open = False
    assert line.run(20.0) == []
    line.is_open = True
    assert line.run(10.0) == []


def test_packets_without_a_number_are_owed_no_feedback() -> None:
    """As sound, where only pictures are numbered, once the picture is paused."""
    line = Line()
    line.reports_s = REPORT_S
    line.run(30.0)
    line.is_numbered = False
    assert line.run(120.0) == []


def test_a_browser_that_never_gave_feedback_is_judged_by_its_reports_alone() -> None:
    line = Line()
    line.every_s, line.reports_s = None, REPORT_S
    assert line.run(120.0) == []
    line.is_dead = True
    out = line.run(60.0)
    assert 2 * REPORT_S <= out[0] <= 5 * REPORT_S


def test_a_browser_that_tells_nothing_at_all_is_not_judged() -> None:
    line = Line()
    line.every_s = None
    assert line.run(120.0) == []


def test_one_that_gives_feedback_less_often_has_longer() -> None:
    line = Line()
    line.every_s = 2.5
    assert line.run(120.0) == []
    line.is_dead = True
    assert line.run(20.0)[0] >= 7.0


def test_reports_that_still_echo_new_packets_speak_for_the_line() -> None:
    line = Line()
    line.reports_s = 1.0
    line.run(10.0)
    line.every_s = None
    assert line.run(60.0) == []
