"""Transport-wide feedback: what is written reads back, and matches the draft's layout."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.rtp import rtcp, transport_cc


def read_back(data: bytes) -> transport_cc.Feedback:
    ((kind, fmt, start, end),) = rtcp.split(data)
    assert (kind, fmt) == (rtcp.RTPFB, rtcp.FMT_TRANSPORT_CC)
    feedback = transport_cc.read(data, start, end)
    assert feedback is not None
    return feedback


arrivals = st.dictionaries(
    st.integers(0, 400), st.floats(0, 7, allow_subnormal=False), min_size=1, max_size=200
)


@given(arrivals, st.integers(0, 0xFFFF))
def test_every_arrival_reads_back_within_a_quarter_millisecond(
    seen: dict[int, float], first: int
) -> None:
    """Deltas stay within ±8.19 s here; all within 7 s of one another."""
    seen = {first + number: 50.0 + at for number, at in seen.items()}
    base, last = min(seen), max(seen)
    feedback = read_back(transport_cc.write(1, 2, 9, base, last, seen))
    assert feedback.base_seq == base & 0xFFFF
    assert feedback.feedback_count == 9
    assert len(feedback.arrivals) == last - base + 1
    for number, arrival in enumerate(feedback.arrivals, base):
        if number in seen:
            assert arrival == pytest.approx(seen[number], abs=0.000126)
        else:
            assert arrival is None


def test_a_run_is_one_chunk_laid_out_as_the_draft_says() -> None:
    seen = {5 + n: 0.064 * 3 + 0.00025 * 4 * n for n in range(20)}
    data = transport_cc.write(0x01020304, 0x05060708, 7, 5, 24, seen)
    assert data.hex() == (
        "afcd000a"  # padded, format 15, transport-layer feedback, ten words follow
        "01020304"
        "05060708"
        "00050014"  # base 5, 20 packets
        "00000307"  # reference 3 × 64 ms, feedback 7
        "2014"  # run of 20 small deltas
        "00" + "04" * 19 + "0002"
    )


def test_packets_missing_at_the_front_are_told() -> None:
    feedback = read_back(transport_cc.write(1, 2, 0, 10, 13, {12: 1.0, 13: 1.001}))
    assert [at is not None for at in feedback.arrivals] == [False, False, True, True]


def test_an_arrival_out_of_order_has_a_negative_delta() -> None:
    feedback = read_back(transport_cc.write(1, 2, 0, 0, 1, {0: 1.5, 1: 1.4}))
    assert list(feedback.arrivals) == pytest.approx([1.5, 1.4])


def test_libwebrtcs_one_bit_vectors_are_read() -> None:
    # base 1, 14 packets of which 1st, 2nd and 14th came
    body = bytes.fromhex("0001000e 00000100 b001 040404 000000 0004".replace(" ", ""))
    body = body[:13] + bytes(-13 % 4)
    data = bytes((0x8F, 205, 0, 2 + len(body) // 4)) + bytes(8) + body
    feedback = read_back(data)
    assert [i for i, at in enumerate(feedback.arrivals) if at is not None] == [0, 1, 13]


@given(st.binary(min_size=8, max_size=80))
def test_no_bytes_raise(body: bytes) -> None:
    body += bytes(-len(body) % 4)
    data = bytes((0x8F, 205, 0, len(body) // 4)) + body
    for _, _, start, end in rtcp.split(data):
        transport_cc.read(data, start, end)


def test_a_claimed_count_beyond_the_chunks_is_malformed() -> None:
    data = bytearray(transport_cc.write(1, 2, 0, 0, 9, {n: 1.0 for n in range(10)}))
    data[14:16] = b"\xff\xff"
    assert transport_cc.read(bytes(data), 0, len(data)) is None


def test_feedback_that_names_thousands_in_few_bytes_is_not_read() -> None:
    head = transport_cc.write(1, 2, 0, 0, 0, {0: 1.0})[:12]
    runs = struct.pack("!H", 0x1FFF) * 8
    data = head + struct.pack("!HHI", 0, 65_528, 0) + runs
    assert transport_cc.read(data, 0, len(data)) is None
