"""Publish a tone and a plain picture by FFmpeg's WHIP muxer.

`whip_publisher.py URL TOKEN HZ LUMA FOLDER`, the folder with `cert.pem` and `key.pem`; ends when
its standard input does. A process of its own, as PyAV holds the interpreter while FFmpeg posts its
offer. Two options are needed with this node:

- `whip_flags=dtls_active`: by default FFmpeg offers `setup:passive`, as the node answers always.
- A certificate: the one that FFmpeg makes by itself is on the curve P-224, which OpenSSL's servers
  refuse by default; WebRTC asks for P-256 (RFC 8827, 6.5).
"""

from __future__ import annotations

import fractions
import select
import sys
import time
from pathlib import Path

import av
import numpy as np

SAMPLE_HZ = 48_000
FRAMES_PER_S = 25
WIDTH, HEIGHT = 160, 120
SAMPLES = 960


def publish(url: str, token: str, hz: int, luma: int, folder: Path) -> None:
    options = {
        "authorization": token,
        "whip_flags": "dtls_active",
        "cert_file": str(folder / "cert.pem"),
        "key_file": str(folder / "key.pem"),
    }
    with av.open(url, "w", format="whip", options=options) as container:
        video = container.add_stream("libx264", rate=FRAMES_PER_S, options=X264)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.gop_size = FRAMES_PER_S
        audio = container.add_stream("libopus", rate=SAMPLE_HZ)
        audio.layout = "stereo"
        audio.format = "flt"
        began = time.monotonic()
        number = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            at = number * SAMPLES / SAMPLE_HZ
            time.sleep(max(0.0, began + at - time.monotonic()))
            container.mux(audio.encode(_sound(number, hz)))
            if number % 2 == 0:
                container.mux(video.encode(_picture(number // 2, luma)))
            number += 1


X264 = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}


def _sound(number: int, hz: int) -> av.AudioFrame:
    at = (number * SAMPLES + np.arange(SAMPLES)) / SAMPLE_HZ
    tone = (0.3 * np.sin(2 * np.pi * hz * at)).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2).reshape(1, -1), "flt", "stereo")
    frame.sample_rate = SAMPLE_HZ
    frame.pts, frame.time_base = number * SAMPLES, fractions.Fraction(1, SAMPLE_HZ)
    return frame


def _picture(number: int, luma: int) -> av.VideoFrame:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT] = luma
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    frame.pts, frame.time_base = number, fractions.Fraction(1, FRAMES_PER_S)
    return frame


if __name__ == "__main__":
    publish(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
