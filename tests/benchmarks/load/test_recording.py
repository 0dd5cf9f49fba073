"""What is sent in a loop can be told apart, and decoded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import pytest

from benchmarks.load.recording import (
    FRAMES_PER_S,
    LAYERS,
    LOOP_S,
    PAYLOAD_BYTES,
    Recording,
    add_mark,
    cached,
    read,
    split_mark,
)

DESCRIPTOR_BYTES = 1


def test_every_frame_of_sound_is_another_and_pictures_begin_with_the_only_key_frame() -> None:
    recording = read(cached())
    assert len({frame[1:] for frame in recording.sound}) == len(recording.sound) == LOOP_S * 50
    for layer, (width, height, rate_bps) in LAYERS.items():
        frames = recording.pictures[layer]
        assert len(frames) == LOOP_S * FRAMES_PER_S
        is_key = [not frame[0][DESCRIPTOR_BYTES] & 1 for frame in frames]  # RFC 6386, 9.1
        assert is_key == [True] + [False] * (len(frames) - 1)
        payloads = [payload for frame in frames for payload in frame]
        assert max(map(len, payloads)) <= PAYLOAD_BYTES + DESCRIPTOR_BYTES
        assert 0.8 < sum(map(len, payloads)) * 8 / LOOP_S / rate_bps < 1.2
        decoder = av.CodecContext.create("vp8", "r")
        first = b"".join(payload[DESCRIPTOR_BYTES:] for payload in frames[0])
        (picture,) = decoder.decode(av.Packet(first))
        assert (picture.width, picture.height) == (width, height)


def test_it_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Recording((b"a", b"b"), {"small": ((b"\x10k", b"\x00l"), (b"\x10m",))})
    monkeypatch.setattr("benchmarks.load.recording.make", lambda: few)
    made = cached(tmp_path / "cache")
    assert read(made) == few
    before = made.stat()
    assert cached(tmp_path / "cache").stat() == before
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_marked_packet_sounds_as_it_did() -> None:
    frames = read(cached()).sound[:50]
    marked = [add_mark(frame, b"mark") for frame in frames]
    assert [split_mark(packet) for packet in marked] == [(frame[1:], b"mark") for frame in frames]
    assert decoded(marked) == decoded(frames)


def decoded(packets: Sequence[bytes]) -> list[bytes]:
    decoder = av.CodecContext.create("libopus", "r")
    sounds = [frame for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return [sound.to_ndarray().tobytes() for sound in sounds]
