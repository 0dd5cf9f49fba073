"""A check over a line of netlab, in virtual time: the engine's part is played here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from benchmarks.netlab.conditions import Conditions
from sfu.messages import CheckReport, Level
from sfu.probe.check import AskPicture, Check
from sfu.probe.report import Reach
from tests.sfu.probe.lines import Down, Picture, Up

POLL_S, INTAKE_S, UP_S, RTT_S = 0.01, 0.06, 0.5, 0.5
BEGAN = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)


@dataclass
class Outcome:
    """A check that ended."""

    check: Check
    report: CheckReport
    took_s: float
    first_verdict_s: float
    size_bytes: int
    """What really crossed the line for the check's sake, sound apart."""
    asked: list[object]
    padding_bytes: int
    """The part of it that is padding."""


class Lab:
    """One browser, its line, and a check."""

    def __init__(
        self, up: Conditions, down: Conditions, seed: int = 1, *, light: bool = False
    ) -> None:
        self.up = Up(up, seed)
        self.down = Down(down, seed + 500, back_s=up.delay_s)
        self.rtt_s = up.delay_s + down.delay_s
        self.check = Check(0.0, light=light, reach=Reach(100, 80))
        self.now = 0.0
        self.asked: list[object] = []
        self.first_verdict_s = 0.0
        self.shows_pictures = True
        self.deaf_from_s = inf
        """From when on nothing arrives at the browser, and so nothing is told of it."""
        self._picture: Picture | None = None
        self._intake_at = self._up_at = 0.0
        self._rtt_at = self.rtt_s

    def step(self) -> None:
        """Let a hundredth of a second pass."""
        self._act()
        self.now = round(self.now + POLL_S, 6)
        if self._picture is not None:
            self._picture.advance(self.now)
        else:
            self.up.advance(self.now)
        is_deaf = self.now >= self.deaf_from_s
        for batch in () if is_deaf else self.down.advance(self.now):
            self.check.receive_feedback(batch, self.now)
        if self.now >= self._intake_at:
            self._intake_at += INTAKE_S
            self.check.receive_intake(self.up.intake(), self.now)
        if self.now >= self._up_at:
            self._up_at += UP_S
            self.check.receive_up(*self.up.take(), self.now)
        if self.now >= self._rtt_at and not is_deaf:
            self._rtt_at += RTT_S
            self.check.receive_rtts([self.rtt_s], self.now)
        if not self.first_verdict_s and self.report().quality.level is not Level.UNKNOWN:
            self.first_verdict_s = self.now

    def _act(self) -> None:
        while (action := self.check.next_action(self.now)) is not None:
            self.asked.append(action)
            if isinstance(action, AskPicture):
                if self.shows_pictures:
                    self._picture = Picture(self.up, action.video_bps)
            else:
                self.down.pad(action.cluster, action.rate_bps, action.duration_s)

    def report(self) -> CheckReport:
        """Return the report as it stands."""
        return self.check.report(self.now, BEGAN + timedelta(seconds=self.now))

    def run(self) -> Outcome:
        """Let the check come to its end."""
        while not self.check.is_done and self.now < 20:
            self.step()
        padding_bytes = self.down.sent_bytes
        size_bytes = padding_bytes + (self._picture.sent_bytes if self._picture else 0)
        return Outcome(
            self.check,
            self.report(),
            self.now,
            self.first_verdict_s,
            size_bytes,
            self.asked,
            padding_bytes,
        )


def run_check(up: Conditions, down: Conditions, seed: int = 1, *, light: bool = False) -> Outcome:
    """Run one check over a line."""
    return Lab(up, down, seed, light=light).run()
