"""What a page may not bring the node to by its data channels."""

from __future__ import annotations

import asyncio
import struct

import google_crc32c
from aiortc import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcsctptransport import DataChunk, ForwardTsnChunk, HeartbeatChunk, SackChunk
from hypothesis import given, settings
from hypothesis import strategies as st

from sfu.io.datachannel import (
    MAX_BACKLOG_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_PACKET_BYTES,
    RECEIVE_WINDOW_BYTES,
    Channel,
)
from tests.sfu.io.page import Visit
from tests.support.cost import measured


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
    with measured() as cost:
        await visit.page._send_chunk(chunk)
        await visit.exchange()
    assert cost() < 10


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
