"""RFC 4571 framing: however a stream is cut on the way, the same datagrams come out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.transport.framing import MAX_FRAME_BYTES, Deframer, frame

datagrams = st.lists(st.binary(min_size=1, max_size=40), max_size=12)
cuts = st.lists(st.integers(min_value=0, max_value=600), max_size=30)


def pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    ends = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    return [stream[a:b] for a, b in pairwise(ends)]


def fed(deframer: Deframer, parts: list[bytes]) -> list[bytes]:
    return [datagram for part in parts for datagram in deframer.feed(part)]


@given(sent=datagrams, cuts=cuts)
def test_any_split_of_the_stream_gives_the_same_datagrams(
    sent: list[bytes], cuts: list[int]
) -> None:
    stream = b"".join(map(frame, sent))
    assert fed(Deframer(), pieces(stream, cuts)) == sent


@given(stream=st.binary(max_size=600), cuts=cuts)
def test_any_split_of_garbage_ends_alike(stream: bytes, cuts: list[int]) -> None:
    at_once, in_parts = Deframer(), Deframer()
    assert fed(in_parts, pieces(stream, cuts)) == at_once.feed(stream)
    assert in_parts.broken == at_once.broken


@given(stream=st.binary(max_size=4000), cuts=cuts)
def test_less_than_a_frame_is_kept(stream: bytes, cuts: list[int]) -> None:
    deframer = Deframer()
    fed(deframer, pieces(stream, cuts))
    assert len(deframer._rest) < 2 + MAX_FRAME_BYTES


def test_null_frames_are_left_out() -> None:
    assert Deframer().feed(b"\0\0" + frame(b"x") + b"\0\0") == [b"x"]


def test_frame_as_long_as_a_datagram_may_be_is_taken() -> None:
    deframer = Deframer()
    assert deframer.feed(frame(bytes(MAX_FRAME_BYTES))) == [bytes(MAX_FRAME_BYTES)]
    assert not deframer.broken


@pytest.mark.parametrize(
    "start",
    [
        (MAX_FRAME_BYTES + 1).to_bytes(2, "big"),
        b"GET / HTTP/1.1\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",  # a TLS ClientHello
    ],
)
def test_longer_frame_ends_the_stream_at_its_length_already(start: bytes) -> None:
    deframer = Deframer()
    assert deframer.feed(frame(b"before") + start) == [b"before"]
    assert deframer.broken
    assert deframer.feed(frame(b"after")) == []
