"""Time that passes only when a test says so."""

from __future__ import annotations


class VirtualClock:
    """Monotonic seconds. Starts at a value that no code can mistake for an interval."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def advance(self, seconds: float) -> float:
        assert seconds >= 0, "monotonic time never goes back"
        self.now += seconds
        return self.now

    def advance_to(self, when: float) -> None:
        """Move on to `when`; a moment already past leaves the clock as it is."""
        self.now = max(self.now, when)
