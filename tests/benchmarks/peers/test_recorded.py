"""Streams of a recording: pictures and sounds as a decoder needs them."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.load.recording import FULL, Recording
from benchmarks.peers.recorded import MOST_UNEVEN, RecordedStream, recorded
from benchmarks.relay.traffic import Stream
from sfu.base.media import Slot
from sfu.rtp.packet import payload_offset
from tests.sfu.relay.far_end import make_lines

PICTURES = (
    (b"\x10key", b"\x00key"),
    *((f"\x10{n}".encode(), f"\x00{n}".encode()) for n in range(1, 10)),
)
RECORDING = Recording(tuple(bytes((n,)) for n in range(50)), {FULL: PICTURES})


def stream(slot: Slot) -> RecordedStream:
    line = next(line for line in make_lines(1000) if line.slot is slot)
    return recorded(Stream(line, down_ssrc=7), RECORDING)


def payloads(packets: list[bytes]) -> list[bytes]:
    return [packet[payload_offset(packet) :] for packet in packets]


def times(packets: list[bytes]) -> list[int]:
    return [int.from_bytes(packet[4:8], "big") for packet in packets]


def test_a_recording_is_sent_in_a_loop_and_the_last_packet_of_a_picture_is_marked() -> None:
    camera = stream(Slot.CAMERA)
    packets = [camera.next_packet(0.0, n) for n in range(22)]
    assert payloads(packets) == [p for frame in (*PICTURES, PICTURES[0]) for p in frame]
    assert [packet[1] >> 7 for packet in packets] == [0, 1] * 11
    assert [int.from_bytes(packet[2:4], "big") for packet in packets] == list(range(22))
    assert (camera.sent, camera.down_ssrc) == (22, 7)


def test_a_picture_has_one_time_and_the_next_another_step_later() -> None:
    camera = stream(Slot.CAMERA)
    found = times([camera.next_packet(0.0, n) for n in range(200)])
    assert found[0::2] == found[1::2]
    steps = [after - before for before, after in zip(found[0::2], found[2::2], strict=False)]
    mean = 90_000 * 2 / 170
    assert all(abs(step - mean) <= MOST_UNEVEN + 1 for step in steps)
    assert len(set(steps)) > 80  # so that only one amount fits what a server made of them


def test_sounds_are_20_ms_apart() -> None:
    audio = stream(Slot.AUDIO)
    packets = [audio.next_packet(0.0, n) for n in range(60)]
    assert payloads(packets) == [bytes((n % 50,)) for n in range(60)]
    found = times(packets)
    assert {after - before for before, after in pairwise(found)} == {960}


def test_while_a_key_is_asked_for_the_first_pictures_come_again_and_again() -> None:
    camera = stream(Slot.CAMERA)
    packets = [camera.next_packet(0.0, n, key=True) for n in range(14)]
    begin = [p for frame in PICTURES[:3] for p in frame]
    assert payloads(packets) == begin + begin + list(PICTURES[0])
    assert times(packets) == sorted(times(packets))


def test_a_key_that_is_asked_for_in_a_picture_comes_after_it_and_once() -> None:
    camera = stream(Slot.CAMERA)
    for n in range(9):
        camera.next_packet(0.0, n)
    packets = [camera.next_packet(0.0, n, key=n == 0) for n in range(11)]
    assert payloads(packets) == [PICTURES[4][1], *(p for frame in PICTURES[:5] for p in frame)]
