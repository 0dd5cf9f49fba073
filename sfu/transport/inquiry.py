"""Checks of our own: whether a peer is at the address where its media suddenly comes from.

A NAT that rebinds a port tells nobody, and the browser's next check may be 2.5 s (Chromium) or
5 s (Firefox) away. The media itself arrives at once, and it authenticates; but who overheard a
packet could have sent it from elsewhere, so nothing but such a check goes there until the browser
has answered it. Then it has proved more than its own checks prove to a lite agent: that it
receives there and consents (RFC 7675, 4).
"""

from __future__ import annotations

from sfu.base.address import Address
from sfu.transport.binding import Binding, transaction_of

SENT_AFTER_S = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8)
"""Since the media came. About 130 bytes each: whoever sends an overheard packet on from elsewhere,
which works once with each, has less than 1 kB sent to an address of his choice."""


class Inquiry:
    """Asks one address at a time, the latest."""

    __slots__ = ("_addr", "_began_at", "_binding", "_request", "_sent")

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._addr: Address | None = None
        self._request = b""
        self._began_at = 0.0
        self._sent = 0

    def begin(self, addr: Address, now: float) -> None:
        """Ask there from now on, until it answers or was asked often enough."""
        self._addr, self._request = addr, self._binding.request()
        self._began_at, self._sent = now, 0

    def end(self) -> None:
        """Ask no more."""
        self._addr = None

    def next_timeout(self) -> float | None:
        """When to `poll`, or None."""
        if self._addr is None or self._sent == len(SENT_AFTER_S):
            return None
        return self._began_at + SENT_AFTER_S[self._sent]

    def poll(self, now: float) -> tuple[bytes, Address] | None:
        """Return a check that is due and where to send it."""
        at = self.next_timeout()
        if at is None or self._addr is None or now < at:
            return None
        self._sent += 1
        return self._request, self._addr

    def receive_response(self, data: bytes, addr: Address) -> bool:
        """Return whether this proves that the peer is where it was asked.

        An answer from elsewhere (RFC 8445, 7.2.5.2.1) ends the asking: somebody carried our
        check to the peer, who is not there.
        """
        if self._addr is None or transaction_of(data) != transaction_of(self._request):
            return False
        if not self._binding.is_signed(data):
            return False
        asked, self._addr = self._addr, None
        return addr == asked
