"""From what one side said and the other heard to the figures of a visit. PURE."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf, isnan, nan

from benchmarks.join.figures import percentile

FRAME_S = 0.02
"""Of sound in one packet."""
PLAYOUT_S = 0.2
"""What a frame may take beyond the quickest of the visit and still be played: NetEq's buffer seldom
holds more."""


class Voice:
    """One direction: the frames of sound of one person, by number from 0, as the other hears them.

    A frame is due whether or not there is a connection to send it on, as people go on talking.
    """

    def __init__(self, loop_frames: int) -> None:
        """Begin with nothing said.

        Args:
            loop_frames: After so many frames the same sound comes again.
        """
        self._loop = loop_frames
        self.due_at, self.sent_at, self.heard_at = array("d"), array("d"), array("d")
        """Of each frame, monotonic; NaN where it did not happen."""

    def say(self, due_at: float, sent_at: float = nan) -> int:
        """Note the next frame, sent or not; returns its number."""
        self.due_at.append(due_at)
        self.sent_at.append(sent_at)
        self.heard_at.append(nan)
        return len(self.due_at) - 1

    def hear(self, place: int, now: float) -> None:
        """Note that the frame of this place in the loop arrived: the newest that was said."""
        newest = len(self.due_at) - 1
        number = newest - (newest - place) % self._loop
        if number >= 0 and isnan(self.heard_at[number]) and not isnan(self.sent_at[number]):
            self.heard_at[number] = now

    def first_heard(self, since: float) -> float | None:
        """Return when the first frame that was sent at `since` or later was heard."""
        for number in range(len(self.due_at) - 1, -1, -1):
            if self.due_at[number] < since - FRAME_S:
                break
        else:
            number = 0
        came = [
            self.heard_at[n]
            for n in range(number, len(self.due_at))
            if self.sent_at[n] >= since and not isnan(self.heard_at[n])
        ]
        return min(came, default=None)

    def heard_before(self, end: float) -> int:
        """Return how many frames were heard before `end`."""
        return sum(at < end for at in self.heard_at)

    def behind_s(self, begin: float, end: float) -> list[float]:
        """Return how late each frame was sent that was due from `begin` to `end`."""
        rows = zip(self.due_at, self.sent_at, strict=True)
        return [sent - due for due, sent in rows if begin <= due <= end and not isnan(sent)]


@dataclass(frozen=True, slots=True)
class Heard:
    """How one direction was heard over some time."""

    frames: int
    missed: int
    longest_gap_s: float
    delays_s: Sequence[float]

    @property
    def gap_ratio(self) -> float:
        return self.missed / self.frames if self.frames else 1.0


def judge(voice: Voice, begin: float, end: float) -> Heard:
    """Judge the frames that were due from `begin` to `end`.

    A frame counts as missed when it was never sent, never came, or came later than `PLAYOUT_S`
    beyond the quickest frame, by the clock of the moment when it was sent: what the load itself
    sent late is no gap.
    """
    rows = [
        (sent, heard)
        for due, sent, heard in zip(voice.due_at, voice.sent_at, voice.heard_at, strict=True)
        if begin <= due <= end
    ]
    delays = [heard - sent for sent, heard in rows]
    came = [delay for delay in delays if not isnan(delay)]
    latest = min(came, default=inf) + PLAYOUT_S
    missed = [isnan(delay) or delay > latest for delay in delays]
    return Heard(len(rows), sum(missed), _longest(missed) * FRAME_S, came)


def _longest(missed: Iterable[bool]) -> int:
    return max((sum(run) for gone, run in groupby(missed) if gone), default=0)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a page's clock said, and when."""

    at: float
    elapsed_s: float


def clock_error_s(told: Iterable[Clock], accepted_at: float, answered_at: float) -> float | None:
    """Return how far a clock was off at worst; None when it said nothing.

    Contact began between the question and the answer of ACCEPT: inside there is no error.
    """
    errors = [
        max(
            0.0,
            clock.elapsed_s - (clock.at - accepted_at),
            clock.at - answered_at - clock.elapsed_s,
        )
        for clock in told
    ]
    return max(errors, default=None)


@dataclass(frozen=True, slots=True)
class Report:
    """What a visit was like in contact, both directions together."""

    gap_ratio: float
    longest_gap_ms: float
    delay_ms: float | None
    """None when nothing was heard."""
    loss_ratio: float
    clock_error_ms: float | None
    """None when no clock came."""
    behind_ms: float
    leaked: int
    """Packets of sound that should not have come: of somebody else, or before ACCEPT."""
    seconds: float


def report(
    voices: Sequence[Voice],
    begin: float,
    end: float,
    *,
    accepted_at: float,
    foreign: int,
    packets: tuple[int, int],
    clock_error: float | None,
) -> Report:
    """Sum a visit up.

    Args:
        voices: Of both directions.
        begin: When the first sound was heard; before, nothing is expected.
        end: When it was over, less what may still be under way.
        accepted_at: When ACCEPT was asked for.
        foreign: Packets of sound that came from somebody else.
        packets: How many were expected by their sequence numbers, and how many came.
        clock_error: As `clock_error_s` has it.
    """
    heard = [judge(voice, begin, end) for voice in voices]
    delays = [delay for one in heard for delay in one.delays_s]
    behind = [late for voice in voices for late in voice.behind_s(begin, end)]
    frames = sum(one.frames for one in heard)
    expected, came = packets
    return Report(
        gap_ratio=sum(one.missed for one in heard) / frames if frames else 1.0,
        longest_gap_ms=max(one.longest_gap_s for one in heard) * 1000,
        delay_ms=percentile(delays, 0.95) * 1000 if delays else None,
        loss_ratio=(expected - came) / expected if expected else 0.0,
        clock_error_ms=None if clock_error is None else clock_error * 1000,
        behind_ms=percentile(behind, 0.99) * 1000 if behind else 0.0,
        leaked=foreign + sum(voice.heard_before(accepted_at) for voice in voices),
        seconds=end - begin,
    )
