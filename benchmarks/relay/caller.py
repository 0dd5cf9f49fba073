"""One page of the load: joins the node by its API as a browser does, and has its data channels."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from itertools import count

from aiohttp import ClientSession

from benchmarks.relay.traffic import PER_S, Peer, Stream
from sfu.base.media import MediaLine, Slot
from sfu.io.datachannel import LOCAL_PORT, MAX_MESSAGE_BYTES, DataChannels
from sfu.relay.up.arrivals import ArrivalLog
from sfu.rtp import rtcp
from sfu.rtp.extensions import ExtensionIds, read_media
from tests.support.browser import VirtualBrowser

_SEEDS = count(1)


class Caller:
    """A peer of a room of the node: `join`, `receive`, and send what is `pending`."""

    def __init__(self, room: str, role: str) -> None:
        self.connected, self.channels_open = asyncio.Event(), asyncio.Event()
        self._browser = VirtualBrowser(seed=next(_SEEDS))
        audio, camera = self._browser.lines[Slot.AUDIO], self._browser.lines[Slot.CAMERA]
        self._ids = ExtensionIds(level=audio.level_ext, transport_cc=camera.transport_cc_ext)
        self._ssrc = audio.up_ssrc or 0
        self._arrivals = ArrivalLog(time.time())
        self._room, self._role = room, role
        self._node = ("", 0)
        self._channels = DataChannels(
            send_packet=self._browser.send_data,
            on_open=self.channels_open.set,
            on_message=lambda channel, message: None,
        )

    @property
    def lines(self) -> dict[Slot, MediaLine]:
        """Return what its offer says of each line, by slot."""
        return self._browser.lines

    async def join(self, control: ClientSession) -> tuple[str, int]:
        """Post the offer, take the answer; returns where the node's media port is."""
        response = await control.post(
            f"/rooms/{self._room}/peers",
            params={"participant": f"{self._room}-{self._role}", "role": self._role},
            data=self._browser.offer,
            headers={"Content-Type": "application/sdp"},
        )
        text = await response.text()
        if response.status != 201:
            raise RuntimeError(f"the node refused a join: {text}")
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

    def pending(self) -> Iterator[bytes]:
        """Yield what is to be sent now, beside the media."""
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
            self._browser.send_rtcp(rtcp.write_rr(self._ssrc, []) + feedback)
        return True

    def peer(self, address: str, other: Caller) -> Peer:
        """Return this page as a sender of streams that `other` receives."""
        lines, down = self._browser.lines, other._browser.down_ssrcs
        streams = {slot: Stream(lines[slot], down[slot][0]) for slot in PER_S}
        return Peer(address, streams, self._protect, self._unprotect)

    def _protect(self, packet: bytes) -> bytes:
        self._browser.send_rtp(packet)
        item = self._browser.poll_transmit()
        assert item is not None
        return item[0]

    def _unprotect(self, data: bytes) -> bytes | None:
        self._browser.receive_datagram(data, (*self._node, 0), 0.0)
        return self._browser.received_rtp.pop() if self._browser.received_rtp else None
