"""RTP headers at offsets, with aiortc as judge."""

from __future__ import annotations

import aiortc.rtp
from hypothesis import given
from hypothesis import strategies as st

from sfu.rtp.extensions import pack
from sfu.rtp.packet import (
    HEADER,
    is_rtcp,
    payload_end,
    payload_offset,
    unwrap_rtx,
    wrap_rtx,
)

pts = st.integers(0, 127)
seqs = st.integers(0, 0xFFFF)
words = st.integers(0, 0xFFFFFFFF)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """Draw a well-formed packet with any of CSRC list, extensions and padding."""
    csrc = draw(st.binary(max_size=60).map(lambda data: data[: len(data) // 4 * 4]))
    elements = draw(
        st.lists(st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)), max_size=4)
    )
    block = pack(elements) if elements else b""
    padding = draw(st.integers(0, 20))
    first = 0x80 | (0x20 if padding else 0) | (0x10 if block else 0) | len(csrc) // 4
    second = draw(st.booleans()) << 7 | draw(pts)
    head = HEADER.pack(first, second, draw(seqs), draw(words), draw(words))
    tail = bytes(padding - 1) + bytes((padding,)) if padding else b""
    return head + csrc + block + draw(st.binary(min_size=1, max_size=60)) + tail


@given(packets())
def test_the_payload_is_where_aiortc_finds_it(packet: bytes) -> None:
    judge = aiortc.rtp.RtpPacket.parse(packet)
    start = payload_offset(packet)
    assert packet[start : payload_end(packet, start)] == judge.payload


@given(packets(), pts, seqs, words, st.binary(max_size=8).map(lambda d: bytes(d)))
def test_a_wrapped_packet_unwraps_to_itself(
    packet: bytes, pt: int, seq: int, ssrc: int, level: bytes
) -> None:
    block = pack([(1, level)]) if level else b""
    rtx = wrap_rtx(packet, pt=pt, seq=seq, ssrc=ssrc, extensions=block)
    judge, original = aiortc.rtp.RtpPacket.parse(rtx), aiortc.rtp.RtpPacket.parse(packet)
    assert (judge.payload_type, judge.sequence_number, judge.ssrc) == (pt, seq, ssrc)
    assert (judge.timestamp, judge.marker) == (original.timestamp, original.marker)
    start = payload_offset(rtx)
    back = aiortc.rtp.RtpPacket.parse(
        unwrap_rtx(
            rtx,
            start=start,
            end=payload_end(rtx, start),
            pt=original.payload_type,
            ssrc=original.ssrc,
        )
    )
    assert back.payload == original.payload
    assert back.sequence_number == original.sequence_number
    assert (back.timestamp, back.marker) == (original.timestamp, original.marker)
    assert (back.payload_type, back.ssrc) == (original.payload_type, original.ssrc)


@given(st.binary(max_size=80))
def test_no_bytes_raise(data: bytes) -> None:
    start = payload_offset(data)
    assert -1 <= start <= len(data)
    if start >= 0:
        assert -1 <= payload_end(data, start) <= len(data)


@given(packets(), st.integers(0, 200))
def test_a_packet_cut_short_is_never_read_beyond_its_end(packet: bytes, size: int) -> None:
    assert payload_offset(packet[:size]) <= min(size, len(packet))


def test_other_versions_are_refused() -> None:
    assert payload_offset(bytes(40)) == -1
    assert payload_offset(b"\xc0" + bytes(40)) == -1


def test_absurd_padding_is_told() -> None:
    head = HEADER.pack(0xA0, 96, 1, 2, 3)
    assert payload_end(head + b"ab\x00", 12) == -1
    assert payload_end(head + b"ab\x04", 12) == -1
    assert payload_end(head + b"ab\x03", 12) == 12
    assert payload_end(head, 12) == -1


def test_rtcp_is_told_from_rtp_by_its_second_byte() -> None:
    assert is_rtcp(b"\x80\xc8")
    assert not is_rtcp(b"\x80\x6f")
    assert not is_rtcp(b"\x80\xef")  # marker and payload type 111
    assert not is_rtcp(b"\x80")
