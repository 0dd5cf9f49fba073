"""Whose a connectivity check or a DTLS record is, and whether that peer's limit lets it in."""

from __future__ import annotations

from collections.abc import Iterator

from sfu.base.address import Address
from sfu.base.stats import DropReason, Stats
from sfu.engine.directory import Directory
from sfu.engine.peer import Peer
from sfu.relay.seam import PacketCore
from sfu.transport import is_response, peek_username


def ask_newcomers(core: PacketCore, peers: Directory, now: float) -> Iterator[Peer]:
    """Ask peers whose media came from elsewhere whether they are there; drain each."""
    while core.newcomers:
        number, addr = core.newcomers.popleft()
        peer = peers.by_number(number)
        if peer is not None and peer.closed is None:
            peers.ask(addr, peer)
            peer.ask(addr, now)
            yield peer


def recipient_of_check(
    peers: Directory, stats: Stats, data: bytes, addr: Address, now: float
) -> Peer | None:
    """Return the peer that a check names, or that we asked; None, and a drop, for all others."""
    peer = peers.by_ufrag(peek_username(data)) or peers.asked(addr)
    if peer is None and is_response(data):
        peer = peers.by_address(addr)
    if peer is None:
        stats.drop(DropReason.UNAUTHENTICATED_CHECK)
        return None
    if peers.by_address(addr) is peer:
        bucket, reason = peer.limits.checks, DropReason.FLOODED
    else:
        bucket, reason = peer.limits.unverified_checks, DropReason.RATE_LIMITED
    if bucket.take(now):
        return peer
    stats.drop(reason)
    return None


def recipient_of_record(peers: Directory, stats: Stats, addr: Address, now: float) -> Peer | None:
    """Return the peer that was checked at this address; None, and a drop, where there is none."""
    peer = peers.by_address(addr)
    if peer is None:
        stats.drop(DropReason.UNCHECKED_HANDSHAKE)
    elif peer.limits.records.take(now):
        return peer
    else:
        stats.drop(DropReason.FLOODED)
    return None


def hear_page(peers: Directory, peer_id: str, data: str | bytes, now: float) -> None:
    """Take a message of a page on the channel `state`."""
    peer = peers.open(peer_id)
    if peer is not None and isinstance(data, str):
        peer.page.hear(data, now)
