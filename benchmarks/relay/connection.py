"""The media connection of one page: real ICE, DTLS and SRTP, data channels, feedback of arrivals.

No socket: whoever holds it feeds what came and sends what is pending.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

from sfu.base.media import MediaLine, Slot
from sfu.io.datachannel import LOCAL_PORT, MAX_MESSAGE_BYTES, Channel, DataChannels
from sfu.relay.up.arrivals import ArrivalLog
from sfu.rtp import rtcp
from sfu.rtp.extensions import ExtensionIds, read_media
from tests.support.browser import VirtualBrowser


class Connection:
    """Post its `offer`, take the answer, `receive`, and send what is `pending`."""

    def __init__(
        self,
        seed: int,
        *,
        on_message: Callable[[Channel, str | bytes], None] = lambda *_: None,
        tells_round_trip: bool = False,
    ) -> None:
        """Make one; needs a running event loop.

        Args:
            seed: Of its SSRCs and ICE credentials.
            on_message: Takes what comes on the data channels.
            tells_round_trip: Answer an RRTR at once, as browsers do.
        """
        self.connected, self.channels_open = asyncio.Event(), asyncio.Event()
        self._browser = VirtualBrowser(seed=seed)
        self._browser.tells_round_trip = tells_round_trip
        audio, camera = self._browser.lines[Slot.AUDIO], self._browser.lines[Slot.CAMERA]
        self._ids = ExtensionIds(level=audio.level_ext, transport_cc=camera.transport_cc_ext)
        self._ssrc = audio.up_ssrc or 0
        self._arrivals = ArrivalLog(time.time())
        self._node = ("", 0)
        self._channels = DataChannels(
            send_packet=self._browser.send_data,
            on_open=self.channels_open.set,
            on_message=on_message,
        )

    @property
    def node(self) -> tuple[str, int]:
        """Where the server is, once the answer told."""
        return self._node

    @property
    def offer(self) -> str:
        """The SDP to post."""
        return self._browser.offer

    @property
    def lines(self) -> dict[Slot, MediaLine]:
        """Return what its offer says of each line, by slot."""
        return self._browser.lines

    @property
    def down_ssrcs(self) -> dict[Slot, tuple[int, int | None]]:
        """Return what media comes under, and what retransmissions do, by slot."""
        return self._browser.down_ssrcs

    def take_answer(self, text: str) -> tuple[str, int]:
        """Begin with connectivity checks; returns where the node's media port is."""
        self._browser.set_answer(text, time.monotonic())
        assert self._browser.remote is not None
        self._node = self._browser.remote[:2]
        return self._node

    def receive(self, data: bytes) -> None:
        """Feed one datagram that is no media."""
        self._browser.receive_datagram(data, (*self._node, 0), time.monotonic())
        if self._browser.connected and not self.connected.is_set():
            self.connected.set()
            self._channels.start(LOCAL_PORT, MAX_MESSAGE_BYTES)
        for packet in self._browser.received_data:
            self._channels.receive(packet)
        self._browser.received_data.clear()

    def unprotect(self, data: bytes) -> bytes | None:
        """Decrypt a datagram of media; None for RTCP (see `reports`) and what is not authentic."""
        browser = self._browser
        browser.receive_datagram(data, (*self._node, 0), 0.0)
        browser.received_at.clear()
        return browser.received_rtp.pop() if browser.received_rtp else None

    def reports(self) -> list[bytes]:
        """Take the RTCP compounds that came, decrypted."""
        came, self._browser.received_rtcp = self._browser.received_rtcp, []
        return came

    def send(self, packet: bytes) -> None:
        """Make one RTP packet pending."""
        self._browser.send_rtp(packet)

    def report(self, *packets: bytes) -> None:
        """Make one RTCP compound pending; a receiver report heads it."""
        self._browser.send_rtcp(rtcp.write_rr(self._ssrc, []) + b"".join(packets))

    def say(self, channel: Channel, message: str | bytes) -> None:
        """Make a message pending; lost where the channels are not open."""
        self._channels.send(channel, message)

    def pending(self) -> Iterator[bytes]:
        """Yield what is to be sent now."""
        self._browser.handle_timeout(time.monotonic())
        while (item := self._browser.poll_transmit()) is not None:
            yield item[0]

    def note(self, head: bytes, at: float) -> None:
        """Note a media packet by its first bytes, for `tell`; `at` as `time.time` tells it."""
        _, transport_cc, _ = read_media(head, self._ids)
        if transport_cc >= 0:
            self._arrivals.note(transport_cc, at)

    def tell(self, now: float) -> bool:
        """Make feedback pending about what came, about as often as browsers; whether it was due."""
        if self._arrivals.due_at is None or now < self._arrivals.due_at:
            return False
        feedback = self._arrivals.take_feedback(self._ssrc, 0)
        if feedback is not None:
            self.report(feedback)
        return True

    def protect(self, packet: bytes) -> bytes:
        """Return one RTP packet as a datagram, while nothing else is pending."""
        self.send(packet)
        item = self._browser.poll_transmit()
        assert item is not None
        return item[0]

    def close(self) -> None:
        """Say goodbye as a closed page does; `pending` yields the last words."""
        self._channels.stop()
        self._browser.close()

    def vanish(self) -> None:
        """Fall silent without a word, as a page does whose machine lost power."""
        self._channels.stop()
        self._browser.vanish()
