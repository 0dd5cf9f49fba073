"""ICE and DTLS of one peer, against a virtual browser in virtual time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
from sfu.transport.transport import HANDSHAKE_TIMEOUT_S
from tests.support.browser import VirtualBrowser
from tests.support.network import LEFT_ADDRESS, RIGHT_ADDRESS, Link

ELSEWHERE = ("203.0.113.9", 41_000, 0)


class Visit:
    """A browser that posted its offer, its transport in the node, and the link between."""

    def __init__(
        self, certificate: Certificate, browser: VirtualBrowser | None = None, **link: float
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
        self.link = Link(self.browser, self.transport, **link)  # type: ignore[arg-type]
        self.browser.set_answer(self.answer, self.link.clock.now)
        self._events: list[TransportEvent] = []

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
    def reason(self) -> str:
        return next(e.reason for e in self.events if isinstance(e, TransportClosed))


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


def handshake_message(kind: int) -> Callable[[bytes], bool]:
    return lambda data: data[0] == 22 and data[13] == kind


CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11


@pytest.mark.parametrize("offer", ["chromium-156", "firefox-153"])
def test_transport_ends_in_the_same_keys_on_both_sides(
    certificate: Certificate, offer: str
) -> None:
    visit = Visit(certificate, VirtualBrowser(offer))

    visit.connect()

    keys = next(event for event in visit.events if isinstance(event, KeysDerived))
    assert keys.profile == "SRTP_AEAD_AES_128_GCM"
    assert len(keys.inbound_key) == len(keys.outbound_key) == 28
    assert keys.inbound_key != keys.outbound_key
    # The browser's own split of the same material is checked where media flows:
    # tests of the engine decrypt with it.
    kinds = [type(event) for event in visit.events]
    assert kinds == [AddressChecked, AddressSelected, KeysDerived]


def test_transport_falls_back_to_aes_cm_where_the_browser_has_no_gcm(
    certificate: Certificate,
) -> None:
    visit = Visit(certificate, VirtualBrowser(profiles=("SRTP_AES128_CM_SHA1_80",)))

    visit.connect()

    keys = next(event for event in visit.events if isinstance(event, KeysDerived))
    assert keys.profile == "SRTP_AES128_CM_SHA1_80"
    assert len(keys.inbound_key) == 30


def test_transport_prefers_gcm_whatever_the_order_of_the_browser(certificate: Certificate) -> None:
    profiles = ("SRTP_AES128_CM_SHA1_80", "SRTP_AEAD_AES_128_GCM")
    visit = Visit(certificate, VirtualBrowser(profiles=profiles))

    visit.connect()

    assert visit.browser.profile == "SRTP_AEAD_AES_128_GCM"
