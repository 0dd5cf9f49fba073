"""How one browser reaches the node: from which address, how soon, and when that changed."""

from __future__ import annotations

from collections.abc import Callable

from sfu.base.address import Address
from sfu.messages import Transit
from sfu.probe.report import Reach

SETTLED_AFTER_S = 5.0
"""From the keys on: until then a browser may still choose among the addresses that it has."""


class Paths:
    """The addresses of one peer, as its connectivity checks tell them.

    Args:
        transit: Tells by which transport an address is reached.
        now: When the offer came; monotonic, in seconds.
    """

    __slots__ = (
        "_keys_at",
        "_last",
        "_moved_at",
        "_reached_at",
        "_transit",
        "joined_at",
        "selected",
    )

    def __init__(self, transit: Callable[[Address], Transit], now: float) -> None:
        self.selected: Address | None = None
        """Where to send; None before the first nomination, and while its TCP link is gone."""
        self._transit = transit
        self.joined_at = now
        self._reached_at: float | None = None
        self._keys_at: float | None = None
        self._last: Address | None = None
        self._moved_at: float | None = None

    def note_check(self, now: float) -> None:
        """Note an authenticated connectivity check."""
        if self._reached_at is None:
            self._reached_at = now

    def note_keys(self, now: float) -> None:
        """Note the end of the handshake."""
        self._keys_at = now

    def select(self, addr: Address | None, now: float) -> None:
        """Send there from now on, or nowhere."""
        settled = self._keys_at is not None and now >= self._keys_at + SETTLED_AFTER_S
        if addr is not None and self._last is not None and addr != self._last and settled:
            self._moved_at = now
        self.selected = addr
        self._last = addr or self._last

    def moved_age_ms(self, now: float) -> int | None:
        """Return since when the peer is at another address than before."""
        return None if self._moved_at is None else age_ms(self._moved_at, now)

    @property
    def transit(self) -> Transit | None:
        """By which transport it is reached; None before that is known."""
        return None if self.selected is None else self._transit(self.selected)

    @property
    def is_reached(self) -> bool:
        """Whether a connectivity check came."""
        return self._reached_at is not None

    def reach(self) -> Reach:
        """Tell how long it took to connect, and by what transport."""
        reached, keys = self._reached_at, self._keys_at
        return Reach(
            connect_ms=None if reached is None else age_ms(self.joined_at, reached),
            handshake_ms=None if reached is None or keys is None else age_ms(reached, keys),
            transit=self.transit,
        )


def age_ms(at: float, now: float) -> int:
    """Return how long ago an instant was, in whole milliseconds."""
    return max(0, round((now - at) * 1000))
