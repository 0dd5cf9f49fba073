"""So many of a kind in a time, per key, in memory: the generic cell rate algorithm. PURE."""

from __future__ import annotations

import math

from control.errors import SlowDown

MOST_KEYS = 10_000
OFFERS_PER_MINUTE = 30  # a page that reconnects makes one in 1 to 4 s, for seconds
CHECKS_PER_LINK, CHECKS_WITHIN_S = 3, 300.0
SOCKETS_PER_MINUTE = 60  # a page that reconnects opens one in 0.25 to 8 s; a reload opens one


class Pace:
    """Gives each key turns that are `interval_s` apart, at most `ahead_s` in advance.

    Who may not wait uses it as a token bucket: `ahead_s / interval_s` at once, then one per
    interval. Who may wait uses it as a queue: `take` returns how long until the turn.
    """

    def __init__(self, interval_s: float, ahead_s: float) -> None:
        self._interval_s = interval_s
        self._ahead_s = ahead_s
        self._last_turn: dict[str | bytes, float] = {}

    def check(self, key: str | bytes, now: float) -> float:
        """Return the seconds until the next turn, without taking it; `now` is monotonic.

        Raises:
            SlowDown: All turns that may be given in advance are taken.
        """
        ahead_s = max(self._last_turn.get(key, now) - now, 0.0) + self._interval_s
        if ahead_s > self._ahead_s:
            raise SlowDown(max(1, round(ahead_s - self._ahead_s)))
        return ahead_s

    def take(self, key: str | bytes, now: float) -> float:
        """Take the next turn and return the seconds until it, or raise `SlowDown`."""
        ahead_s = self.check(key, now)
        if key not in self._last_turn and len(self._last_turn) >= MOST_KEYS:
            self._forget(now)
        self._last_turn[key] = now + ahead_s
        return ahead_s

    def _forget(self, now: float) -> None:
        """Drop keys whose turns are over, which change nothing any more."""
        self._last_turn = {key: turn for key, turn in self._last_turn.items() if turn > now}
        if len(self._last_turn) >= MOST_KEYS:
            raise SlowDown(max(1, round(self._ahead_s)))


class Allowance:
    """Lets each key do something `most` times within any `within_s` seconds."""

    def __init__(self, most: int, within_s: float) -> None:
        self._most = most
        self._within_s = within_s
        self._taken: dict[str, list[float]] = {}

    def check(self, key: str, now: float) -> None:
        """Return if one more may be taken now; `now` is monotonic.

        Raises:
            SlowDown: With the seconds until the oldest is out of the window.
        """
        taken = self._recent(key, now)
        if len(taken) >= self._most:
            raise SlowDown(max(1, math.ceil(taken[0] + self._within_s - now)))

    def take(self, key: str, now: float) -> None:
        """Take one, or raise `SlowDown`."""
        self.check(key, now)
        if key not in self._taken and len(self._taken) >= MOST_KEYS:
            self._taken = {each: left for each in self._taken if (left := self._recent(each, now))}
            if len(self._taken) >= MOST_KEYS:
                raise SlowDown(math.ceil(self._within_s))
        self._taken[key] = [*self._recent(key, now), now]

    def _recent(self, key: str, now: float) -> list[float]:
        return [at for at in self._taken.get(key, ()) if at > now - self._within_s]


def check_allowance() -> Allowance:
    """Return the bound of checks before a call, each of which sends 1.5 MB over a line."""
    return Allowance(CHECKS_PER_LINK, CHECKS_WITHIN_S)


def check_pace() -> Pace:
    """Return the bound of questions to a media node, some of which a person may ask in a row."""
    return Pace(interval_s=1.0, ahead_s=10)


def offer_pace() -> Pace:
    """Return the bound of offers, each of which costs a node a peer: 30 a minute.

    What a page asks for before its offers, TURN for a test, has the same.
    """
    return Pace(interval_s=60 / OFFERS_PER_MINUTE, ahead_s=60)


def socket_pace() -> Pace:
    """Return the bound of new WebSockets, each of which costs control a few reads: 60 a minute."""
    return Pace(interval_s=60 / SOCKETS_PER_MINUTE, ahead_s=60)
