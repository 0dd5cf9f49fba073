"""Datagrams that this machine had no room for: what came to our sockets, and what was to leave.

What came is told from what came to others, and from what was filtered. The kernel has two counters,
and neither says it alone. A socket's own (SO_MEMINFO) counts what its filter dropped as well; that
of the network namespace (RcvbufErrors) counts buffers alone, but those of every process in it:
another one's flood made this node take the blame for lines of its own. So no more is ours than both
grew by. What was to leave our links count themselves.
"""

from __future__ import annotations

from collections.abc import Collection

from sfu.io.socket_filter import SocketFilter
from sfu.io.udp import UdpLink, receive_buffer_errors

INTERVAL_S = 1.0
_COUNTER = 1 << 32


class DropWatch:
    """Looks at all counters once a second."""

    __slots__ = ("_everywhere", "_filters", "_links", "_look_at", "_own", "_unsent")

    def __init__(self, filters: Collection[SocketFilter], links: Collection[UdpLink] = ()) -> None:
        """Begin with what was counted before.

        Args:
            filters: Of our sockets, as they come.
            links: Likewise.
        """
        self._links = links
        self._unsent = sum(each.unsent for each in links)
        self._filters = filters
        self._everywhere = receive_buffer_errors()
        self._own = {each.link: each.dropped for each in filters}
        self._look_at = 0.0

    def look(self, now: float) -> int:
        """Return how many were dropped since the last look; 0 when none is due."""
        if now < self._look_at:
            return 0
        self._look_at = now + INTERVAL_S
        everywhere, own = receive_buffer_errors(), {e.link: e.dropped for e in self._filters}
        grown = sum((count - self._own.get(link, 0)) % _COUNTER for link, count in own.items())
        ours = min(max(everywhere - self._everywhere, 0), grown)
        unsent = sum(each.unsent for each in self._links)
        ours += unsent - self._unsent
        self._everywhere, self._own, self._unsent = everywhere, own, unsent
        return ours
