"""ICE and DTLS of one peer, composed; ends in keys."""

from __future__ import annotations

from collections import deque

from sfu.base.address import Address
from sfu.base.credentials import IceCredentials
from sfu.base.fingerprint import Fingerprint
from sfu.base.stats import DropReason, Stats, TransportEnd
from sfu.transport.binding import Binding, is_response
from sfu.transport.certificate import Certificate
from sfu.transport.demux import DatagramKind, demux
from sfu.transport.dtls import DtlsServer
from sfu.transport.events import (
    AddressChecked,
    AddressForgotten,
    AddressSelected,
    DataReceived,
    KeysDerived,
    TransportClosed,
    TransportEvent,
)
from sfu.transport.ice import IceLite
from sfu.transport.inquiry import Inquiry
from sfu.transport.round_trips import RoundTrips

SPARE_CREDENTIALS = 4
"""ICE restarts that a page can do alone before it has to post a new offer."""
HANDSHAKE_TIMEOUT_S = 30.0
"""From the first DTLS record to the keys. The slowest usable path needs 2 s without loss."""


class Transport:
    """Who may speak: proves that an address and a certificate belong to the peer of an offer.

    After each call drain `poll_transmit` and `next_event`.
    """

    __slots__ = (
        "_closed",
        "_dtls",
        "_dtls_addr",
        "_events",
        "_handshake_deadline",
        "_ice",
        "_inquiry",
        "_keys_told",
        "_outgoing",
        "_round_trips",
        "_stats",
        "credentials",
    )

    def __init__(
        self,
        certificate: Certificate,
        remote_fingerprints: tuple[Fingerprint, ...],
        credentials: tuple[IceCredentials, ...] | None = None,
        stats: Stats | None = None,
        remote_credentials: IceCredentials | None = None,
    ) -> None:
        """Make the node's end of one peer's connection.

        Args:
            certificate: The node's own.
            remote_fingerprints: Those of the offer; one of them must match.
            credentials: Ours, the first for now and the others spare; drawn when not given.
            stats: Where dropped datagrams are counted.
            remote_credentials: Those of the offer; without them we never ask (see `inquiry`,
                `round_trips`).
        """
        if credentials is None:
            credentials = tuple(IceCredentials.generate() for _ in range(1 + SPARE_CREDENTIALS))
        self.credentials = credentials
        self._ice = IceLite(credentials)
        self._inquiry: Inquiry | None = None
        self._round_trips: RoundTrips | None = None
        if remote_credentials is not None:
            binding = Binding(credentials[0], remote_credentials)
            self._inquiry, self._round_trips = Inquiry(binding), RoundTrips(binding)
        self._dtls = DtlsServer(certificate, remote_fingerprints)
        self._dtls_addr: Address | None = None
        self._handshake_deadline: float | None = None
        self._keys_told = False
        self._closed = False
        self._events: deque[TransportEvent] = deque()
        self._outgoing: deque[tuple[bytes, Address]] = deque()
        self._stats = stats if stats is not None else Stats()

    @property
    def spare_credentials(self) -> tuple[IceCredentials, ...]:
        """All pairs but the first, in the order in which the page uses them."""
        return self.credentials[1:]

    @property
    def checked_addresses(self) -> tuple[Address, ...]:
        """Addresses that passed an authenticated check, the most recent one last."""
        return self._ice.checked

    @property
    def selected_address(self) -> Address | None:
        """Where to send; None before the first nominating check."""
        return self._ice.selected

    @property
    def last_check_at(self) -> float | None:
        """When the last authenticated check came, in seconds: the peer's consent (RFC 7675)."""
        return self._ice.last_check_at

    @property
    def is_closed(self) -> bool:
        return self._closed

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        """Feed one STUN or DTLS datagram; other kinds are not ours and are ignored."""
        if self._closed:
            return
        kind = demux(data)
        if kind is DatagramKind.STUN:
            self._receive_stun(data, addr, now)
        elif kind is DatagramKind.DTLS:
            self._receive_dtls(data, addr, now)

    def ask(self, addr: Address, now: float) -> None:
        """Check by ourselves whether the peer is there, as its media came from there."""
        if self._inquiry is None or self._closed or self._ice.restarted:
            return
        self._inquiry.begin(addr, now)
        self._transmit_inquiry(self._inquiry, now)

    def ask_round_trip(self, now: float) -> None:
        """Send a Binding request to the selected address; see `take_round_trips`.

        Not after a page's own ICE restart: its new password is unknown.
        """
        addr = self._ice.selected
        if self._round_trips is None or addr is None or self._closed or self._ice.restarted:
            return
        self._outgoing.append((self._round_trips.request(addr, now), addr))

    def take_round_trips(self) -> list[float]:
        """Return the round trips that answers have told since the last time, in seconds."""
        return [] if self._round_trips is None else self._round_trips.take()

    def forget_address(self, addr: Address) -> None:
        """Speak no more to an address that is gone for good: its TCP connection ended."""
        if self._dtls_addr == addr:
            self._dtls_addr = None
        if self._ice.forget(addr):
            self._events.append(AddressForgotten(addr))

    def handle_timeout(self, now: float) -> None:
        """Repeat a flight that is due, and give up a handshake that takes too long."""
        if self._handshake_deadline is not None and now >= self._handshake_deadline:
            self._end(TransportEnd.TIMED_OUT)
            return
        self._dtls.handle_timeout(now)
        self._transmit_dtls()
        if self._inquiry is not None:
            self._transmit_inquiry(self._inquiry, now)

    def next_timeout(self) -> float | None:
        """When `handle_timeout` is to be called, or None."""
        ask_at = None if self._inquiry is None else self._inquiry.next_timeout()
        times = (self._dtls.next_timeout(), self._handshake_deadline, ask_at)
        return min((at for at in times if at is not None), default=None)

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        """Hand out the next datagram to send, or None."""
        return self._outgoing.popleft() if self._outgoing else None

    def next_event(self) -> TransportEvent | None:
        """Hand out what happened next, or None."""
        return self._events.popleft() if self._events else None

    def send_data(self, data: bytes, now: float) -> bool:
        """Send one SCTP packet; False before the handshake, after the end, or when too long."""
        del now  # the surface is the same at every level; DTLS data needs no time
        sent = not self._closed and self._dtls.send(data)
        self._transmit_dtls()
        return sent

    def close(self, now: float) -> None:
        """Say close_notify and answer nothing any more."""
        del now
        if self._closed:
            return
        self._shut()

    def _receive_stun(self, data: bytes, addr: Address, now: float) -> None:
        if is_response(data):
            self._receive_answer(data, addr, now)
            return
        answered = self._ice.receive_check(data, addr, now)
        if answered is None:
            self._stats.drop(DropReason.UNAUTHENTICATED_CHECK)
            return
        self._outgoing.append((answered.response, addr))
        if answered.forgotten is not None:
            self._events.append(AddressForgotten(answered.forgotten))
        if answered.checked:
            self._events.append(AddressChecked(addr))
        if answered.newly_selected:
            self._events.append(AddressSelected(addr))

    def _receive_answer(self, data: bytes, addr: Address, now: float) -> None:
        """Take the answer to a check of our own: a round trip, or the peer moved unawares."""
        trips = self._round_trips
        if trips is not None and trips.receive_response(data, addr, now):
            return
        if self._inquiry is None or not self._inquiry.receive_response(data, addr):
            self._stats.drop(DropReason.UNAUTHENTICATED_CHECK)
            return
        if self._ice.restarted:
            return  # it moved meanwhile, and said where to
        forgotten = self._ice.confirm(addr, now)
        if forgotten is not None:
            self._events.append(AddressForgotten(forgotten))
        self._events.append(AddressChecked(addr))
        self._events.append(AddressSelected(addr))

    def _transmit_inquiry(self, inquiry: Inquiry, now: float) -> None:
        check = inquiry.poll(now)
        if check is not None:
            self._outgoing.append(check)

    def _receive_dtls(self, data: bytes, addr: Address, now: float) -> None:
        if not self._ice.is_checked(addr):
            self._stats.drop(DropReason.UNCHECKED_HANDSHAKE)
            return
        if self._dtls_addr is None:
            self._handshake_deadline = now + HANDSHAKE_TIMEOUT_S
        self._dtls_addr = addr
        self._dtls.receive_datagram(data, now)
        self._transmit_dtls()
        self._tell_keys()
        self._events.extend(DataReceived(message) for message in self._dtls.take_received())
        if self._dtls.failure is not None:
            self._end(self._dtls.failure)

    def _transmit_dtls(self) -> None:
        # A browser may start the handshake on a pair that it has not nominated yet.
        addr = self._ice.selected or self._dtls_addr
        for datagram in self._dtls.take_datagrams():
            if addr is not None:
                self._outgoing.append((datagram, addr))

    def _tell_keys(self) -> None:
        keys = self._dtls.keys
        if keys is None or self._keys_told:
            return
        self._keys_told = True
        self._handshake_deadline = None
        self._events.append(KeysDerived(keys.profile, keys.inbound_key, keys.outbound_key))

    def _end(self, reason: TransportEnd) -> None:
        self._shut()
        self._events.append(TransportClosed(reason))

    def _shut(self) -> None:
        self._closed = True
        self._handshake_deadline = None
        if self._inquiry is not None:
            self._inquiry.end()
        self._dtls.close()
        self._transmit_dtls()
