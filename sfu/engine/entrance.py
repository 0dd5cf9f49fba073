"""From a browser's offer to a peer and the answer to it; nothing is negotiated afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count

from sfu.base.address import Address
from sfu.base.credentials import IceCredentials
from sfu.base.stats import Stats
from sfu.engine.peer import Peer
from sfu.messages import Role, Transit
from sfu.relay.seam import PacketCore
from sfu.sdp import Offer, read_offer, write_answer
from sfu.transport import Certificate, Transport


class Entrance:
    """Makes the peers of one node: its certificate, its addresses, its ids."""

    def __init__(
        self,
        core: PacketCore,
        certificate: Certificate,
        *,
        addresses: Iterable[tuple[str, int]],
        tcp: bool = False,
        transit: Callable[[Address], Transit] = lambda _: Transit.UDP,
        new_id: Callable[[], str],
    ) -> None:
        """Open it.

        Args:
            addresses: Host and UDP port where browsers reach this node, the preferred first.
            tcp: They reach it over TCP as well, under the same numbers.
            transit: Tells by which transport an address is reached.
            new_id: Draws an unguessable id.
        """
        self.core = core
        self.stats = Stats()
        """What the transports of all peers drop."""
        self._certificate = certificate
        self._addresses = tuple(addresses)
        self._tcp = tcp
        self._transit = transit
        self._new_id = new_id
        self._numbers = count(1)

    def admit(
        self, room: str, participant: str, role: Role, offer_sdp: str, now: float
    ) -> tuple[Peer, str]:
        """Make the peer of an offer, and the answer; nobody else is told of it.

        Raises:
            SdpError: The offer cannot be understood or answered.
        """
        offer = read_offer(offer_sdp)
        transport = Transport(
            self._certificate,
            offer.fingerprints,
            stats=self.stats,
            remote_credentials=IceCredentials(offer.ice_ufrag, offer.ice_pwd),
        )
        peer = Peer(
            self._new_id(),
            next(self._numbers),
            participant,
            role,
            room=room,
            offer=offer,
            transport=transport,
            core=self.core,
            cname=self._new_id(),
            transit=self._transit,
            now=now,
        )
        return peer, self._answer(offer, transport, peer.cname)

    def _answer(self, offer: Offer, transport: Transport, cname: str) -> str:
        return write_answer(
            offer,
            credentials=transport.credentials,
            fingerprint=self._certificate.fingerprint,
            addresses=self._addresses,
            tcp=self._tcp,
            cname=cname,
        )
