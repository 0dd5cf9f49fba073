"""Our own NACKs to a publisher: what is missing, when to ask, when to give up."""

from __future__ import annotations

REORDER_S = 0.02
"""A gap this old is loss, not reordering."""
REORDER_PACKETS = 2
"""A gap this many packets back is loss as well."""
RETRY_MIN_S = 0.02
RETRY_DEFAULT_S = 0.1
"""Between two askings while no round trip is known."""
MAX_ATTEMPTS = 6
MAX_AGE_S = 1.0
"""Nobody plays what comes later."""
MAX_MISSING = 256
"""More at once is an outage: a key frame mends that, not retransmissions."""


class _Missing:
    __slots__ = ("asked_at", "attempts", "found_at")

    def __init__(self, now: float) -> None:
        self.found_at = now
        self.asked_at = 0.0
        self.attempts = 0


class NackList:
    """The missing packets of one up track, by unwrapped sequence number."""

    __slots__ = ("_missing", "unasked")

    def __init__(self) -> None:
        self._missing: dict[int, _Missing] = {}
        self.unasked = False
        """Whether something is missing that was never asked for."""

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
        for number in range(first, end):
            self._missing[number] = _Missing(now)
        self.unasked = True
        return True

    def arrived(self, number: int) -> None:
        """Note that a late or resent packet is there."""
        self._missing.pop(number, None)

    def clear(self) -> None:
        self._missing.clear()
        self.unasked = False

    def take_due(self, highest: int, now: float, rtt_s: float | None) -> list[int]:
        """Return the numbers to ask for now, in order, and forget those that are beyond hope.

        Args:
            highest: Highest number received.
        """
        retry_s = RETRY_DEFAULT_S if rtt_s is None else max(rtt_s * 1.1, RETRY_MIN_S)
        due, hopeless = [], []
        self.unasked = False
        for number, missing in self._missing.items():
            if missing.attempts >= MAX_ATTEMPTS or now - missing.found_at > MAX_AGE_S:
                hopeless.append(number)
            elif missing.attempts:
                if now - missing.asked_at >= retry_s - 1e-6:
                    due.append(number)
            elif _is_lost(number, missing, highest, now):
                due.append(number)
            else:
                self.unasked = True
        for number in hopeless:
            del self._missing[number]
        for number in due:
            missing = self._missing[number]
            missing.attempts += 1
            missing.asked_at = now
        return due

    def next_at(self, rtt_s: float | None) -> float | None:
        """Return when `take_due` has something to do if no packet comes before."""
        if not self._missing:
            return None
        retry_s = RETRY_DEFAULT_S if rtt_s is None else max(rtt_s * 1.1, RETRY_MIN_S)
        return min(
            missing.asked_at + retry_s if missing.attempts else missing.found_at + REORDER_S
            for missing in self._missing.values()
        )


def _is_lost(number: int, missing: _Missing, highest: int, now: float) -> bool:
    return highest - number >= REORDER_PACKETS or now - missing.found_at >= REORDER_S - 1e-6
