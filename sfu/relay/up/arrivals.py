"""Arrival times by transport-wide number, until the next feedback to the publisher takes them."""

from __future__ import annotations

from sfu.base.timers import on_grid
from sfu.rtp import transport_cc

INTERVAL_S = 0.06
"""Between two feedback packets while packets come; libwebrtc adapts its own within 50–250 ms."""
MAX_PENDING = 300
"""Beyond, a batch goes out at once: the packet must fit a datagram."""
MAX_UNTOLD = 400
"""Arrivals kept while feedback has nowhere to go, or a flood overtakes it; then only newer ones
count. As many still fit a datagram."""
MAX_SPAN = 1000
"""Numbers that one feedback packet covers at most."""
MAX_LATE = 256
"""Numbers behind the newest told by which a packet may be late; the sender has long counted one
that is later as lost."""
MAX_SPREAD_S = 8.0
"""Between arrivals told in one feedback: a delta says ±8.19 s at most."""
_FIRST = 1 << 16


class ArrivalLog:
    """What one publisher sent with the transport-wide extension and feedback has not told yet."""

    __slots__ = ("_count", "_next", "_seen", "_started_at", "_told", "due_at")

    def __init__(self, now: float) -> None:
        self._seen: dict[int, float] = {}
        self._told: dict[int, float] = {}
        """What feedback told of late, to be told again beside a packet that is late: each feedback
        speaks of all numbers from its first to its last, and must not unsay what another said."""
        self._next: int | None = None
        self._count = 0
        self._started_at = now - 1.0  # arrivals are told on a clock of their own, above zero
        self.due_at: float | None = None
        """When the next feedback is due; None when there is nothing to tell."""

    def note(self, seq: int, now: float) -> bool:
        """Note a packet; return whether `due_at` changed."""
        expected = self._next
        if expected is None:
            expected = self._next = _FIRST + seq
        number = expected + ((seq - expected + 0x8000) & 0xFFFF) - 0x8000
        if number + MAX_LATE < expected or number in self._told:
            return False
        if len(self._seen) >= MAX_UNTOLD:
            self._seen.clear()
        self._seen.setdefault(number, now - self._started_at)
        if self.due_at is None:
            self.due_at = on_grid(now + INTERVAL_S)
            return True
        if len(self._seen) == MAX_PENDING:
            self.due_at = now
            return True
        return False

    def take_feedback(self, ssrc: int, media_ssrc: int) -> bytes | None:
        """Return one feedback packet about everything noted since the last, if anything was.

        What one has told as received, none tells as lost later.
        """
        self.due_at = None
        seen = self._seen
        if not seen:
            return None
        self._seen = {}
        base, last = min(seen), max(seen)
        if self._next is not None and base < self._next:
            seen = self._with_told(seen, base, self._next)
            if not seen:
                return None
            base, last = min(seen), max(seen)
        if self._next is not None and base > self._next:
            base = self._next  # what was lost between two batches is told as lost
        if last - base >= MAX_SPAN:  # an outage: only what came after it
            base = min(number for number in seen if number > last - MAX_SPAN)
        self._next = max(last + 1, self._next or 0)
        self._remember(seen, self._next - MAX_LATE)
        self._count = (self._count + 1) & 0xFF
        return transport_cc.write(ssrc, media_ssrc, self._count, base, last, seen)

    def _with_told(self, seen: dict[int, float], base: int, following: int) -> dict[int, float]:
        """Return what to tell together with packets late for a feedback that ended at `following`.

        Where that does not fit one feedback, the late ones stay lost.
        """
        told = self._told
        whole = {number: told[number] for number in range(base, following) if number in told} | seen
        spread_s = max(whole.values()) - min(whole.values())
        if len(whole) <= MAX_UNTOLD and spread_s <= MAX_SPREAD_S:
            return whole
        return {number: at for number, at in seen.items() if number >= following}

    def _remember(self, seen: dict[int, float], oldest: int) -> None:
        self._told.update(seen)
        while (number := next(iter(self._told))) < oldest:
            del self._told[number]
