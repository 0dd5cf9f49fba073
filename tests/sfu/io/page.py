"""A page's end of the data channels: aiortc's own, with the packets between in our hands."""

from __future__ import annotations

import asyncio
from typing import cast

from aiortc import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from sfu.io.datachannel import Channel, DataChannels

CAPS = RTCSctpCapabilities(maxMessageSize=65536)


class PageDtls:
    """The page's DTLS, seen from aiortc's SCTP."""

    state = "connected"
    _role = "client"

    def __init__(self) -> None:
        self.outgoing: list[bytes] = []

    def _register_data_receiver(self, receiver: object) -> None: ...

    def _unregister_data_receiver(self, receiver: object) -> None: ...

    async def _send_data(self, data: bytes) -> None:
        self.outgoing.append(data)


class Visit:
    """A node's `DataChannels` and a page's, with the packets between in our hands."""

    def __init__(self) -> None:
        self.outgoing: list[bytes] = []
        self.opened = 0
        self.closed = 0
        self.messages: list[tuple[Channel, str | bytes]] = []
        self.node = DataChannels(
            send_packet=self.outgoing.append,
            on_open=self._open,
            on_message=lambda channel, message: self.messages.append((channel, message)),
            on_close=self._close,
        )
        self.dtls = PageDtls()
        self.page = RTCSctpTransport(cast(RTCDtlsTransport, self.dtls), 5000)
        self.page_messages: list[tuple[str, str | bytes]] = []
        self.state = self._open_on_page(RTCDataChannelParameters("state", negotiated=True, id=0))
        self.ping = self._open_on_page(
            RTCDataChannelParameters("ping", None, 0, ordered=False, negotiated=True, id=1)
        )

    def _open(self) -> None:
        self.opened += 1

    def _close(self) -> None:
        self.closed += 1

    def _open_on_page(self, parameters: RTCDataChannelParameters) -> RTCDataChannel:
        channel = RTCDataChannel(self.page, parameters)
        channel.on("message", lambda message: self.page_messages.append((channel.label, message)))
        return channel

    async def start_page(self) -> None:
        await self.page.start(CAPS, 5000)

    async def exchange(self) -> None:
        """Carry packets until neither end has anything to say."""
        await self._timers()
        while self.outgoing or self.dtls.outgoing:
            to_page, self.outgoing[:] = self.outgoing[:], []
            for packet in to_page:
                await self.page._handle_data(packet)
            to_node, self.dtls.outgoing[:] = self.dtls.outgoing[:], []
            for packet in to_node:
                self.node.receive(packet)
            await self._timers()

    async def _timers(self) -> None:
        """Let what a timer began run, and what it sent leave."""
        for _ in range(2):
            await asyncio.sleep(0)

    async def connect(self) -> None:
        self.node.start(5000, 65536)
        await self.start_page()
        await self.exchange()
        assert self.opened == 1

    async def stop(self) -> None:
        self.node.stop()
        await self.page.stop()
