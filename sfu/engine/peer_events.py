"""What happens to a peer, as its `next_event` tells the engine."""

from __future__ import annotations

from dataclasses import dataclass

from sfu.base.address import Address
from sfu.messages import PeerClosedReason


@dataclass(frozen=True, slots=True)
class Checked:
    """An address passed an authenticated connectivity check."""

    addr: Address


@dataclass(frozen=True, slots=True)
class Forgotten:
    """An address gave way to newer ones, or its connection ended."""

    addr: Address


@dataclass(frozen=True, slots=True)
class Connected:
    """Packets arrive: for the first time, when the core has just got the keys, or again."""

    first: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """No packet has come though it was asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """It is silent: let its data channels ask for a sign of life."""


@dataclass(frozen=True, slots=True)
class Data:
    """One SCTP packet, for the data channels."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The connection is over by itself; call `close` with this reason."""

    reason: PeerClosedReason


PeerEvent = Checked | Forgotten | Connected | Lost | Asked | Data | Ended
