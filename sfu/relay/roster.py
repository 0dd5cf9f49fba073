"""Who is connected: legs by the caller's number, by address and by SSRC."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from sfu.base.address import Address
from sfu.errors import StateError
from sfu.relay.leg import Leg
from sfu.relay.up.track import UpTrack

K = TypeVar("K")


class Roster:
    """All legs. An address or SSRC that two peers claim belongs to the latest."""

    __slots__ = ("_legs", "by_address", "by_ssrc", "stream_changes")

    def __init__(self) -> None:
        self._legs: dict[int, Leg] = {}
        self.by_address: dict[Address, Leg] = {}
        self.by_ssrc: dict[int, Leg] = {}
        self.stream_changes = 0
        """How often the keys of `by_ssrc` changed."""

    def __iter__(self) -> Iterator[Leg]:
        return iter(self._legs.values())

    def add(self, leg: Leg) -> None:
        """Take a leg; raises StateError when its number is taken."""
        if leg.id in self._legs:
            raise StateError(f"peer {leg.id} was added twice")
        self._legs[leg.id] = leg
        for ssrc in leg.up_by_ssrc:
            self.by_ssrc[ssrc] = leg
        self.stream_changes += 1

    def remove(self, leg: Leg) -> None:
        """Forget a leg, its addresses and its streams."""
        del self._legs[leg.id]
        _forget(self.by_address, leg.addresses, leg)
        _forget(self.by_ssrc, leg.up_by_ssrc, leg)
        self.stream_changes += 1

    def leg(self, peer: int) -> Leg:
        """Return the leg of a peer; raises StateError when there is none."""
        leg = self._legs.get(peer)
        if leg is None:
            raise StateError(f"no peer {peer}")
        return leg

    def find(self, peer: int) -> Leg | None:
        """Return the leg of a peer that may have left."""
        return self._legs.get(peer)

    def admit(self, leg: Leg, addr: Address) -> None:
        """Take packets from there as this leg's."""
        self.by_address[addr] = leg
        forgotten = leg.add_address(addr)
        if forgotten is not None:
            _forget(self.by_address, (forgotten,), leg)

    def claim(self, leg: Leg, up: UpTrack, ssrc: int, pt: int, epoch: int) -> None:
        """Take an authenticated stream as `up`'s, in place of its former one where it is media."""
        if up.ssrc is not None and pt in up.codecs:
            _forget(self.by_ssrc, (up.ssrc,), leg)
        leg.claim(ssrc, pt, up, epoch)
        self.by_ssrc[ssrc] = leg
        self.stream_changes += 1


def _forget(table: dict[K, Leg], keys: Collection[K], leg: Leg) -> None:
    for key in keys:
        if table.get(key) is leg:
            del table[key]
