"""A browser and its transport in the node, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfu.base.credentials import IceCredentials
from sfu.base.stats import Stats, TransportEnd
from sfu.sdp import read_offer, write_answer
from sfu.transport import (
    Certificate,
    DataReceived,
    KeysDerived,
    Transport,
    TransportClosed,
    TransportEvent,
)
from tests.support.browser import VirtualBrowser
from tests.support.network import RIGHT_ADDRESS, Link

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11


class Visit:
    """A browser that posted its offer, its transport in the node, and the link between."""

    def __init__(
        self, certificate: Certificate, browser: VirtualBrowser | None = None, **link: Any
    ) -> None:
        self.browser = browser if browser is not None else VirtualBrowser()
        self.stats = Stats()
        offer = read_offer(self.browser.offer)
        self.transport = Transport(
            certificate,
            offer.fingerprints,
            stats=self.stats,
            remote_credentials=IceCredentials(offer.ice_ufrag, offer.ice_pwd),
        )
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
    def reason(self) -> TransportEnd:
        return next(e.reason for e in self.events if isinstance(e, TransportClosed))

    @property
    def received(self) -> list[bytes]:
        return [event.data for event in self.events if isinstance(event, DataReceived)]


def starts_with(message: int) -> Callable[[bytes], bool]:
    """Recognise a datagram by its first handshake message."""
    return lambda data: data[0] == 22 and data[3:5] == b"\0\0" and data[13] == message
