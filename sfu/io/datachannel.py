"""The two data channels of one peer: aiortc's SCTP association behind a small adapter.

Packets come from `Transport` (`DataReceived`) and leave by the `send_packet` callback, to
`Transport.send_data`. Both ends send INIT as soon as DTLS is up (RFC 8841, section 9.3), so it
does not matter which one is first; the channels are negotiated in advance, so there is no DCEP.

aiortc's coroutines await nothing but `_send_data` of the transport, which here never suspends:
they run to their end on the spot, and a packet's consequences are over when `receive` returns.
Its timers alone (retransmission) live on the event loop. What it sends leaves when its coroutine
is over: a packet that leaves may make the node say more, and aiortc must not be entered twice.
"""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, cast

from aiortc import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import (
    WEBRTC_BINARY,
    WEBRTC_BINARY_EMPTY,
    WEBRTC_DCEP,
    WEBRTC_STRING,
    WEBRTC_STRING_EMPTY,
    DataChunk,
    ForwardTsnChunk,
    HeartbeatChunk,
    RTCSctpCapabilities,
    RTCSctpTransport,
    SackChunk,
)

from sfu.io.sctp_check import is_bearable

LOCAL_PORT = 5000
MAX_MESSAGE_BYTES = 16 * 1024
"""Longer messages are dropped; the answer announces this limit."""
MAX_PACKET_BYTES = 1163
"""Of an SCTP packet that we send: DTLS adds 37, and 1,200 are what every path carries."""
MAX_SENT_BYTES = 1132
"""Of a message that we send: one chunk, behind its header of 16 bytes and the packet's of 12, in
whole words. Ours have about 100; aiortc's own fragments would make datagrams of 1,226."""
MAX_BACKLOG_BYTES = 32 * 1024
"""Of one channel, unsent; about two minutes of `state`. What comes on top is not sent."""
RECEIVE_WINDOW_BYTES = 64 * 1024
MAX_MISORDERED_CHUNKS = 256
MAX_ACKNOWLEDGED_GAP = 1024
"""Chunks in the gap blocks of one SACK. We never have as many under way, and aiortc counts
each one that a block claims: 20 million for a packet that claims all it can."""
FIRST_RTO_S = 0.5
"""Until a round trip was measured. RFC 9260 says 1 s and aiortc 3 s; a lost INIT on a phone
should not hold up the page for that long."""

_HEARTBEAT_INFO = 1  # RFC 9260, section 3.3.5

# What a malformed packet makes aiortc raise.
_PARSER_ERRORS = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    struct.error,
)


class Channel(StrEnum):
    """The channels of `docs/protocol.md`, section 3."""

    STATE = "state"
    PING = "ping"


_PARAMETERS = {
    Channel.STATE: RTCDataChannelParameters(label="state", negotiated=True, id=0),
    Channel.PING: RTCDataChannelParameters(
        label="ping", negotiated=True, id=1, ordered=False, maxRetransmits=0
    ),
}
_CHANNELS = {parameters.id: channel for channel, parameters in _PARAMETERS.items()}


class DataChannels:
    """`state` and `ping` of one peer. Make it in a running event loop, `start`, and `stop`."""

    def __init__(
        self,
        *,
        send_packet: Callable[[bytes], object],
        on_open: Callable[[], None],
        on_message: Callable[[Channel, str | bytes], None],
        on_close: Callable[[], None] | None = None,
    ) -> None:
        """Prepare an association; nothing is sent before `start`.

        Args:
            send_packet: Takes an SCTP packet of at most `MAX_PACKET_BYTES`.
            on_open: Both channels can be written to. Comes once.
            on_message: A message came; text is str, binary is bytes, never over
                `MAX_MESSAGE_BYTES`.
            on_close: The peer ended the association, or never answered. Comes at most once,
                and not after `stop`.
        """
        self._on_open = on_open
        self._on_message = on_message
        self._on_close = on_close
        self._dtls = _Dtls(send_packet)
        self._association = _Association(self._dtls)
        self._channels = {c: RTCDataChannel(self._association, p) for c, p in _PARAMETERS.items()}
        self._opened = False
        self._stopped = False
        self.dropped_packets = 0
        """Packets of the peer's that were malformed."""
        self.dropped_messages = 0
        """Ours that found a closed channel or a full backlog."""
        self._association.on_state = self._notice_state

    @property
    def is_open(self) -> bool:
        return self._association.state == "connected" and not self._stopped

    def start(self, remote_port: int, max_message_bytes: int) -> None:
        """Send INIT; call when the keys are derived, with what the offer said."""
        caps = RTCSctpCapabilities(maxMessageSize=max_message_bytes)
        self._finish(self._association.start(caps, remote_port))

    def receive(self, packet: bytes) -> None:
        """Feed one SCTP packet; a malformed one is dropped and counted."""
        if self._stopped:
            return
        if not is_bearable(packet):
            self.dropped_packets += 1
            return
        with self._dtls.held():
            try:
                _run(self._association._handle_data(packet))
            except _PARSER_ERRORS:
                self.dropped_packets += 1
        self._dispatch()

    def send(self, channel: Channel, message: str | bytes) -> bool:
        """Send one message; False when the channel is not open, its backlog is full, or the
        message is longer than `MAX_SENT_BYTES` or than the page takes.
        """
        data = message.encode() if isinstance(message, str) else message
        full = self._channels[channel].bufferedAmount + len(data) > MAX_BACKLOG_BYTES
        limit = min(self._association._remote_max_message_size or MAX_SENT_BYTES, MAX_SENT_BYTES)
        if not self.is_open or full or len(data) > limit:
            self.dropped_messages += 1
            return False
        kind = _payload_kind(message)
        self._association.enqueue(self._channels[channel], kind, data or b"\0")
        self._finish(self._association._data_channel_flush())
        return True

    def ask(self) -> None:
        """Send a HEARTBEAT, which the other end acknowledges at once (RFC 9260, section 8.3).

        A message would do as well, but that acknowledgement may take 200 ms, and the page sees it.
        """
        if self.is_open:
            heartbeat = HeartbeatChunk()
            heartbeat.params = [(_HEARTBEAT_INFO, bytes(4))]
            self._finish(self._association._send_chunk(heartbeat))

    def stop(self) -> None:
        """Abort the association and its timers. No callback comes any more."""
        if self._stopped:
            return
        self._stopped = True
        self._finish(self._association.stop())
        self._dtls.send_packet = None

    def _finish(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run one of aiortc's coroutines, then let leave what it sent."""
        with self._dtls.held():
            _run(coroutine)

    def _notice_state(self) -> None:
        if self._stopped:
            return
        if self._association.state == "connected" and not self._opened:
            self._opened = True
            self._on_open()
        elif self._association.state == "closed" and self._on_close is not None:
            on_close, self._on_close = self._on_close, None
            on_close()

    def _dispatch(self) -> None:
        """Hand out what came, outside aiortc, whose errors are the peer's and not ours."""
        inbox, self._association.inbox = self._association.inbox, []
        for channel, message in inbox:
            if not self._stopped:
                self._on_message(channel, message)


class _Dtls:
    """As much of an `RTCDtlsTransport` as the association looks at."""

    state = "connected"
    _role = "server"

    def __init__(self, send_packet: Callable[[bytes], object]) -> None:
        self.send_packet: Callable[[bytes], object] | None = send_packet
        self._outbox: deque[bytes] = deque()
        self._is_held = False

    def _register_data_receiver(self, receiver: object) -> None:
        """Packets come by `DataChannels.receive`."""

    def _unregister_data_receiver(self, receiver: object) -> None:
        """Nothing was registered."""

    async def _send_data(self, data: bytes) -> None:
        # Longer ones are echoes of what a page made so long, heartbeats and cookies.
        if len(data) > MAX_PACKET_BYTES:
            return
        self._outbox.append(data)
        if not self._is_held:  # aiortc's own timers: nobody else would let it leave
            asyncio.get_running_loop().call_soon(self._flush)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let what is sent meanwhile leave afterwards."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        self._flush()

    def _flush(self) -> None:
        while self._outbox:
            packet = self._outbox.popleft()
            if self.send_packet is not None:
                self.send_packet(packet)


class _Association(RTCSctpTransport):
    """aiortc's, with bounds on what a peer may make it hold."""

    def __init__(self, dtls: _Dtls) -> None:
        super().__init__(cast(RTCDtlsTransport, dtls), LOCAL_PORT)
        self._advertised_rwnd = RECEIVE_WINDOW_BYTES
        self._rto = FIRST_RTO_S
        self.inbox: list[tuple[Channel, str | bytes]] = []
        self.on_state: Callable[[], None] = lambda: None

    def enqueue(self, channel: RTCDataChannel, kind: int, data: bytes) -> None:
        """Do as `RTCDataChannel.send` does, without its task: `_data_channel_flush` is due."""
        channel._addBufferedAmount(len(data))
        self._data_channel_queue.append((channel, kind, data))

    def _set_state(self, state: RTCSctpTransport.State) -> None:
        super()._set_state(state)
        self.on_state()

    async def _receive_data_chunk(self, chunk: DataChunk) -> None:
        """Take no chunk that would grow memory beyond what we advertised."""
        full = len(chunk.user_data) > self._advertised_rwnd
        scattered = len(self._sack_misordered) >= MAX_MISORDERED_CHUNKS
        if full or scattered or chunk.stream_id not in _CHANNELS:
            return
        await super()._receive_data_chunk(chunk)

    async def _receive_sack_chunk(self, chunk: SackChunk) -> None:
        if sum(last - first for first, last in chunk.gaps) <= MAX_ACKNOWLEDGED_GAP:
            await super()._receive_sack_chunk(chunk)

    async def _receive_forward_tsn_chunk(self, chunk: ForwardTsnChunk) -> None:
        chunk.streams = [stream for stream in chunk.streams if stream[0] in _CHANNELS]
        await super()._receive_forward_tsn_chunk(chunk)

    async def _data_channel_receive(self, stream_id: int, pp_id: int, data: bytes) -> None:
        if pp_id == WEBRTC_DCEP or len(data) > MAX_MESSAGE_BYTES:
            return
        channel = _CHANNELS[stream_id]
        if pp_id == WEBRTC_STRING:
            self.inbox.append((channel, data.decode()))
        elif pp_id == WEBRTC_BINARY:
            self.inbox.append((channel, data))
        elif pp_id in (WEBRTC_STRING_EMPTY, WEBRTC_BINARY_EMPTY):
            self.inbox.append((channel, "" if pp_id == WEBRTC_STRING_EMPTY else b""))


def _payload_kind(message: str | bytes) -> int:
    """Return the payload protocol identifier of RFC 8831, section 6.6."""
    if isinstance(message, str):
        return WEBRTC_STRING if message else WEBRTC_STRING_EMPTY
    return WEBRTC_BINARY if message else WEBRTC_BINARY_EMPTY


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that suspends nowhere to its end."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("aiortc's SCTP waited for something; it must not")
