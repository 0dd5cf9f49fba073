"""A browser without a browser: full ICE, DTLS client and SRTP, in virtual time.

Its offer is that of a real one (`tests/data/offers`) with its own credentials, certificate and
SSRCs, so payload types, header-extension ids and everything odd are those of the field.
"""

from __future__ import annotations

import random
import re
from collections import deque
from pathlib import Path

from aioice import stun
from aiortc.sdp import SessionDescription
from OpenSSL import SSL
from pylibsrtp import Error, Policy, Session

from sfu.base.address import Address
from sfu.base.media import MediaLine, Slot
from sfu.rtp import rtcp
from sfu.sdp import read_offer
from sfu.transport.certificate import SRTP_PROFILES, fingerprint_of
from sfu.transport.dtls import MAX_DATAGRAM_BYTES
from sfu.transport.records import pack_records, split_records
from tests.support.browser_keys import client_context, make_identity, make_session

OFFERS = Path(__file__).parent.parent / "data" / "offers"
CHECK_INTERVAL_S = 0.05
"""Before the first nominated check is answered."""
KEEPALIVE_INTERVAL_S = 2.5
FIRST_RESEND_S = 0.05
"""Of a DTLS flight, as both browsers do; doubled each time."""


class VirtualBrowser:
    """One page's peer connection: post `offer`, `set_answer`, and let a `Network` drive it."""

    def __init__(
        self,
        offer: str = "chromium-156",
        *,
        seed: int = 1,
        profiles: tuple[str, ...] = tuple(SRTP_PROFILES),
        long_hello: bool = True,
        controlling: bool = True,
        announce_fingerprint: str | None = None,
    ) -> None:
        """Make a browser of the kind of the named file.

        Args:
            offer: Name of a file in `tests/data/offers`, without its ending.
            seed: Of its SSRCs and ICE credentials.
            profiles: SRTP profiles to offer, by OpenSSL's names.
            long_hello: Let the ClientHello span two datagrams, as those of real browsers do.
            controlling: Begin in the right ICE role.
            announce_fingerprint: In the offer, instead of the true one of its certificate.
        """
        self._random = random.Random(seed)
        self._key, self._certificate = make_identity()
        self.ufrag, self.pwd = self._draw(8), self._draw(24)
        self.fingerprint = fingerprint_of(self._certificate, "sha-256")
        self.offer = self._personalise(
            (OFFERS / f"{offer}.sdp").read_text(), announce_fingerprint or self.fingerprint.value
        )
        """The SDP to post."""
        self.lines: dict[Slot, MediaLine] = {m.slot: m for m in read_offer(self.offer).lines}
        """By slot: our SSRCs (`up_ssrc`), payload types and extension ids. The `down_` ones mean
        nothing here; see `down_ssrcs`."""
        self.answer: str | None = None
        self.down_ssrcs: dict[Slot, tuple[int, int | None]] = {}
        """By slot: SSRC and RTX SSRC that the answer announced."""
        self.spare_credentials: list[tuple[str, str]] = []
        self.received_rtp: list[bytes] = []
        """Decrypted, in the order of arrival."""
        self.received_rtcp: list[bytes] = []
        self.tells_round_trip = False
        """Answer an RRTR (RFC 3611, 4.4) at once, as real ones do."""
        """Decrypted compounds, in the order of arrival."""
        self.received_data: list[bytes] = []
        """SCTP packets."""
        self.undecryptable = 0
        """Media that came before the keys, twice, or under other keys."""
        self.remote_closed = False
        self.connected_at: float | None = None
        self.received_at: list[float] = []
        """When each of `received_rtp` came."""
        self.profile: str | None = None
        self.remote: Address | None = None
        """Where the SFU is, as its answer says."""
        self._remote_credentials = ("", "")
        self._remote_fingerprint = ""
        self._tie_breaker = self._random.getrandbits(64)
        self.controlling = controlling
        self._next_check_at: float | None = None
        self._check_answered = False
        self._nominated = False
        self.nominates = True
        """Whether it nominates by itself."""
        self._requests: deque[bytes] = deque(maxlen=32)
        self._outgoing: deque[tuple[bytes, Address]] = deque()
        self._dtls: SSL.Connection | None = None
        self._context = client_context(self._key, self._certificate, profiles, long_hello)
        self._flight: list[bytes] = []
        self._resend_at: float | None = None
        self._resend_after_s = FIRST_RESEND_S
        self._tx: Session | None = None
        self._rx: Session | None = None
        self._closed = False

    # signalling

    def set_answer(self, answer: str, now: float) -> None:
        """Take the SFU's answer and begin with connectivity checks."""
        session = SessionDescription.parse(answer)
        first = session.media[0]
        assert first.ice is not None
        assert first.dtls is not None
        self.answer = answer
        self._remote_credentials = (
            str(first.ice.usernameFragment),
            str(first.ice.password),
        )
        self._remote_fingerprint = first.dtls.fingerprints[0].value
        candidate = first.ice_candidates[0]
        self.remote = (candidate.ip, candidate.port, 0)
        self.spare_credentials = re.findall(r"^a=x-spare-ice:(\S+) (\S+)\r$", answer, re.MULTILINE)
        for slot, media in zip(Slot, session.media, strict=False):
            if media.kind != "application" and media.port and media.ssrc:
                ssrcs = [info.ssrc for info in media.ssrc]
                self.down_ssrcs[slot] = (ssrcs[0], ssrcs[1] if len(ssrcs) > 1 else None)
        self._next_check_at = now

    def restart_ice(self, now: float, spare: int = 0) -> None:
        """Do what the page does alone: own new credentials, the next spare pair of the answer."""
        self.ufrag, self.pwd = self._draw(8), self._draw(24)
        self._remote_credentials = self.spare_credentials[spare]
        self._check_answered = self._nominated = False
        self._next_check_at = now

    @property
    def connected(self) -> bool:
        """Whether the handshake is over and media can flow."""
        return self.connected_at is not None and not self.remote_closed

    @property
    def nominated(self) -> bool:
        """Whether the SFU answered a nominating check under the present credentials."""
        return self._nominated

    def _answer_rrtr(self, compound: bytes) -> None:
        own = self.lines[Slot.AUDIO].up_ssrc
        assert own is not None
        for packet_type, _, start, end in rtcp.split(compound):
            if packet_type == rtcp.XR and (asked := rtcp.read_xr(compound, start, end)[0]):
                reply = (rtcp.sender_ssrc(compound), rtcp.ntp_middle(asked), 0)
                self.send_rtcp(rtcp.write_rr(own, []) + rtcp.write_dlrr(own, [reply]))

    # media and data

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send one RTP packet."""
        assert self._tx is not None, "not connected yet"
        self._send(self._tx.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send one RTCP compound."""
        assert self._tx is not None, "not connected yet"
        self._send(self._tx.protect_rtcp(packet))

    def send_data(self, data: bytes) -> None:
        """Send one SCTP packet."""
        assert self._dtls is not None
        self._dtls.send(data)
        self._flush_dtls()

    def send_raw(self, datagram: bytes) -> None:
        """Send anything at all."""
        self._send(datagram)

    def close(self) -> None:
        """Say close_notify and fall silent, as a closed page does."""
        if self._dtls is not None and self.connected:
            self._dtls.shutdown()
            self._flush_dtls()
        self.vanish()

    def vanish(self) -> None:
        """Fall silent without a word, as a page does whose machine lost power."""
        self._closed = True
        self._next_check_at = self._resend_at = None

    # the pure surface

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        if self._closed or addr != self.remote:
            return
        if data[0] < 4:
            self._receive_stun(data, now)
        elif 20 <= data[0] <= 63:
            self._receive_dtls(data, now)
        elif 128 <= data[0] <= 191:
            self._receive_media(data, now)

    def handle_timeout(self, now: float) -> None:
        if self._next_check_at is not None and now >= self._next_check_at:
            self._send(self.make_check())
            self._next_check_at = now + (
                KEEPALIVE_INTERVAL_S if self._nominated else CHECK_INTERVAL_S
            )
        if self._resend_at is not None and now >= self._resend_at:
            self._resend_after_s = min(2 * self._resend_after_s, 1.0)
            self._resend_at = now + self._resend_after_s
            for datagram in self._flight:
                self._send(datagram)

    def next_timeout(self) -> float | None:
        times = [t for t in (self._next_check_at, self._resend_at) if t is not None]
        return min(times, default=None)

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return self._outgoing.popleft() if self._outgoing else None

    # ICE

    def make_check(self, nominate: bool | None = None) -> bytes:
        """Return a new connectivity check; unless told, it nominates once one was answered."""
        remote_ufrag, remote_pwd = self._remote_credentials
        role = "ICE-CONTROLLING" if self.controlling else "ICE-CONTROLLED"
        request = stun.Message(
            stun.Method.BINDING,
            stun.Class.REQUEST,
            transaction_id=self._random.randbytes(12),
            attributes={
                "USERNAME": f"{remote_ufrag}:{self.ufrag}",
                "PRIORITY": 1_853_824_767,
                role: self._tie_breaker,
            },
        )
        by_itself = self._check_answered and self.nominates
        if by_itself if nominate is None else nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(remote_pwd.encode())
        self._requests.append(request.transaction_id)
        return bytes(request)

    def _receive_stun(self, data: bytes, now: float) -> None:
        response = stun.parse_message(data)
        if response.message_class == stun.Class.REQUEST:
            self._answer_check(response)
            return
        if response.transaction_id not in self._requests:
            return
        if not response.check_message_integrity(self._remote_credentials[1].encode()):
            return
        if response.message_class == stun.Class.ERROR:
            if response.error_code == 487:
                self.controlling = not self.controlling
            return
        if not self._check_answered:
            self._check_answered = True
            self._next_check_at = now
        elif not self._nominated:
            self._nominated = True
            self._next_check_at = now + KEEPALIVE_INTERVAL_S
        if self._dtls is None:
            self._start_dtls(now)

    def _answer_check(self, request: stun.Message) -> None:
        """Answer as libwebrtc does: only who names both present ufrags, and knows our password."""
        names = f"{self.ufrag}:{self._remote_credentials[0]}"
        if request.attributes.get("USERNAME") != names:
            return
        if not request.check_message_integrity(self.pwd.encode()) or self.remote is None:
            return
        response = stun.Message(
            stun.Method.BINDING,
            stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
            attributes={"XOR-MAPPED-ADDRESS": self.remote[:2]},
        )
        response.add_message_integrity(self.pwd.encode())
        self._send(bytes(response))

    # DTLS

    def _start_dtls(self, now: float) -> None:
        self._dtls = SSL.Connection(self._context, None)
        self._dtls.set_connect_state()
        self._dtls.set_ciphertext_mtu(1200)
        self._advance_handshake(now)

    def _receive_dtls(self, data: bytes, now: float) -> None:
        if self._dtls is None:
            return
        for record in split_records(data):
            self._dtls.bio_write(record)
            if self.connected_at is None:
                self._advance_handshake(now)
            else:
                self._read_data()

    def _advance_handshake(self, now: float) -> None:
        assert self._dtls is not None
        try:
            self._dtls.do_handshake()
        except SSL.WantReadError:
            flight = self._drain()
            if flight:
                self._flight = flight
                self._resend_after_s = FIRST_RESEND_S
                self._resend_at = now + FIRST_RESEND_S
                for datagram in flight:
                    self._send(datagram)
        else:
            self._resend_at = None
            self._finish_handshake(now)

    def _finish_handshake(self, now: float) -> None:
        assert self._dtls is not None
        certificate = self._dtls.get_peer_certificate(as_cryptography=True)
        assert certificate is not None
        assert fingerprint_of(certificate, "sha-256").value == self._remote_fingerprint
        self.profile = self._dtls.get_selected_srtp_profile().decode()
        key, salt = SRTP_PROFILES[self.profile]
        block = self._dtls.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        salts = block[2 * key :]
        ours, theirs = block[:key] + salts[:salt], block[key : 2 * key] + salts[salt:]
        self._tx = make_session(ours, Policy.SSRC_ANY_OUTBOUND, self.profile)
        self._rx = make_session(theirs, Policy.SSRC_ANY_INBOUND, self.profile)
        self.connected_at = now

    def _read_data(self) -> None:
        assert self._dtls is not None
        try:
            while True:
                self.received_data.append(self._dtls.recv(2048))
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.remote_closed = True

    def _flush_dtls(self) -> None:
        for datagram in self._drain():
            self._send(datagram)

    def _drain(self) -> list[bytes]:
        assert self._dtls is not None
        stream = b""
        try:
            while True:
                stream += self._dtls.bio_read(65536)
        except SSL.WantReadError:
            return pack_records(split_records(stream), MAX_DATAGRAM_BYTES)

    # SRTP

    def _receive_media(self, data: bytes, now: float) -> None:
        if self._rx is None:
            self.undecryptable += 1
            return
        try:
            if 192 <= data[1] <= 223:  # RFC 5761, section 4
                self.received_rtcp.append(self._rx.unprotect_rtcp(data))
                if self.tells_round_trip:
                    self._answer_rrtr(self.received_rtcp[-1])
            else:
                self.received_rtp.append(self._rx.unprotect(data))
                self.received_at.append(now)
        except Error:
            self.undecryptable += 1

    # helpers

    def _send(self, datagram: bytes) -> None:
        if self.remote is not None and not self._closed:
            self._outgoing.append((datagram, self.remote))

    def _draw(self, length: int) -> str:
        return "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))

    def _personalise(self, offer: str, fingerprint: str) -> str:
        """Put our own identity and SSRCs into a recorded offer."""
        offer = re.sub(r"a=ice-ufrag:\S+", f"a=ice-ufrag:{self.ufrag}", offer)
        offer = re.sub(r"a=ice-pwd:\S+", f"a=ice-pwd:{self.pwd}", offer)
        offer = re.sub(r"a=fingerprint:\S+ \S+", f"a=fingerprint:sha-256 {fingerprint}", offer)
        for ssrc in dict.fromkeys(re.findall(r"a=ssrc:(\d+)", offer)):
            offer = re.sub(rf"\b{ssrc}\b", str(self._random.randrange(1, 2**32)), offer)
        return offer.replace("\r\n", "\n").replace("\n", "\r\n")
