"""Who is who: peers by id, by the ufrag of a connectivity check, by the address they passed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sfu.base.address import Address
from sfu.engine.peer import Peer


class Directory:
    """Every peer from its offer until it is forgotten, those that are closed and linger too."""

    __slots__ = ("_asked", "_by_address", "_by_id", "_by_ufrag", "admissions", "expulsions")

    def __init__(self) -> None:
        self._by_id: dict[str, Peer] = {}
        self._by_ufrag: dict[str, Peer] = {}
        self._by_address: dict[Address, Peer] = {}
        self._asked: dict[Address, Peer] = {}
        self.admissions = 0
        """How often an address came to be somebody's; `expulsions`, how often it ceased to be."""
        self.expulsions = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Peer]:
        """All peers; the directory may be changed meanwhile."""
        return iter(tuple(self._by_id.values()))

    def __contains__(self, peer_id: str) -> bool:
        return peer_id in self._by_id

    def __getitem__(self, peer_id: str) -> Peer:
        return self._by_id[peer_id]

    def add(self, peer: Peer) -> None:
        self._by_id[peer.id] = peer
        self._by_ufrag.update(dict.fromkeys(peer.ufrags, peer))

    def remove(self, peer: Peer) -> None:
        """Forget a peer under all its names."""
        del self._by_id[peer.id]
        for ufrag in peer.ufrags:
            del self._by_ufrag[ufrag]
        for addr in [addr for addr, owner in self._by_address.items() if owner is peer]:
            self.expel(addr, peer)
        self._forget_asked(peer)

    @property
    def addresses(self) -> Collection[Address]:
        """All that are somebody's now, or from which an answer is expected."""
        return self._by_address.keys() | self._asked.keys()

    def admit(self, addr: Address, peer: Peer) -> None:
        """Let an address be this peer's; it belongs to whoever checked it last."""
        self.admissions += addr not in self._by_address
        self._by_address[addr] = peer

    def expel(self, addr: Address, peer: Peer) -> None:
        """Take an address from this peer, where it is still its own."""
        if self._by_address.get(addr) is peer:
            del self._by_address[addr]
            self.expulsions += 1

    def ask(self, addr: Address, peer: Peer) -> None:
        """Expect an answer of this peer from there, and from nowhere else any more."""
        self._forget_asked(peer)
        self._asked[addr] = peer
        self.admissions += 1

    def asked(self, addr: Address) -> Peer | None:
        """The peer that may answer from there."""
        return self._asked.get(addr)

    def by_number(self, number: int) -> Peer | None:
        """The peer that the packet core knows by this number. Looks through all."""
        return next((peer for peer in self._by_id.values() if peer.number == number), None)

    def _forget_asked(self, peer: Peer) -> None:
        for addr in [addr for addr, asked in self._asked.items() if asked is peer]:
            del self._asked[addr]
            self.expulsions += 1

    def open(self, peer_id: str) -> Peer | None:
        """The peer of this id, unless it is unknown or closed."""
        peer = self._by_id.get(peer_id)
        return None if peer is None or peer.closed is not None else peer

    def all_open(self) -> list[Peer]:
        """Those that hold a place."""
        return [peer for peer in self._by_id.values() if peer.closed is None]

    def owner(self, addr: Address) -> str | None:
        """The id of the peer that was last checked at this address."""
        peer = self._by_address.get(addr)
        return None if peer is None else peer.id

    def by_ufrag(self, ufrag: str | None) -> Peer | None:
        return None if ufrag is None else self._by_ufrag.get(ufrag)

    def by_address(self, addr: Address) -> Peer | None:
        return self._by_address.get(addr)
