"""How much of something is allowed in a time. PURE: the time is given."""

from __future__ import annotations


class TokenBucket:
    """Allows `rate_per_s` of something with a burst."""

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._at = 0.0

    def take(self, now: float, amount: float = 1.0) -> bool:
        """Take so many, or say that there are not enough. `now` is monotonic, in seconds."""
        if self._at:
            refilled = self._tokens + (now - self._at) * self._rate_per_s
            self._tokens = min(self._burst, refilled)
        self._at = now
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True
