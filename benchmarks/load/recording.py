"""Sound and picture, encoded once: what every page of the load sends in a loop."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.load.figures import FRAME_S
from tests.support.media import LOOKS, SAMPLE_HZ, busy_frame, known_sound

VERSION = 1
"""Of what is recorded: another one is another file."""
LOOP_S = 8
FRAMES_PER_S = 25
PAYLOAD_BYTES = 1_100
SOUND_BPS = 32_000
SMALL, FULL = "small", "full"
LAYERS = {SMALL: (320, 180, 120_000), FULL: (640, 360, 1_200_000)}
"""By name: width, height and rate. `SMALL` is for the waiting room, where a page may send 150 kbps
of picture."""
MARK_BYTES = 4
_PADDED_FRAME = bytes((0x41, MARK_BYTES))  # one frame, padding after it
_BEGINS, _GOES_ON = b"\x10", b"\x00"  # RFC 7741, 4.2, without picture ids
_PICTURES = 50
"""Different ones, shown in turn: making them is slower than encoding them."""


@dataclass(frozen=True, slots=True)
class Recording:
    """`LOOP_S` of both."""

    sound: tuple[bytes, ...]
    """Opus, a frame of 20 ms each, no two alike whatever their first byte."""
    pictures: dict[str, tuple[tuple[bytes, ...], ...]]
    """By layer: of each frame the payloads of its RTP packets. The first alone is a key frame."""


def cached(folder: Path | None = None) -> Path:
    """Return the file of the recording, made where it is missing: in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = folder or Path(cache) / "visavis"
    path = folder / f"load-{VERSION}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
            json.dump(_packed(make()), file)
        Path(file.name).replace(path)
    return path


def read(path: Path) -> Recording:
    """Read what `cached` wrote."""
    packed = json.loads(path.read_text())
    return Recording(
        tuple(map(base64.b64decode, packed["sound"])),
        {
            name: tuple(tuple(map(base64.b64decode, frame)) for frame in frames)
            for name, frames in packed["pictures"].items()
        },
    )


def add_mark(packet: bytes, mark: bytes) -> bytes:
    """Return an Opus packet of one frame with a mark for its padding (RFC 6716, 3.2.5)."""
    return bytes((packet[0] | 3,)) + _PADDED_FRAME + packet[1:] + mark


def split_mark(packet: bytes) -> tuple[bytes, bytes]:
    """Return what follows the first byte of the packet that was marked, and the mark."""
    return packet[1 + len(_PADDED_FRAME) : -MARK_BYTES], packet[-MARK_BYTES:]


def make() -> Recording:
    """Encode it: some seconds of work."""
    return Recording(tuple(_sound()), {name: tuple(_pictures(name)) for name in LAYERS})


def _packed(recording: Recording) -> dict[str, object]:
    def text(payload: bytes) -> str:
        return base64.b64encode(payload).decode()

    return {
        "sound": [text(frame) for frame in recording.sound],
        "pictures": {
            name: [[text(payload) for payload in frame] for frame in frames]
            for name, frames in recording.pictures.items()
        },
    }


def _sound() -> Iterator[bytes]:
    """Encode a voice-like sound under a noise that makes every frame another."""
    size = round(FRAME_S * SAMPLE_HZ)
    noise = np.random.default_rng(seed=7).normal(0, 0.02, LOOP_S * SAMPLE_HZ)
    samples = (np.clip(known_sound(LOOKS["patient"]) + noise, -1, 1) * 32767).astype("<i2")
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = SAMPLE_HZ, "mono", "s16"
    codec.bit_rate, codec.time_base = SOUND_BPS, Fraction(1, SAMPLE_HZ)
    codec.options = {"frame_duration": "20", "application": "voip"}
    packets = []
    for at in range(0, len(samples), size):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + size], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_HZ, at, codec.time_base
        packets += codec.encode(frame)
    payloads = [bytes(packet) for packet in packets]
    if any(payload[0] & 3 for payload in payloads):
        raise AssertionError("a packet has more than one frame of sound")
    if len({payload[1:] for payload in payloads}) < len(payloads):
        raise AssertionError("two frames of sound are alike")
    yield from payloads


def _pictures(layer: str) -> Iterator[tuple[bytes, ...]]:
    width, height, rate_bps = LAYERS[layer]
    noise = np.random.default_rng(seed=8)
    drawn = [busy_frame(LOOKS["therapist"], width, height, noise) for _ in range(_PICTURES)]
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.bit_rate, codec.time_base = rate_bps, Fraction(1, FRAMES_PER_S)
    codec.framerate = Fraction(FRAMES_PER_S)
    codec.options = {
        "deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "minrate": str(rate_bps),
        "maxrate": str(rate_bps), "bufsize": str(rate_bps // 2), "g": "9999",
    }  # fmt: skip
    for number in range(LOOP_S * FRAMES_PER_S):
        planes = np.frombuffer(drawn[number % _PICTURES], np.uint8).reshape(-1, width)
        frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
        frame.pts, frame.time_base = number, codec.time_base
        for packet in codec.encode(frame):
            yield tuple(_payloads(bytes(packet)))


def _payloads(frame: bytes) -> Iterator[bytes]:
    for at in range(0, len(frame), PAYLOAD_BYTES):
        yield (_GOES_ON if at else _BEGINS) + frame[at : at + PAYLOAD_BYTES]
