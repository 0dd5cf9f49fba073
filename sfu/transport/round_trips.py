"""Round trips of a line, by Binding requests to the address in use: ICE answers them at once.

RTCP brings one sample a second. A check of four seconds needs more: on a narrow line each packet
waits for the one before it, so that the median of four is anywhere within that wait.
"""

from __future__ import annotations

from sfu.base.address import Address
from sfu.transport.binding import Binding, transaction_of

MAX_OPEN = 32
"""Requests whose answers are still waited for; of more the oldest are given up."""


class RoundTrips:
    """Asks one peer, and knows by its answers how long each took."""

    __slots__ = ("_binding", "_open", "_rtts_s")

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._open: dict[bytes, tuple[float, Address]] = {}
        self._rtts_s: list[float] = []

    def request(self, addr: Address, now: float) -> bytes:
        """Return a request that leaves now for an address."""
        data = self._binding.request()
        self._open[transaction_of(data)] = (now, addr)
        if len(self._open) > MAX_OPEN:
            del self._open[next(iter(self._open))]
        return data

    def receive_response(self, data: bytes, addr: Address, now: float) -> bool:
        """Return whether this answers a request, from where that was sent; each answer once."""
        sent_at, asked = self._open.get(transaction_of(data), (now, None))
        if addr != asked or not self._binding.is_signed(data):
            return False
        del self._open[transaction_of(data)]
        self._rtts_s.append(now - sent_at)
        return True

    def take(self) -> list[float]:
        """Return what was measured since the last time, in seconds."""
        rtts_s, self._rtts_s = self._rtts_s, []
        return rtts_s
