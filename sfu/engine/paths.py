"""How one browser reaches the node: from which address, how soon, and when that changed."""

from __future__ import annotations

from collections.abc import Callable

from sfu.base.address import Address
from sfu.engine.page import Page
from sfu.messages import Path, PathReach, PathState, ReachReport, Transit
from sfu.probe.report import Reach

SETTLED_AFTER_S = 5.0
"""From the keys on: until then a browser may still choose among the addresses that it has."""
AT_ONCE_S = 30.0
"""Since the offer: the first check of a way that comes later tells of another network, or of a
browser that began anew."""
BLOCKED_AFTER_S = 3.0
"""Since the first check on any way: a browser asks the ways it prefers first, and each of them
every half second and more often (RFC 8445, 14.3)."""
MAX_ADDRESSES = 64
"""Of one peer, whose first check is remembered."""


class Paths:
    """The addresses of one peer, as its connectivity checks tell them.

    Args:
        transit: Tells by which transport an address is reached.
        now: When the offer came; monotonic, in seconds.
    """

    __slots__ = (
        "_first_at",
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
        self._first_at: dict[Address, float] = {}
        self._reached_at: float | None = None
        self._keys_at: float | None = None
        self._last: Address | None = None
        self._moved_at: float | None = None

    def note_check(self, addr: Address, now: float) -> None:
        """Note an authenticated connectivity check."""
        if self._reached_at is None:
            self._reached_at = now
        if len(self._first_at) < MAX_ADDRESSES:
            self._first_at.setdefault(addr, now)

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

    def reach(self, page: Page, now: float) -> Reach:
        """Tell how long it took to connect, by what transport, and what of the other ways."""
        reached, keys = self._reached_at, self._keys_at
        return Reach(
            connect_ms=None if reached is None else age_ms(self.joined_at, reached),
            handshake_ms=None if reached is None or keys is None else age_ms(reached, keys),
            transit=self.transit,
            ways=self._ways(page, now),
        )

    def _ways(self, page: Page, now: float) -> ReachReport:
        """Tell of each way: reached as the server saw, tried as the page says."""
        firsts: dict[Path, float] = {}
        for addr, at in self._first_at.items():
            way = self._way(addr, page)
            firsts[way] = min(at, firsts.get(way, at))

        def told(way: Path) -> PathReach:
            if (first := firsts.get(way)) is not None:
                soon = first <= self.joined_at + AT_ONCE_S
                took_ms = age_ms(self.joined_at, first) if soon else None
                return PathReach(state=PathState.REACHED, took_ms=took_ms)
            waited = self._reached_at is not None and now >= self._reached_at + BLOCKED_AFTER_S
            blocked = waited and way in page.tried
            return PathReach(state=PathState.BLOCKED if blocked else PathState.NOT_TRIED)

        return ReachReport(
            udp=told(Path.UDP),
            tcp=told(Path.TCP),
            turn=told(Path.TURN),
            in_use=None if self.selected is None else self._way(self.selected, page),
        )

    def _way(self, addr: Address, page: Page) -> Path:
        if self._transit(addr) is Transit.TCP:
            return Path.TCP
        return Path.TURN if page.is_relay(addr, in_use=addr == self.selected) else Path.UDP


def age_ms(at: float, now: float) -> int:
    """Return how long ago an instant was, in whole milliseconds."""
    return max(0, round((now - at) * 1000))
