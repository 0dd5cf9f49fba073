"""Microphones and cameras, told by their packets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from sfu.messages import DeviceVerdict
from sfu.probe.devices import Camera, Microphone

FRAMES: dict[str, dict[str, list[int]]] = json.loads(
    Path(__file__).with_name("frames.json").read_text()
)
"""Bytes of 45 encoded frames, 640 × 360, 15 a second, 150 kbit/s; H.264 without x264's SEI."""
FPS = 15


def shown(sizes: list[int], fps: float = FPS, start: float = 0.0) -> list[tuple[float, int]]:
    """Return frames of these sizes at a steady rate."""
    return [(start + n / fps, size) for n, size in enumerate(sizes)]


def heard(levels: list[float | None], every_s: float = 0.5) -> tuple[Microphone, float]:
    """Return a microphone whose packets came with these levels, and when the last came."""
    microphone = Microphone(0.0)
    at = 0.0
    for number, level in enumerate(levels):
        at = number * every_s
        microphone.take(at, level)
    return microphone, at


# microphone


def test_a_microphone_works_once_a_loud_moment_came() -> None:
    microphone, at = heard([-70.0, -50.0, -80.0])
    assert microphone.verdict(at) is DeviceVerdict.WORKS


def test_a_microphone_below_the_threshold_is_quiet_after_two_seconds() -> None:
    microphone, at = heard([-51.0] * 5)
    assert microphone.verdict(at - 0.1) is DeviceVerdict.UNKNOWN
    assert microphone.verdict(at) is DeviceVerdict.QUIET


def test_silence_is_never_missing_while_packets_come() -> None:
    microphone, at = heard([-127.0] * 40)
    assert microphone.verdict(at + 1) is DeviceVerdict.QUIET


def test_a_microphone_without_packets_is_missing_after_two_seconds() -> None:
    microphone = Microphone(10.0)
    microphone.take(None, None)
    assert microphone.verdict(11.9) is DeviceVerdict.UNKNOWN
    assert microphone.verdict(12.0) is DeviceVerdict.MISSING


def test_a_microphone_whose_packets_end_is_missing() -> None:
    microphone, at = heard([-30.0] * 4)
    assert microphone.verdict(at + 1.9) is DeviceVerdict.WORKS
    assert microphone.verdict(at + 2.0) is DeviceVerdict.MISSING


def test_without_the_level_extension_nothing_is_known_of_a_voice() -> None:
    microphone, at = heard([None] * 10)
    assert microphone.verdict(at) is DeviceVerdict.UNKNOWN


# camera


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@pytest.mark.parametrize("picture", ["black", "nearblack"])
def test_a_black_picture_is_told_by_its_sizes(codec: str, picture: str) -> None:
    camera = Camera(0.0)
    camera.take(shown(FRAMES[codec][picture]))
    assert camera.verdict(3.0) is DeviceVerdict.BLACK


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@pytest.mark.parametrize("picture", ["room", "static", "camera", "noise", "darknoise"])
def test_any_other_picture_works_also_a_still_one(codec: str, picture: str) -> None:
    camera = Camera(0.0)
    camera.take(shown(FRAMES[codec][picture]))
    assert camera.verdict(3.0) is DeviceVerdict.WORKS


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_noise_behind_a_shutter_is_not_called_black(codec: str) -> None:
    camera = Camera(0.0)
    camera.take(shown(FRAMES[codec]["darknoise1"]))
    assert camera.verdict(3.0) is DeviceVerdict.WORKS


def test_black_at_one_frame_a_second_is_told_after_three() -> None:
    camera = Camera(0.0)
    camera.take([(0.5, 430), (1.5, 44)])
    assert camera.verdict(1.6) is DeviceVerdict.UNKNOWN
    camera.take([(2.5, 44)])
    assert camera.verdict(2.6) is DeviceVerdict.BLACK


def test_a_camera_that_turns_black_without_a_key_frame_was_seen_to_work() -> None:
    camera = Camera(0.0)
    camera.take(shown(FRAMES["VP8"]["camera"]))
    camera.take(shown([44] * 30, start=3.0))
    assert camera.verdict(5.0) is DeviceVerdict.WORKS


def test_frames_that_stop_are_frozen() -> None:
    camera = Camera(0.0)
    camera.take(shown(FRAMES["VP8"]["camera"]))
    assert camera.verdict(44 / FPS + 1.9) is DeviceVerdict.WORKS
    assert camera.verdict(44 / FPS + 2.0) is DeviceVerdict.FROZEN


def test_a_camera_without_frames_is_missing_after_two_seconds() -> None:
    camera = Camera(10.0)
    camera.take([])
    assert camera.verdict(11.9) is DeviceVerdict.UNKNOWN
    assert camera.verdict(12.0) is DeviceVerdict.MISSING


def encoded(
    codec: str, pictures: Iterator[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]
) -> list[int]:
    """Return the bytes of pictures as a real encoder makes them; H.264 without its SEI."""
    context = cast("VideoCodecContext", av.CodecContext.create(codec, "w"))
    context.width, context.height, context.pix_fmt, context.bit_rate = 640, 360, "yuv420p", 150_000
    context.framerate, context.time_base = Fraction(FPS), Fraction(1, FPS)
    context.options = (
        {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        if codec == "libvpx"
        else {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    )
    sizes = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        for packet in context.encode(frame):
            units = bytes(packet).replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
            kept = [unit for unit in units if unit and unit[0] & 31 != 6]
            sizes.append(packet.size if codec == "libvpx" else sum(len(u) + 4 for u in kept))
    return sizes


@pytest.mark.parametrize("codec", ["libvpx", "libx264"])
def test_the_encoders_of_this_machine_agree_with_the_measured_sizes(codec: str) -> None:
    random = np.random.default_rng(1)
    black = encoded(codec, (np.zeros((360, 640, 3), np.uint8) for _ in range(6)))
    noise = encoded(
        codec, (random.integers(0, 256, (360, 640, 3), dtype=np.uint8) for _ in range(2))
    )
    camera = Camera(0.0)
    camera.take(shown(black))
    assert camera.verdict(0.5) is DeviceVerdict.BLACK
    camera.take(shown(noise, start=1.0))
    assert camera.verdict(1.5) is DeviceVerdict.WORKS
