"""The server's end of a DTLS 1.2 handshake (RFC 6347), over memory BIOs, ending in SRTP keys.

OpenSSL's retransmission timer runs on the real clock and waits a second. It is never asked:
the client's timer is enough, since a client that misses a flight sends its own again, and that
duplicate is answered with the last flight as it was, at most every 40 ms.

Until there are keys nothing proves who wrote a record, and OpenSSL gives up over one that it does
not expect. It is fed the next step of a browser's handshake alone: a ClientHello while there was no
answer to one; then Certificate, ClientKeyExchange and CertificateVerify; and ChangeCipherSpec with
the encrypted Finished once it has read all three. What is not that is passed over.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from cryptography import x509
from OpenSSL import SSL

from sfu.base.fingerprint import HASHES, Fingerprint
from sfu.base.stats import TransportEnd
from sfu.transport.certificate import (
    SRTP_PROFILES,
    Certificate,
    SrtpProfile,
    fingerprint_of,
)
from sfu.transport.records import (
    CHANGE_CIPHER_SPEC,
    CLIENT_HELLO,
    HANDSHAKE,
    SECOND_FLIGHT,
    Fragment,
    is_clear,
    pack_records,
    read_fragments,
    renumber,
    split_records,
)

MAX_DATAGRAM_BYTES = 1200
"""What every path carries; records of one flight are packed up to this size."""
MAX_INCOMING_BYTES = 2048
MAX_HANDSHAKE_BYTES = 64 * 1024
"""A handshake has 1 to 4 kB. One of so much, repetitions apart, is forgotten and begun anew."""
MAX_SEALED = 4
"""Encrypted records that wait for the handshake messages before them, the newest."""
RESEND_INTERVAL_S = 0.040

_CHANGE_CIPHER_SPEC = b"\x00\x01\x01"  # length and body: nothing else is one
# OpenSSL's words for where a server's handshake is.
_READ_ALL_MESSAGES = b"SSLv3/TLS read certificate verify"
_READ_CHANGE_CIPHER_SPEC = b"SSLv3/TLS read change cipher spec"


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """What the handshake is for. Each key is followed by its salt, as libsrtp takes them."""

    profile: str
    inbound_key: bytes = field(repr=False)
    outbound_key: bytes = field(repr=False)


class DtlsServer:
    """One peer's DTLS association. Feed datagrams, then take `take_datagrams()` and the rest.

    Nothing a peer sends raises. `failure` says why the association is over, if it is.
    """

    __slots__ = (
        "_cipher_change",
        "_clear_records",
        "_connection",
        "_context",
        "_expected",
        "_flight",
        "_flight_sent_at",
        "_handshake_bytes",
        "_outgoing",
        "_received",
        "_resend_at",
        "_sealed",
        "_seen",
        "failure",
        "keys",
    )

    def __init__(self, certificate: Certificate, expected: tuple[Fingerprint, ...]) -> None:
        self._context = certificate.context
        self._expected = expected
        self._connection: SSL.Connection | None = self._accept()
        self._outgoing: list[bytes] = []
        self._received: list[bytes] = []
        self._flight: list[bytes] = []
        self._flight_sent_at = 0.0
        self._resend_at: float | None = None
        self._seen: set[Fragment] = set()
        self._handshake_bytes = 0
        self._clear_records = 0
        self._cipher_change: bytes | None = None
        self._sealed: deque[bytes] = deque(maxlen=MAX_SEALED)
        self.keys: SrtpKeys | None = None
        """Set when the handshake is over and the certificate is the announced one."""
        self.failure: TransportEnd | None = None

    def receive_datagram(self, data: bytes, now: float) -> None:
        """Feed one datagram of a checked address; malformed ones are without effect."""
        if self._connection is None or len(data) > MAX_INCOMING_BYTES:
            return
        records = [record for record in split_records(data) if not _is_unauthenticated(record)]
        if not records:
            return
        if self.keys is None:
            self._receive_handshake(records, now)
        else:
            self._receive_protected(records, now)

    def next_timeout(self) -> float | None:
        """When `handle_timeout` is to be called, or None."""
        return self._resend_at

    def handle_timeout(self, now: float) -> None:
        """Repeat the last flight, when that is due."""
        if self._resend_at is not None and now >= self._resend_at:
            self._send_flight(self._flight, now)

    def send(self, data: bytes) -> bool:
        """Encrypt one message into one datagram, 37 bytes longer; False when it cannot be sent."""
        if self._connection is None or self.keys is None:
            return False
        try:
            self._connection.send(data)
        except SSL.Error:
            return False
        self._outgoing += self._drain()
        return True

    def close(self) -> None:
        """Say close_notify, where there is anyone to say it to, and forget everything."""
        if self._connection is None:
            return
        if self.keys is not None:
            try:
                self._connection.shutdown()
            except SSL.Error:
                pass  # the peer was first: nothing is left to say
            self._outgoing += self._drain()
        self._connection = None
        self._resend_at = None

    def take_datagrams(self) -> list[bytes]:
        """Hand out what must be sent, in order.

        Handshake datagrams are at most `MAX_DATAGRAM_BYTES` long; data is as long as its sender
        made it, which for `io.datachannel` is 1,163 bytes at most.
        """
        taken, self._outgoing = self._outgoing, []
        return taken

    def take_received(self) -> list[bytes]:
        """Hand out decrypted messages, in order."""
        taken, self._received = self._received, []
        return taken

    def _accept(self) -> SSL.Connection:
        connection = SSL.Connection(self._context, None)
        connection.set_accept_state()
        connection.set_ciphertext_mtu(MAX_DATAGRAM_BYTES)
        return connection

    def _receive_handshake(self, records: list[bytes], now: float) -> None:
        repeated = False
        for record in records:
            if self.keys is not None:
                self._read(record)
            elif is_clear(record) and record[0] == HANDSHAKE:
                repeated |= self._receive_messages(record)
            elif is_clear(record):
                if record.endswith(_CHANGE_CIPHER_SPEC):
                    self._cipher_change = record
            elif record[0] == HANDSHAKE:
                self._sealed.append(record)
            if self.failure is None and self.keys is None:
                self._change_cipher()
        sent = self._drain()
        if self.keys is not None or (sent and self.failure is None):
            self._send_flight(sent, now)
        elif repeated:
            self._plan_resend(now)

    def _receive_messages(self, record: bytes) -> bool:
        """Feed a record of handshake messages, if they are due; return whether they came before."""
        fragments = read_fragments(record)
        is_answered = bool(self._flight)
        if not fragments or not all(self._is_due(each, is_answered) for each in fragments):
            return False
        is_repeated = self._seen.issuperset(fragments)
        if fragments[0].message == CLIENT_HELLO and is_answered:
            return is_repeated
        self._seen.update(fragments)
        self._handshake_bytes += 0 if is_repeated else len(record)
        if self._handshake_bytes > MAX_HANDSHAKE_BYTES:
            self._restart()
        else:
            self._advance(record)
        return is_repeated

    def _is_due(self, fragment: Fragment, is_answered: bool) -> bool:
        if fragment.message == CLIENT_HELLO:
            return fragment.number == 0
        return is_answered and SECOND_FLIGHT.get(fragment.number) == fragment.message

    def _change_cipher(self) -> None:
        """Feed ChangeCipherSpec and what is encrypted, when all messages before them were read."""
        assert self._connection is not None
        if self._cipher_change is None or not self._sealed:
            return
        if self._connection.get_state_string() == _READ_ALL_MESSAGES:
            self._advance(self._cipher_change)
        if self._connection.get_state_string() != _READ_CHANGE_CIPHER_SPEC:
            return
        while self._sealed and self.keys is None and self.failure is None:
            self._advance(self._sealed.popleft())

    def _advance(self, record: bytes) -> None:
        """Feed one record to the handshake."""
        assert self._connection is not None
        if is_clear(record):
            record = renumber(record, self._clear_records)
            self._clear_records += 1
        self._connection.bio_write(record)
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error:
            self._restart()
            return
        self._finish()

    def _restart(self) -> None:
        """Forget a handshake that OpenSSL gave up, or that has become too long.

        A ClientHello is not authenticated: garbage with a forged source address must not keep the
        real one out. Whoever never sends a good one runs into the limit of 30 s.
        """
        self._connection = self._accept()
        self._flight = []
        self._resend_at = None
        self._seen.clear()
        self._handshake_bytes = self._clear_records = 0
        self._cipher_change = None
        self._sealed.clear()

    def _finish(self) -> None:
        assert self._connection is not None
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None or not self._is_expected(certificate):
            self._fail(TransportEnd.WRONG_CERTIFICATE)
            return
        name = self._connection.get_selected_srtp_profile().decode()
        profile = SRTP_PROFILES.get(name)
        if profile is None:
            self._fail(TransportEnd.NO_SRTP_PROFILE)
            return
        length = 2 * (profile.key + profile.salt)
        material = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", length)
        self.keys = _split_keys(name, profile, material)

    def _is_expected(self, certificate: x509.Certificate) -> bool:
        """At least one announced fingerprint matches (RFC 8122, section 5.1)."""
        return any(
            fingerprint_of(certificate, expected.algorithm) == expected
            for expected in self._expected
            if expected.algorithm in HASHES
        )

    def _receive_protected(self, records: list[bytes], now: float) -> None:
        for record in records:
            if record[0] in (HANDSHAKE, CHANGE_CIPHER_SPEC):
                self._plan_resend(now)  # our Finished was lost, or the peer's came twice
            elif self._connection is not None:
                self._read(record)

    def _read(self, record: bytes) -> None:
        assert self._connection is not None
        self._connection.bio_write(record)
        try:
            while True:
                self._received.append(self._connection.recv(MAX_INCOMING_BYTES))
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.close()
            self.failure = TransportEnd.CLOSED_BY_PEER
        except SSL.Error:
            self._fail(TransportEnd.ALERT)

    def _send_flight(self, datagrams: list[bytes], now: float) -> None:
        self._flight = datagrams
        self._flight_sent_at = now
        self._resend_at = None
        self._outgoing += datagrams

    def _plan_resend(self, now: float) -> None:
        """Repeat the last flight, now or when its interval is over.

        Firefox first repeats its own after 27 ms and then after another 100: to drop a
        duplicate that comes early would cost those.
        """
        if self._flight:
            self._resend_at = max(now, self._flight_sent_at + RESEND_INTERVAL_S)
            self.handle_timeout(now)

    def _fail(self, reason: TransportEnd) -> None:
        self.failure = reason
        self._connection = None
        self._resend_at = None

    def _drain(self) -> list[bytes]:
        """Empty OpenSSL's BIO, a stream of records, into datagrams."""
        if self._connection is None:
            return []
        stream = b""
        try:
            while True:
                stream += self._connection.bio_read(65536)
        except SSL.WantReadError:
            return pack_records(split_records(stream), MAX_DATAGRAM_BYTES)


def _split_keys(name: str, profile: SrtpProfile, material: bytes) -> SrtpKeys:
    """Cut the exported block: client key, server key, client salt, server salt (RFC 5764, 4.2)."""
    keys, salts = material[: 2 * profile.key], material[2 * profile.key :]
    return SrtpKeys(
        profile=name,
        inbound_key=keys[: profile.key] + salts[: profile.salt],
        outbound_key=keys[profile.key :] + salts[profile.salt :],
    )


def _is_unauthenticated(record: bytes) -> bool:
    """An alert, or anything else that no handshake needs, of epoch 0: anybody could write it."""
    return is_clear(record) and record[0] not in (CHANGE_CIPHER_SPEC, HANDSHAKE)
