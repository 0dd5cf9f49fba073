"""ICE and DTLS of one peer until there are keys: lost flights, odd orders, and who is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pylibsrtp import Policy, Session

from sfu.base.stats import TransportEnd
from sfu.transport import AddressChecked, AddressSelected, Certificate, KeysDerived, TransportClosed
from sfu.transport.dtls import MAX_DATAGRAM_BYTES
from sfu.transport.transport import HANDSHAKE_TIMEOUT_S
from tests.sfu.transport.visit import CERTIFICATE, CLIENT_HELLO, SERVER_HELLO, Visit, starts_with
from tests.support.browser import VirtualBrowser
from tests.support.network import LEFT_ADDRESS, RIGHT_ADDRESS

RTP = bytes.fromhex("806f000100000000000000ff") + b"sound"


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


def is_change_cipher_spec(data: bytes) -> bool:
    return data[0] == 20


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


def test_transport_refuses_a_certificate_that_was_not_announced(certificate: Certificate) -> None:
    visit = Visit(certificate, VirtualBrowser(announce_fingerprint=":".join(["AB"] * 32)))

    visit.link.run_until(lambda: visit.has(TransportClosed))
    visit.link.run(5)

    assert visit.reason is TransportEnd.WRONG_CERTIFICATE
    assert not visit.has(KeysDerived)
    assert not visit.browser.connected


def test_transport_refuses_a_browser_without_srtp_profile(certificate: Certificate) -> None:
    visit = Visit(certificate, VirtualBrowser(profiles=("SRTP_AEAD_AES_256_GCM",)))

    visit.link.run_until(lambda: visit.has(TransportClosed))

    assert visit.reason is TransportEnd.NO_SRTP_PROFILE
    assert not visit.has(KeysDerived)


def test_transport_gives_a_handshake_thirty_seconds(certificate: Certificate) -> None:
    visit = Visit(certificate)
    visit.link.path.drop = starts_with(SERVER_HELLO)

    took = visit.link.run_until(lambda: visit.has(TransportClosed), limit_s=60)

    assert visit.reason is TransportEnd.TIMED_OUT
    assert took == pytest.approx(HANDSHAKE_TIMEOUT_S, abs=0.2)
    assert visit.transport.next_timeout() is None
