"""ICE and DTLS of one peer, against a virtual browser in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from sfu.sdp import read_offer, write_answer
from sfu.stats import DropReason, Stats
from sfu.transport import (
    AddressChecked,
    AddressSelected,
    Certificate,
    DataReceived,
    KeysDerived,
    Transport,
    TransportClosed,
    TransportEvent,
)
from sfu.transport.dtls import MAX_DATAGRAM_BYTES
from sfu.transport.transport import HANDSHAKE_TIMEOUT_S
from tests.support.browser import VirtualBrowser
from tests.support.network import LEFT_ADDRESS, RIGHT_ADDRESS, Link

ELSEWHERE = ("203.0.113.9", 41_000, 0)
RTP = bytes.fromhex("806f000100000000000000ff") + b"sound"
CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11


class Visit:
    """A browser that posted its offer, its transport in the node, and the link between."""

    def __init__(
        self, certificate: Certificate, browser: VirtualBrowser | None = None, **link: Any
    ) -> None:
        self.browser = browser if browser is not None else VirtualBrowser()
        self.stats = Stats()
        offer = read_offer(self.browser.offer)
        self.transport = Transport(certificate, offer.fingerprints, stats=self.stats)
        self.answer = write_answer(
            offer,
            credentials=self.transport.credentials,
            fingerprint=certificate.fingerprint,
            addresses=[RIGHT_ADDRESS[:2]],
            cname="cname",
        )
        self.link = Link(self.browser, self.transport, **link)
        self._tap = self.link.path.tap = list[bytes]()
        self.browser.set_answer(self.answer, self.link.clock.now)
        self._events: list[TransportEvent] = []

    @property
    def now(self) -> float:
        return self.link.clock.now

    @property
    def events(self) -> list[TransportEvent]:
        while (event := self.transport.next_event()) is not None:
            self._events.append(event)
        return self._events

    def connect(self, limit_s: float = 30.0) -> float:
        """Let time pass until both ends have keys; return how much it was."""
        return self.link.run_until(
            lambda: self.browser.connected and self.has(KeysDerived), limit_s
        )

    def has(self, kind: type[TransportEvent]) -> bool:
        return any(isinstance(event, kind) for event in self.events)

    @property
    def keys(self) -> KeysDerived:
        return next(event for event in self.events if isinstance(event, KeysDerived))

    def tapped(self, is_meant: Callable[[bytes], bool]) -> list[bytes]:
        """The datagrams on the line that are meant, either way."""
        return [data for data in self._tap if is_meant(data)]

    @property
    def reason(self) -> str:
        return next(e.reason for e in self.events if isinstance(e, TransportClosed))

    @property
    def received(self) -> list[bytes]:
        return [event.data for event in self.events if isinstance(event, DataReceived)]


@pytest.fixture
def visit(certificate: Certificate) -> Visit:
    return Visit(certificate)


def lose_first(count: int, is_meant: Callable[[bytes], bool]) -> Callable[[bytes], bool]:
    """Make a `Path.drop` that loses the first `count` datagrams that are meant."""
    left = count

    def drop(data: bytes) -> bool:
        nonlocal left
        if left == 0 or not is_meant(data):
            return False
        left -= 1
        return True

    return drop


def starts_with(message: int) -> Callable[[bytes], bool]:
    """Recognise a datagram by its first handshake message."""
    return lambda data: data[0] == 22 and data[3:5] == b"\0\0" and data[13] == message


def is_change_cipher_spec(data: bytes) -> bool:
    return data[0] == 20


# handshake


@pytest.mark.parametrize("offer", ["chromium-156", "firefox-153"])
def test_transport_ends_in_keys(certificate: Certificate, offer: str) -> None:
    visit = Visit(certificate, VirtualBrowser(offer))

    visit.connect()

    assert list(dict.fromkeys(type(event) for event in visit.events)) == [
        AddressChecked,
        AddressSelected,
        KeysDerived,
    ]
    assert visit.keys.profile == "SRTP_AEAD_AES_128_GCM"
    assert visit.transport.selected_address == LEFT_ADDRESS
    assert visit.transport.checked_addresses == (LEFT_ADDRESS,)


@pytest.mark.parametrize(
    ("name", "profile", "length"),
    [
        ("SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
        ("SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
    ],
)
def test_transport_has_the_keys_of_the_browser_the_other_way_round(
    certificate: Certificate, name: str, profile: int, length: int
) -> None:
    visit = Visit(certificate, VirtualBrowser(profiles=(name,)))
    visit.connect()
    keys = visit.keys
    assert keys.profile == name
    assert len(keys.inbound_key) == len(keys.outbound_key) == length
    inbound = Session(Policy(keys.inbound_key, Policy.SSRC_ANY_INBOUND, srtp_profile=profile))
    outbound = Session(Policy(keys.outbound_key, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))

    visit.browser.send_rtp(RTP)
    transmit = visit.browser.poll_transmit()
    assert transmit is not None
    assert inbound.unprotect(transmit[0]) == RTP

    visit.browser.receive_datagram(outbound.protect(RTP), RIGHT_ADDRESS, visit.now)
    assert visit.browser.received_rtp == [RTP]


def test_transport_prefers_gcm_whatever_the_order_of_the_browser(certificate: Certificate) -> None:
    profiles = ("SRTP_AES128_CM_SHA1_80", "SRTP_AEAD_AES_128_GCM")
    visit = Visit(certificate, VirtualBrowser(profiles=profiles))

    visit.connect()

    assert visit.browser.profile == "SRTP_AEAD_AES_128_GCM"


def test_transport_without_loss_is_connected_within_four_round_trips(visit: Visit) -> None:
    """One for the first check, two for the handshake (the second check runs beside them)."""
    assert visit.connect() <= 4 * 0.02


def test_transport_takes_a_client_hello_that_spans_two_datagrams(visit: Visit) -> None:
    visit.connect()

    assert len(visit.tapped(starts_with(CLIENT_HELLO))) == 2


def test_transport_takes_the_halves_of_a_client_hello_in_either_order(
    certificate: Certificate,
) -> None:
    visit = Visit(certificate)
    held: list[bytes] = []

    def swap(data: bytes) -> bool:
        if not starts_with(CLIENT_HELLO)(data) or held:
            return False
        held.append(data)
        visit.link.call_at(
            visit.now + 0.02,
            lambda: visit.transport.receive_datagram(data, LEFT_ADDRESS, visit.now),
        )
        return True

    visit.link.path.drop = swap

    assert visit.connect() <= 0.1


@pytest.mark.parametrize(
    ("is_meant", "count"),
    [
        pytest.param(starts_with(CLIENT_HELLO), 2, id="ClientHello"),
        pytest.param(starts_with(CLIENT_HELLO), 1, id="half of ClientHello"),
        pytest.param(starts_with(SERVER_HELLO), 1, id="ServerHello to Done"),
        pytest.param(starts_with(CERTIFICATE), 1, id="Certificate to client Finished"),
        pytest.param(is_change_cipher_spec, 1, id="server Finished"),
    ],
)
def test_transport_loses_little_time_over_a_lost_flight(
    certificate: Certificate, is_meant: Callable[[bytes], bool], count: int
) -> None:
    """OpenSSL's own timer would wait a second; the browser's duplicate comes after 50 ms."""
    visit = Visit(certificate)
    visit.link.path.drop = lose_first(count, is_meant)

    took = visit.connect()

    assert visit.link.lost == count
    assert took <= 0.08 + 0.06


@pytest.mark.parametrize("seed", range(8))
def test_transport_connects_over_a_dreadful_line(certificate: Certificate, seed: int) -> None:
    visit = Visit(
        certificate,
        loss=0.25,
        delay_s=0.05,
        jitter_s=0.05,
        reorder=0.1,
        duplicate=0.1,
        seed=seed,
    )

    assert visit.connect() <= 15


def test_transport_repeats_its_flight_at_most_every_40_ms(visit: Visit) -> None:
    visit.link.path.drop = starts_with(SERVER_HELLO)
    visit.link.run_until(lambda: visit.link.lost == 1)
    hello = visit.tapped(starts_with(CLIENT_HELLO))[0]

    flights = 0
    for tick in range(200):  # two hundred duplicates within 140 ms
        visit.transport.receive_datagram(hello, LEFT_ADDRESS, visit.now + 0.05 + tick * 0.0007)
        while visit.transport.poll_transmit() is not None:
            flights += 1

    assert flights == 4


def test_transport_keeps_an_early_duplicate_in_mind(visit: Visit) -> None:
    """Firefox repeats its ClientHello after 27 ms, and then not for another 100."""
    visit.link.path.drop = starts_with(SERVER_HELLO)
    visit.link.run_until(lambda: visit.link.lost == 1)
    sent_at = visit.now

    visit.transport.receive_datagram(
        visit.tapped(starts_with(CLIENT_HELLO))[0], LEFT_ADDRESS, sent_at + 0.027
    )

    assert visit.transport.poll_transmit() is None
    assert visit.transport.next_timeout() == pytest.approx(sent_at + 0.04)
    visit.transport.handle_timeout(sent_at + 0.041)
    assert visit.transport.poll_transmit() is not None
    assert visit.transport.next_timeout() == pytest.approx(sent_at + HANDSHAKE_TIMEOUT_S, abs=0.1)


def test_transport_sends_no_handshake_datagram_above_1200_bytes(visit: Visit) -> None:
    visit.connect()

    sizes = [len(data) for data in visit.tapped(lambda data: data[0] in (20, 22))]
    assert len(sizes) >= 4
    assert max(sizes) <= MAX_DATAGRAM_BYTES


# who may speak


def test_transport_refuses_a_certificate_that_was_not_announced(certificate: Certificate) -> None:
    visit = Visit(certificate, VirtualBrowser(announce_fingerprint=":".join(["AB"] * 32)))

    visit.link.run_until(lambda: visit.has(TransportClosed))
    visit.link.run(5)

    assert "certificate" in visit.reason
    assert not visit.has(KeysDerived)
    assert not visit.browser.connected


def test_transport_refuses_a_browser_without_srtp_profile(certificate: Certificate) -> None:
    visit = Visit(certificate, VirtualBrowser(profiles=("SRTP_AEAD_AES_256_GCM",)))

    visit.link.run_until(lambda: visit.has(TransportClosed))

    assert "SRTP profile" in visit.reason
    assert not visit.has(KeysDerived)


def test_transport_ignores_dtls_from_an_unchecked_address(visit: Visit) -> None:
    visit.link.path.drop = starts_with(CLIENT_HELLO)
    visit.link.run_until(lambda: visit.link.lost == 2)

    for hello in visit.tapped(starts_with(CLIENT_HELLO)):
        visit.transport.receive_datagram(hello, ELSEWHERE, visit.now)

    assert visit.transport.poll_transmit() is None
    assert visit.stats.dropped[DropReason.UNCHECKED_HANDSHAKE] == 2


def test_transport_is_silent_to_strangers(visit: Visit) -> None:
    visit.link.run_until(lambda: visit.has(AddressChecked))
    stranger = VirtualBrowser(seed=9)
    stranger.set_answer(visit.answer.replace("a=ice-pwd:", "a=ice-pwd:wrong"), visit.now)
    stranger.handle_timeout(visit.now)
    check = stranger.poll_transmit()
    assert check is not None

    visit.transport.receive_datagram(check[0], ELSEWHERE, visit.now)

    assert visit.transport.poll_transmit() is None
    assert visit.transport.checked_addresses == (LEFT_ADDRESS,)
    assert visit.stats.dropped[DropReason.UNAUTHENTICATED_CHECK] == 1


def test_transport_survives_forged_alerts_and_garbage_in_the_handshake(visit: Visit) -> None:
    """Anybody can forge a source address; only what is authenticated may end a connection."""
    alert = bytes.fromhex("15fefd0000000000000099 0002 0228")  # fatal, handshake_failure
    cut_record = bytes.fromhex("16fefd00000000000000000fff01")
    visit.link.run_until(lambda: visit.has(AddressChecked))
    for forged in (alert, cut_record, alert):
        visit.transport.receive_datagram(forged, LEFT_ADDRESS, visit.now)
    visit.link.run_until(lambda: bool(visit.tapped(starts_with(SERVER_HELLO))))
    visit.transport.receive_datagram(alert, LEFT_ADDRESS, visit.now)

    assert visit.connect() <= 0.2


def test_transport_forgets_a_garbled_client_hello(certificate: Certificate) -> None:
    visit = Visit(certificate)
    visit.link.run_until(lambda: visit.has(AddressChecked))
    body = bytes.fromhex("0100002000000000000000 20".replace(" ", "")) + b"\xff" * 32
    garbled = bytes.fromhex("16fefd0000000000000000") + len(body).to_bytes(2, "big") + body
    visit.transport.receive_datagram(garbled, LEFT_ADDRESS, visit.now)

    assert visit.connect() <= 0.2


def test_transport_cuts_off_a_handshake_that_never_ends(visit: Visit) -> None:
    visit.link.run_until(lambda: visit.has(AddressChecked))
    for n in range(100):
        piece = b"\x01\x00\xff\xff\x00\x00" + (n * 1000).to_bytes(3, "big") + b"\x00\x03\xe8"
        body = piece + bytes(1000)
        header = bytes.fromhex("16fefd0000") + n.to_bytes(6, "big") + len(body).to_bytes(2, "big")
        visit.transport.receive_datagram(header + body, LEFT_ADDRESS, visit.now)

    assert visit.reason


def test_transport_gives_a_handshake_thirty_seconds(certificate: Certificate) -> None:
    visit = Visit(certificate)
    visit.link.path.drop = starts_with(SERVER_HELLO)

    took = visit.link.run_until(lambda: visit.has(TransportClosed), limit_s=60)

    assert took == pytest.approx(HANDSHAKE_TIMEOUT_S, abs=0.2)
    assert visit.transport.next_timeout() is None


def test_transport_without_any_datagram_has_no_deadline(certificate: Certificate) -> None:
    assert Transport(certificate, ()).next_timeout() is None


# data and the end


def test_transport_carries_data_both_ways(visit: Visit) -> None:
    visit.connect()

    visit.browser.send_data(b"from the page")
    assert visit.transport.send_data(b"from the node", visit.now)
    visit.link.run(0.1)

    assert visit.received == [b"from the page"]
    assert visit.browser.received_data == [b"from the node"]


def test_transport_sends_no_data_before_the_handshake(visit: Visit) -> None:
    assert not visit.transport.send_data(b"too early", visit.now)


def test_transport_drops_a_replayed_record(visit: Visit) -> None:
    visit.connect()
    visit.browser.send_data(b"once")
    transmit = visit.browser.poll_transmit()
    assert transmit is not None

    visit.transport.receive_datagram(transmit[0], LEFT_ADDRESS, visit.now)
    visit.transport.receive_datagram(transmit[0], LEFT_ADDRESS, visit.now)

    assert visit.received == [b"once"]


def test_transport_tells_when_the_page_closed(visit: Visit) -> None:
    visit.connect()

    visit.browser.close()
    visit.link.run(1)

    assert visit.reason == "closed by the peer"
    assert visit.transport.is_closed


def test_transport_says_goodbye_and_falls_silent(visit: Visit) -> None:
    visit.connect()

    visit.transport.close(visit.now)
    visit.link.run(0.1)
    assert visit.browser.remote_closed

    visit.browser.handle_timeout(visit.now)
    visit.link.run(10)
    assert visit.transport.poll_transmit() is None
    assert not visit.transport.send_data(b"late", visit.now)
    assert not visit.has(TransportClosed)


# restarts and moves


@pytest.mark.parametrize("spare", range(4))
def test_transport_follows_a_restart_with_a_spare_pair(visit: Visit, spare: int) -> None:
    visit.connect()
    assert len(visit.browser.spare_credentials) == len(visit.transport.spare_credentials) == 4

    visit.link.move(visit.browser, ELSEWHERE)
    visit.browser.restart_ice(visit.now, spare)
    took = visit.link.run_until(lambda: visit.browser.nominated)

    assert took <= 0.1
    assert visit.events[-2:] == [AddressChecked(ELSEWHERE), AddressSelected(ELSEWHERE)]
    visit.transport.send_data(b"here too", visit.now)
    visit.link.run(0.1)
    assert visit.browser.received_data == [b"here too"]


def test_transport_follows_a_new_port_of_a_nat_at_the_next_nomination(visit: Visit) -> None:
    visit.connect()
    visit.link.run(1)

    visit.link.move(visit.browser, ELSEWHERE)
    visit.link.run(3)

    assert visit.transport.selected_address == ELSEWHERE


def test_transport_makes_a_browser_switch_to_the_controlling_role(
    certificate: Certificate,
) -> None:
    browser = VirtualBrowser(controlling=False)
    visit = Visit(certificate, browser)

    visit.connect()

    assert browser.controlling


# anything at all


@settings(max_examples=50, deadline=None)
@given(datagrams=st.lists(st.binary(max_size=100), max_size=10))
def test_transport_never_raises_on_garbage_before_the_handshake(
    certificate: Certificate, datagrams: list[bytes]
) -> None:
    visit = Visit(certificate)
    visit.link.run_until(lambda: visit.has(AddressChecked))

    for data in datagrams:
        visit.transport.receive_datagram(data, LEFT_ADDRESS, visit.now)

    visit.connect()


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """A DTLS record with a plausible header and any content."""
    content = draw(st.sampled_from([20, 21, 22, 23, 24, 26, 63]))
    epoch = draw(st.integers(0, 2))
    body = draw(st.binary(max_size=80))
    sequence = draw(st.integers(0, 2**48 - 1)).to_bytes(6, "big")
    header = bytes([content]) + b"\xfe\xfd" + epoch.to_bytes(2, "big") + sequence
    return header + len(body).to_bytes(2, "big") + body


@settings(max_examples=50, deadline=None)
@given(datagrams=st.lists(records(), max_size=30))
def test_transport_never_raises_on_forged_records_in_the_handshake(
    certificate: Certificate, datagrams: list[bytes]
) -> None:
    visit = Visit(certificate)
    visit.link.run_until(lambda: visit.has(AddressChecked))
    visit.link.run(0.025)

    for data in datagrams:
        visit.transport.receive_datagram(data, LEFT_ADDRESS, visit.now)


@settings(max_examples=50, deadline=None)
@given(datagrams=st.lists(records() | st.binary(max_size=100), max_size=30))
def test_transport_stays_up_whatever_is_forged_after_the_handshake(
    certificate: Certificate, datagrams: list[bytes]
) -> None:
    visit = Visit(certificate)
    visit.connect()

    for data in datagrams:
        visit.transport.receive_datagram(data, LEFT_ADDRESS, visit.now)
    visit.browser.send_data(b"still here")
    visit.link.run(0.1)

    assert visit.received == [b"still here"]
