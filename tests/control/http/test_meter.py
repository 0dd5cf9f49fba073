"""Counting below the message: every frame, however it is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control.http.meter import (
    BURST_BYTES,
    BURST_FRAMES,
    BYTES_PER_S,
    FRAMES_PER_S,
    FrameCounter,
    Meter,
)
from tests.control.http.frames import FLOODS, PING, PONG, TEXT, frame, message

MANY = 10**9
sizes = st.sampled_from([0, 1, 5, 124, 125, 126, 127, 300, 65_535, 65_536, 70_000])


def cut(data: bytes, marks: list[int]) -> list[bytes]:
    places = sorted({mark % (len(data) + 1) for mark in marks})
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


@given(st.lists(sizes, max_size=12), st.lists(st.integers(0, 10**6), max_size=20))
def test_counter_finds_every_frame_however_it_is_cut(sizes: list[int], marks: list[int]) -> None:
    stream = b"".join(frame(TEXT, bytes(size)) for size in sizes)
    counter = FrameCounter()
    assert sum(counter.count(piece, MANY) for piece in cut(stream, marks)) == len(sizes)


def test_counter_byte_by_byte() -> None:
    counter = FrameCounter()
    stream = frame(PING) + frame(TEXT, bytes(200)) + frame(TEXT, bytes(70_000)) + frame(PONG)
    assert sum(counter.count(bytes([one]), MANY) for one in stream) == 4


@given(st.lists(st.binary(max_size=40), max_size=40))
def test_counter_bears_any_bytes(pieces: list[bytes]) -> None:
    counter = FrameCounter()
    for piece in pieces:
        assert 0 <= counter.count(piece, MANY) <= len(piece)


def test_counter_stops_counting_where_it_may() -> None:
    assert FrameCounter().count(frame(PONG) * 40_000, 150) == 151


def test_meter_admits_what_pages_send() -> None:
    """Twenty messages a second and a pong every twenty, after a burst of forty, for an hour."""
    meter, now = Meter(), 1.0
    assert all(meter.admits(message(200), now) for _ in range(40))
    for second in range(3600):
        for tick in range(20):
            assert meter.admits(message(200), now + second + tick / 20)
        assert second % 20 or meter.admits(frame(PONG), now + second + 0.99)


@pytest.mark.parametrize("name", FLOODS)
def test_meter_refuses_each_flood_in_one_piece_and_in_many(name: str) -> None:
    first, again = FLOODS[name]
    count = 10_000 if len(again) < 1000 else 20
    assert not Meter().admits(first + again * count, 1.0)
    meter = Meter()
    assert not all(meter.admits(again, 1.0) for _ in range(count))


def test_meter_refuses_a_frame_that_trickles_byte_by_byte() -> None:
    meter = Meter()
    stream = message(16_000)
    assert not all(meter.admits(bytes([one]), 1.0) for one in stream)


@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(1, 400)), max_size=100))
def test_meter_never_admits_more_than_rate_and_burst(steps: list[tuple[float, int]]) -> None:
    meter, now, frames, admitted = Meter(), 1.0, 0, 0
    for gap, count in steps:
        now += gap
        if meter.admits(frame(PING) * count, now):
            frames += count
            admitted += count * len(frame(PING))
    assert frames <= BURST_FRAMES + FRAMES_PER_S * (now - 1.0) + 1e-6
    assert admitted <= BURST_BYTES + BYTES_PER_S * (now - 1.0) + 1e-6
