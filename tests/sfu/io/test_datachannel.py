"""The data-channel adapter against aiortc's own end, as a page would be."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from typing import cast

import google_crc32c
import pytest
from aiortc import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import (
    DataChunk,
    ForwardTsnChunk,
    HeartbeatAckChunk,
    HeartbeatChunk,
    RTCSctpCapabilities,
    RTCSctpTransport,
    SackChunk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.io.datachannel import (
    MAX_BACKLOG_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_PACKET_BYTES,
    MAX_SENT_BYTES,
    RECEIVE_WINDOW_BYTES,
    Channel,
    DataChannels,
)

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
        await asyncio.sleep(0)
        while self.outgoing or self.dtls.outgoing:
            to_page, self.outgoing[:] = self.outgoing[:], []
            for packet in to_page:
                await self.page._handle_data(packet)
            to_node, self.dtls.outgoing[:] = self.dtls.outgoing[:], []
            for packet in to_node:
                self.node.receive(packet)
            await asyncio.sleep(0)

    async def connect(self) -> None:
        self.node.start(5000, 65536)
        await self.start_page()
        await self.exchange()
        assert self.opened == 1

    async def stop(self) -> None:
        self.node.stop()
        await self.page.stop()


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    visit = Visit()
    yield visit
    await visit.stop()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_channels_open_when_both_ends_send_init(visit: Visit) -> None:
    visit.node.start(5000, 65536)
    await visit.start_page()
    assert len(visit.outgoing) == len(visit.dtls.outgoing) == 1

    await visit.exchange()

    assert visit.opened == 1
    assert visit.node.is_open
    assert visit.state.readyState == visit.ping.readyState == "open"


@pytest.mark.parametrize("lost", ["ours", "theirs"])
async def test_channels_open_when_one_init_is_lost(visit: Visit, lost: str) -> None:
    visit.node.start(5000, 65536)
    await visit.start_page()
    (visit.outgoing if lost == "ours" else visit.dtls.outgoing).clear()

    await visit.exchange()

    assert visit.opened == 1
    assert visit.state.readyState == "open"


@pytest.mark.parametrize("message", ["gate", "è così", "", b"\x00\x01", b""])
async def test_channels_carry_text_and_binary_both_ways(visit: Visit, message: str | bytes) -> None:
    await visit.connect()

    for channel in Channel:
        assert visit.node.send(channel, message)
    visit.state.send(message)
    visit.ping.send(message)
    await visit.exchange()

    assert visit.page_messages == [("state", message), ("ping", message)]
    assert visit.messages == [(Channel.STATE, message), (Channel.PING, message)]


async def test_channels_echo_from_within_the_callback(visit: Visit) -> None:
    visit.node._on_message = visit.node.send  # type: ignore[assignment]  # its bool is not looked at
    await visit.connect()

    visit.ping.send(b"1")
    await visit.exchange()

    assert visit.page_messages == [("ping", b"1")]


async def test_page_gives_a_sign_of_life_at_once_and_sees_nothing_of_it(visit: Visit) -> None:
    await visit.connect()

    visit.node.ask()
    (packet,) = visit.outgoing
    visit.outgoing.clear()
    await visit.page._handle_data(packet)

    assert packet[12] == HeartbeatChunk.type
    (answer,) = visit.dtls.outgoing
    assert answer[12] == HeartbeatAckChunk.type
    visit.node.receive(answer)
    await visit.exchange()
    assert visit.page_messages == []
    assert visit.node.dropped_packets == 0


async def test_nobody_is_asked_before_the_channels_open_and_after_their_end(visit: Visit) -> None:
    visit.node.ask()
    assert visit.outgoing == []
    await visit.connect()
    visit.node.stop()
    visit.outgoing.clear()
    visit.node.ask()
    assert visit.outgoing == []


async def test_page_that_asks_for_hundreds_of_answers_in_one_packet_gets_none(
    visit: Visit,
) -> None:
    await visit.connect()
    head = struct.pack("!HHI", 5000, 5000, visit.node._association._local_verification_tag)
    asking = struct.pack("!BBH", HeartbeatChunk.type, 0, 4)
    for count, answers in ((1, 1), (4, 4), (5, 0), (280, 0)):
        checksum = google_crc32c.value(head + bytes(4) + count * asking)
        visit.node.receive(head + struct.pack("<I", checksum) + count * asking)
        assert len(visit.outgoing) == answers
        visit.outgoing.clear()
    assert visit.node.dropped_packets == 2


async def test_channels_repeat_what_is_lost_on_state_but_not_on_ping(visit: Visit) -> None:
    await visit.connect()
    visit.node.send(Channel.PING, b"stale")
    visit.node.send(Channel.STATE, "kept")
    visit.outgoing.clear()

    visit.node._association._t3_expired()  # what the loop would do after the timeout
    await visit.exchange()

    assert visit.page_messages == [("state", "kept")]


async def test_channels_refuse_messages_before_they_are_open(visit: Visit) -> None:
    assert not visit.node.send(Channel.STATE, "too early")
    assert visit.node.dropped_messages == 1


async def test_channels_refuse_what_the_page_would_not_take(visit: Visit) -> None:
    visit.node.start(5000, 100)
    await visit.start_page()
    await visit.exchange()

    assert visit.node.send(Channel.STATE, "x" * 100)
    assert not visit.node.send(Channel.STATE, "x" * 101)


async def test_channels_send_no_packet_that_a_path_may_not_carry(visit: Visit) -> None:
    await visit.connect()
    assert visit.node.send(Channel.STATE, "x" * MAX_SENT_BYTES)
    assert not visit.node.send(Channel.STATE, "x" * (MAX_SENT_BYTES + 1))
    assert max(map(len, visit.outgoing)) <= MAX_PACKET_BYTES
    await visit.exchange()
    assert visit.page_messages == [("state", "x" * MAX_SENT_BYTES)]


async def test_channels_do_not_echo_a_heartbeat_that_is_too_long(visit: Visit) -> None:
    await visit.connect()
    for size in (40, 1400):
        heartbeat = HeartbeatChunk()
        heartbeat.params.append((1, bytes(size)))
        await visit.page._send_chunk(heartbeat)
        (packet,) = visit.dtls.outgoing
        visit.dtls.outgoing.clear()
        visit.node.receive(packet)
        assert len(visit.outgoing) == (1 if size < MAX_PACKET_BYTES else 0)
        visit.outgoing.clear()


async def test_channels_bound_the_backlog_of_a_page_that_went_silent(visit: Visit) -> None:
    await visit.connect()

    taken = sum(visit.node.send(Channel.STATE, "x" * 1000) for _ in range(1000))

    assert MAX_BACKLOG_BYTES // 1000 <= taken <= MAX_BACKLOG_BYTES // 1000 + 10
    assert visit.node.dropped_messages == 1000 - taken
    await visit.exchange()
    assert len(visit.page_messages) == taken


async def test_channels_drop_a_message_that_is_too_long_and_go_on(visit: Visit) -> None:
    await visit.connect()

    visit.state.send("x" * (MAX_MESSAGE_BYTES + 1))
    visit.state.send("x" * MAX_MESSAGE_BYTES)
    await visit.exchange()

    assert visit.messages == [(Channel.STATE, "x" * MAX_MESSAGE_BYTES)]


async def test_channels_ignore_channels_that_nobody_agreed_on(visit: Visit) -> None:
    await visit.connect()

    RTCDataChannel(visit.page, RTCDataChannelParameters(label="third", id=2))
    await visit.exchange()

    assert set(visit.node._association._data_channels) == {0, 1}
    assert set(visit.node._association._inbound_streams) <= {0, 1}


async def test_channels_hold_no_more_than_they_advertised(visit: Visit) -> None:
    """A page may begin a message, never end it, and take no notice of the window."""
    await visit.connect()
    chunk = DataChunk(flags=0x02)  # a first fragment
    chunk.tsn = visit.page._local_tsn
    chunk.protocol = 51
    for seq in range(200):
        chunk.stream_seq = seq % 65536
        chunk.user_data = bytes(1000)
        await visit.page._send_chunk(chunk)
        chunk.tsn = (chunk.tsn + 1) % 2**32
    await visit.exchange()

    streams = visit.node._association._inbound_streams.values()
    held = sum(len(c.user_data) for stream in streams for c in stream.reassembly)
    assert 0 < held <= RECEIVE_WINDOW_BYTES


async def test_channels_make_no_streams_for_what_a_page_says_it_skipped(visit: Visit) -> None:
    await visit.connect()
    chunk = ForwardTsnChunk()
    chunk.cumulative_tsn = visit.page._local_tsn
    chunk.streams = [(stream, 1) for stream in range(200)]

    await visit.page._send_chunk(chunk)
    await visit.exchange()

    assert set(visit.node._association._inbound_streams) == {0, 1}


async def test_channels_do_not_count_what_no_page_can_have_received(visit: Visit) -> None:
    """Counting this one packet out would hold up the node for seconds."""
    await visit.connect()
    visit.node.send(Channel.STATE, "under way")
    visit.outgoing.clear()
    chunk = SackChunk()
    chunk.cumulative_tsn = visit.node._association._last_sacked_tsn
    chunk.gaps = [(2, 65535)] * 280
    started_at = time.process_time()

    await visit.page._send_chunk(chunk)
    await visit.exchange()

    assert time.process_time() - started_at < 0.5


async def test_channels_tell_when_the_page_aborts(visit: Visit) -> None:
    await visit.connect()

    await visit.page.stop()
    await visit.exchange()

    assert visit.closed == 1
    assert not visit.node.is_open
    assert not visit.node.send(Channel.STATE, "late")


async def test_channels_after_stop_are_silent(visit: Visit) -> None:
    await visit.connect()
    visit.state.send("on its way")
    await asyncio.sleep(0)

    visit.node.stop()
    visit.node.stop()
    await visit.exchange()

    assert visit.messages == []
    assert visit.closed == 0
    assert visit.state.readyState == "closed"  # the page was told
    assert not visit.node.send(Channel.STATE, "late")


async def test_channels_stopped_before_they_opened_leave_no_timer(visit: Visit) -> None:
    visit.node.start(5000, 65536)

    visit.node.stop()

    assert visit.node._association._t1_handle is None


async def test_channels_do_not_swallow_our_own_errors(visit: Visit) -> None:
    await visit.connect()

    def fail(channel: Channel, message: str | bytes) -> None:
        raise ValueError("a bug of ours")

    visit.node._on_message = fail
    visit.state.send("x")
    with pytest.raises(ValueError, match="a bug of ours"):
        await visit.exchange()


def packet_of(tag: int, body: bytes) -> bytes:
    """An SCTP packet with a right checksum and any content (RFC 9260, section 3.1)."""
    header = struct.pack("!HHL", 5000, 5000, tag)
    checksum = google_crc32c.value(header + bytes(4) + body)
    return header + struct.pack("<L", checksum) + body


@st.composite
def chunks(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from([0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 14, 130, 192, 255]))
    flags = draw(st.integers(0, 7))
    body = draw(st.binary(max_size=60))
    length = draw(st.just(len(body) + 4) | st.integers(0, 70))
    return struct.pack("!BBH", kind, flags, length) + body + bytes(-len(body) % 4)


@settings(max_examples=150, deadline=None)
@given(bodies=st.lists(st.lists(chunks(), max_size=3), max_size=8), connected=st.booleans())
def test_channels_never_raise_on_malformed_packets(
    bodies: list[list[bytes]], connected: bool
) -> None:
    async def feed() -> None:
        visit = Visit()
        if connected:
            await visit.connect()
        else:
            visit.node.start(5000, 65536)
        for body in bodies:
            for tag in (0, visit.node._association._local_verification_tag):
                visit.node.receive(packet_of(tag, b"".join(body)))
        visit.node.receive(b"".join(map(b"".join, bodies)))
        await asyncio.sleep(0)
        await visit.stop()
        await asyncio.sleep(0)

    asyncio.run(feed())
