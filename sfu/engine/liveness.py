"""Whether a peer is there, judged by when its last authenticated packet came.

One that sends is never silent for long; one that only receives is, between its reports. So a
silent one is asked for a sign of life before it is called lost, and everything that authenticates
is an answer. One that was lost sending nothing is asked again with its next packet, and here once
it sends or answers: a line that is dead towards it carries its checks and reports all the same.
"""

from __future__ import annotations

from enum import Enum, auto

ASK_AFTER_S = 0.4
"""Idle browsers were silent up to 1.3 s (Chromium 156) or 3.6 s (Firefox 153)."""
ASK_EVERY_S = 0.35
ASKINGS = 3
LOST_AFTER_S = ASK_AFTER_S + ASKINGS * ASK_EVERY_S
"""1.45 s: control hears within 1.5, and the first asking had a second to be answered. When this
process is late, each asking waits its turn and the verdict with it."""
UNASKED_LOST_AFTER_S = 4.0
"""For one that cannot be asked, without data channels, and sends no media either."""
CLOSED_AFTER_S = 120.0
"""The grace of a reload or a network change, counted from the last packet."""
LOST_POLL_S = 0.05
"""How often a lost peer's receive time is looked at; nobody tells of its media."""


class Verdict(Enum):
    """What a look at a peer says."""

    HERE = auto()
    WAIT = auto()  # nothing came since it was excused: no sign either way
    ASK = auto()  # it is here as far as we know: ask it for a sign of life
    LOST = auto()
    OVER = auto()  # it will not come back


class Liveness:
    """One peer's. Tell it of packets by `heard`, and `look` at `next_look_at`."""

    __slots__ = ("_askings", "_excused_at", "_silent_from", "next_look_at", "received_at")

    def __init__(self, now: float) -> None:
        self.received_at = self._excused_at = self._silent_from = now
        self._askings = 0
        self.next_look_at = now + ASK_AFTER_S

    def note_packet(self, at: float) -> None:
        """Note a packet that authenticated; those of long ago change nothing."""
        self.received_at = max(self.received_at, at)

    def excuse(self, now: float) -> None:
        """Judge afresh from now: nobody read its packets for a while."""
        self._excused_at = now

    def judge(self, now: float, *, lost: bool, can_ask: bool, sends: bool) -> Verdict:
        """Judge, and set `next_look_at`.

        Args:
            lost: The former verdict still holds: it is not asked, and looked at often.
            can_ask: It has data channels.
            sends: Media came with its last packets.
        """
        silent_from = max(self.received_at, self._excused_at)
        if silent_from != self._silent_from:
            self._silent_from, self._askings = silent_from, 0
        patience_s = LOST_AFTER_S if sends else UNASKED_LOST_AFTER_S
        self.next_look_at = now + LOST_POLL_S
        if now >= silent_from + CLOSED_AFTER_S:
            return Verdict.OVER
        if self._askings == ASKINGS if can_ask else now >= silent_from + patience_s:
            return Verdict.LOST
        if lost:
            if self.received_at < self._excused_at:
                return Verdict.WAIT
            if sends or not can_ask:
                return Verdict.HERE
            self._askings = ASKINGS
            return Verdict.ASK
        if not can_ask:
            self.next_look_at = min(silent_from + patience_s, now + ASK_AFTER_S)
        elif now < silent_from + ASK_AFTER_S:
            self.next_look_at = silent_from + ASK_AFTER_S
        else:
            self._askings += 1
            self.next_look_at = now + ASK_EVERY_S
            return Verdict.ASK
        return Verdict.HERE
