"""Who may speak to a transport, its data and its end, restarts and moves, and anything at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.base.stats import DropReason, TransportEnd
from sfu.transport import AddressChecked, AddressSelected, Certificate, Transport, TransportClosed
from tests.sfu.transport.visit import CLIENT_HELLO, Visit, starts_with
from tests.support.browser import VirtualBrowser
from tests.support.network import LEFT_ADDRESS

ELSEWHERE = ("203.0.113.9", 41_000, 0)


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


def test_transport_without_any_datagram_has_no_deadline(certificate: Certificate) -> None:
    assert Transport(certificate, ()).next_timeout() is None


def test_transport_carries_data_both_ways(visit: Visit) -> None:
    visit.connect()

    visit.browser.send_data(b"from the page")
    assert visit.transport.send_data(b"from the node", visit.now)
    visit.link.run(0.1)

    assert visit.received == [b"from the page"]
    assert visit.browser.received_data == [b"from the node"]


def test_transport_measures_round_trips_to_the_selected_address(visit: Visit) -> None:
    visit.transport.ask_round_trip(visit.now)
    assert visit.transport.poll_transmit() is None, "there is no address yet"
    visit.connect()
    visit.transport.ask_round_trip(visit.now)
    visit.link.run(1.0)
    assert visit.transport.take_round_trips() == [pytest.approx(2 * visit.link.path.delay_s)]
    assert not visit.stats.dropped[DropReason.UNAUTHENTICATED_CHECK]


@pytest.mark.parametrize("end", ["restart", "close"])
def test_transport_asks_for_no_round_trip_after_a_restart_or_its_end(
    visit: Visit, end: str
) -> None:
    """The page's new password is unknown."""
    visit.connect()
    if end == "restart":
        visit.browser.restart_ice(visit.now)
    else:
        visit.transport.close(visit.now)
    visit.link.run(1.0)
    visit.transport.ask_round_trip(visit.now)
    assert visit.transport.poll_transmit() is None


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

    assert visit.reason is TransportEnd.CLOSED_BY_PEER
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
