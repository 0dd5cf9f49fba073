"""The last second of what came from a publisher: how long its sound waited, and rates."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from sfu.bandwidth.base import Base
from sfu.relay.seam import Intake

WINDOW_COUNT = 7
"""Looks that make a second, or a little more."""
HEADERS_BYTES = 28
"""Of IPv4 and UDP: the line carries them too."""
BUSY_S, BUSY_COUNT = 0.010, 3
"""Sound that waited less may have found the line idle; and no more looks make a rate."""
PAUSE_S, JUMP_S = 0.5, 2.0
"""After so long without sound, or where its delay moved by so much, its clock is another one."""
MIN_LOSS_COUNT = 20
SOUND_BYTES = 350
"""Packets that are smaller on the average, by IP, are sound: 20 ms of Opus at 128 kbit/s."""


class Look(NamedTuple):
    """Sums since ever, and the least delay of sound since the look before."""

    at: float
    size_bytes: int
    expected: int
    received: int
    delay_s: float


class IntakeWindow:
    """What looks at a publisher's line found. Sound shows the delay: it leaves when it is made."""

    __slots__ = ("_base", "_looks")

    def __init__(self) -> None:
        self._base = Base()
        self._looks: deque[Look] = deque(maxlen=WINDOW_COUNT + 1)

    def take(self, intake: Intake, now: float) -> bool:
        """Take a look; return whether it tells of the line, which takes sound and a look before."""
        if intake.sound_delay_s is None:
            return False
        look = Look(now, intake.size_bytes, intake.expected, intake.received, intake.sound_delay_s)
        if self._looks and _is_another_clock(self._looks[-1], look):
            self._looks.clear()
            self._base = Base()
        self._looks.append(look)
        self._base.lower(look.delay_s, now)
        return len(self._looks) > 1

    def rebase(self) -> None:
        """Take the present delay as the base: what stands there is not this publisher's queue."""
        self._base = Base()
        self._base.lower(self._looks[-1].delay_s, self._looks[-1].at)

    def standing_s(self) -> float:
        """Return by how much all sound since the look before waited, in seconds."""
        return self._waited_s(self._looks[-1])

    def busy_rate_bps(self) -> float:
        """Return what the line let through while sound waited: its capacity."""
        count = 0
        for look in reversed(self._looks):
            if self._waited_s(look) < BUSY_S or count > BUSY_COUNT:
                break
            count += 1
        return self._rate_bps(max(count, 2))

    def received_bps(self) -> float:
        """Return what of it arrived, in bit/s."""
        return self._rate_bps(len(self._looks))

    def wire_bps(self, count: int) -> float:
        """Return the rate of IP packets that arrived between so many looks, the newest."""
        first, last = self._span(count)
        return 8 * self._arrived(count)[1] / (last.at - first.at)

    def is_sound_alone(self, count: int) -> bool:
        """Return whether no picture arrived between so many looks, the newest."""
        packets, size_bytes = self._arrived(count)
        return size_bytes < SOUND_BYTES * packets

    def loss_ratio(self) -> float:
        """Return the share of packets lost in the last second; 0 while they are few."""
        first, last = self._looks[0], self._looks[-1]
        expected = last.expected - first.expected
        if expected < MIN_LOSS_COUNT:
            return 0.0
        return min(max(1 - (last.received - first.received) / expected, 0.0), 1.0)

    def _waited_s(self, look: Look) -> float:
        return look.delay_s - self._base.least_s

    def _rate_bps(self, count: int) -> float:
        """Return the rate of arrival between the oldest and the newest of so many looks."""
        first, last = self._span(count)
        return 8 * (last.size_bytes - first.size_bytes) / (last.at - first.at)

    def _arrived(self, count: int) -> tuple[int, int]:
        """Return how many packets arrived between so many looks, and their bytes by IP."""
        first, last = self._span(count)
        packets = max(last.received - first.received, 0)
        return packets, last.size_bytes - first.size_bytes + HEADERS_BYTES * packets

    def _span(self, count: int) -> tuple[Look, Look]:
        return self._looks[-min(count, len(self._looks))], self._looks[-1]


def _is_another_clock(before: Look, after: Look) -> bool:
    return after.at - before.at > PAUSE_S or abs(after.delay_s - before.delay_s) > JUMP_S
