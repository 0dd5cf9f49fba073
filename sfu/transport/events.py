"""What a `Transport` tells its owner."""

from __future__ import annotations

from dataclasses import dataclass, field

from sfu.base.address import Address
from sfu.base.stats import TransportEnd


@dataclass(frozen=True, slots=True)
class AddressChecked:
    """An address passed an authenticated check: packets from it are this peer's from now on.

    Comes with every check, as another peer may have been at the address meanwhile.
    """

    addr: Address


@dataclass(frozen=True, slots=True)
class AddressForgotten:
    """An address gave way to newer ones: packets from it are this peer's no more."""

    addr: Address


@dataclass(frozen=True, slots=True)
class AddressSelected:
    """The peer nominated this address: send there from now on."""

    addr: Address


@dataclass(frozen=True, slots=True)
class KeysDerived:
    """The handshake is over. Each key is followed by its salt, as libsrtp takes them."""

    profile: str
    """OpenSSL's name: SRTP_AEAD_AES_128_GCM or SRTP_AES128_CM_SHA1_80."""
    inbound_key: bytes = field(repr=False)
    outbound_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DataReceived:
    """One SCTP packet of the peer's data channels, decrypted."""

    data: bytes


@dataclass(frozen=True, slots=True)
class TransportClosed:
    """The peer closed, or the handshake failed. Comes once, and is the last event.

    Our own `Transport.close` brings none.
    """

    reason: TransportEnd


TransportEvent = (
    AddressChecked
    | AddressForgotten
    | AddressSelected
    | KeysDerived
    | DataReceived
    | TransportClosed
)
