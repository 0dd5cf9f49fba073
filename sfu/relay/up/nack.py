"""Our own NACKs to a publisher: what is missing, when to ask, when to give up.

A gap is asked for at once, as libwebrtc does, unless packets overtook each other lately: then as
long after as those took. Each asking is said twice, as NACKs are lost like any packet: at 5 % loss
each way one asking repairs 90 % within a round trip, one said twice 95 %. libwebrtc ignores the
echo of an asking that it answered; who does not, resends one packet more.
"""

from __future__ import annotations

MAX_PATIENCE_S = 0.02
"""A gap this old is loss, whatever the line's habits."""
_PATIENCE_GROWTH = 1.5
_PATIENCE_DECAY = 0.9
"""For each loss: a line that stopped reordering is asked at once again after some twenty."""
ECHO_S = 0.008
"""Between the two sayings of one asking: apart enough not to be lost together often, and soon
enough for a repair within a round trip and 20 ms."""
RETRY_MARGIN_S = 0.015
"""Beyond the round trip, between two askings. libwebrtc resends nothing twice within its round trip
and 5 ms, and its pacer holds a packet for 5 ms."""
RETRY_DEFAULT_S = 0.1
"""Between two askings while no round trip is known."""
MAX_SAID = 12
MAX_AGE_S = 1.0
"""Nobody plays what comes later."""
MAX_MISSING = 256
"""More at once is an outage: a key frame mends that, not retransmissions."""


class _Missing:
    __slots__ = ("due_at", "found_at", "said")

    def __init__(self, now: float, due_at: float) -> None:
        self.found_at = now
        self.due_at = due_at
        self.said = 0


class NackList:
    """The missing packets of one up track, by unwrapped sequence number."""

    __slots__ = ("_missing", "_patience_s", "unasked_at")

    def __init__(self) -> None:
        self._missing: dict[int, _Missing] = {}
        self._patience_s = 0.0
        self.unasked_at: float | None = None
        """When to ask for the newest gap; None when `take_due` has seen all of them."""

    def __len__(self) -> int:
        return len(self._missing)

    def note_gap(self, first: int, end: int, now: float) -> bool:
        """Note that the numbers `first` to `end` − 1 are missing.

        Returns:
            False when that is too much to ask for: nothing is missed any more, and the caller
            should ask for a key frame.
        """
        if len(self._missing) + end - first > MAX_MISSING:
            self.clear()
            return False
        self.unasked_at = now + self._patience_s
        for number in range(first, end):
            self._missing[number] = _Missing(now, self.unasked_at)
        return True

    def arrived(self, number: int, now: float, *, resent: bool) -> None:
        """Note that a late packet is there, by itself or as a retransmission."""
        missing = self._missing.pop(number, None)
        if missing is None or resent:
            return
        late_s = now - missing.found_at
        if late_s <= MAX_PATIENCE_S:
            patience_s = min(late_s * _PATIENCE_GROWTH, MAX_PATIENCE_S)
            self._patience_s = max(self._patience_s, patience_s)

    def clear(self) -> None:
        self._missing.clear()
        self.unasked_at = None

    def take_due(self, now: float, rtt_s: float | None) -> list[int]:
        """Return the numbers to ask for now, in order, and forget those that are beyond hope."""
        retry_s = RETRY_DEFAULT_S if rtt_s is None else rtt_s + RETRY_MARGIN_S
        due, hopeless = [], []
        self.unasked_at = None
        for number, missing in self._missing.items():
            if missing.said >= MAX_SAID or now - missing.found_at > MAX_AGE_S:
                hopeless.append(number)
            elif now >= missing.due_at - 1e-6:
                due.append(number)
                if not missing.said:
                    self._patience_s *= _PATIENCE_DECAY
                missing.said += 1
                missing.due_at = now + (ECHO_S if missing.said % 2 else retry_s - ECHO_S)
        for number in hopeless:
            del self._missing[number]
        return due

    def next_at(self) -> float | None:
        """Return when `take_due` has something to do if no packet comes before."""
        return min((missing.due_at for missing in self._missing.values()), default=None)
