"""Known picture and sound: what one side is fed, the other side must show and play.

Each role has a picture (a Y4M file) and a sound (a WAV file), both `PERIOD_S` × a whole number
long, so that looping keeps them regular:

    picture   the role's colour; a bar over the upper quarter, black, that flashes white for
              100 ms at the start of each period; along the lower edge `CODE_BITS` blocks, black
              or white, most significant bit first: the number of the frame.
    sound     the role's tone all the time, softly; a loud burst of `BEEP_HZ` for 100 ms at the
              start of each period.

Blocks are large enough to survive VP8 at 150 kbps. Chromium starts picture and sound each when
its capture starts, so the distance from flash to beep is not known from the files: it is
measured at the sender, and lip sync is how much it changed on the way.
"""

from __future__ import annotations

import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 320, 180
FRAMES_PER_S = 30
SAMPLE_HZ = 48_000
LENGTH_S = 8
PERIOD_S = 2.0
FLASH_S = 0.1
CODE_BITS = 16
CODE_HEIGHT = 36
FLASH_HEIGHT = 45
BEEP_HZ = 3_000
BLACK, WHITE = 16, 235
GRAIN = 10.0
BUSY_FRAMES, BUSY_FRAMES_PER_S = 80, 20  # small and slow: encoders share two cores with all else

Bytes = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Look:
    """What one role looks and sounds like."""

    rgb: tuple[int, int, int]
    tone_hz: int


LOOKS = {
    "therapist": Look(rgb=(40, 90, 200), tone_hz=500),
    "patient": Look(rgb=(200, 110, 30), tone_hz=900),
}


@dataclass(frozen=True, slots=True)
class MediaFiles:
    """Files for `--use-file-for-fake-video-capture` and `…-audio-capture`."""

    video: Path
    audio: Path


def write_media(role: str, folder: Path) -> MediaFiles:
    """Write the known picture and sound of a role (about 21 MB)."""
    folder.mkdir(parents=True, exist_ok=True)
    files = MediaFiles(folder / f"{role}.y4m", folder / f"{role}.wav")
    look = LOOKS[role]
    frames = (known_frame(look, number, WIDTH, HEIGHT) for number in range(LENGTH_S * FRAMES_PER_S))
    write_y4m(files.video, frames, WIDTH, HEIGHT)
    _write_wav(files.audio, known_sound(look))
    return files


def write_busy_media(role: str, folder: Path, width: int = 480, height: int = 270) -> MediaFiles:
    """Write a picture with grain, and the known sound (about 16 MB).

    New grain in each frame takes as many bits as there are, well over 1 Mbps, and is left away by
    the encoder where bits are few, as with a camera's own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = MediaFiles(folder / f"{role}-busy.y4m", folder / f"{role}-busy.wav")
    noise = np.random.default_rng(seed=LOOKS[role].tone_hz)
    frames = (busy_frame(LOOKS[role], width, height, noise) for _ in range(BUSY_FRAMES))
    write_y4m(files.video, frames, width, height, BUSY_FRAMES_PER_S)
    _write_wav(files.audio, known_sound(LOOKS[role]))
    return files


def known_frame(look: Look, number: int, width: int, height: int) -> bytes:
    """Return frame `number` as planar YUV 4:2:0."""
    luma, blue, red = yuv_of(look.rgb)
    y = np.full((height, width), luma, np.uint8)
    u = np.full((height // 2, width // 2), blue, np.uint8)
    v = np.full((height // 2, width // 2), red, np.uint8)
    is_flash = number % round(PERIOD_S * FRAMES_PER_S) < FLASH_S * FRAMES_PER_S
    y[:FLASH_HEIGHT] = WHITE if is_flash else BLACK
    y[-CODE_HEIGHT:] = _code_row(number, width)
    for plane in (u, v):
        plane[: FLASH_HEIGHT // 2] = 128
        plane[-CODE_HEIGHT // 2 :] = 128
    return y.tobytes() + u.tobytes() + v.tobytes()


def yuv_of(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """Convert full-range RGB to limited-range YUV (ITU-R BT.601), which Chromium assumes here."""
    r, g, b = (channel / 255 for channel in rgb)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    u, v = (b - y) / 1.772, (r - y) / 1.402
    return round(16 + 219 * y), round(128 + 224 * u), round(128 + 224 * v)


def known_sound(look: Look) -> Samples:
    """Return `LENGTH_S` of tone and beeps, −1 to 1; whole waves, so that the loop has no click."""
    at = np.arange(LENGTH_S * SAMPLE_HZ) / SAMPLE_HZ
    tone = 0.1 * np.sin(2 * np.pi * look.tone_hz * at)
    beep = 0.6 * np.sin(2 * np.pi * BEEP_HZ * at) * (at % PERIOD_S < FLASH_S)
    return tone + beep


def write_babble(path: Path) -> None:
    """Write noise that comes and goes as syllables do, four a second, as a WAV file (0.8 MB)."""
    at = np.arange(LENGTH_S * SAMPLE_HZ) / SAMPLE_HZ
    noise = np.random.default_rng(seed=4).normal(0, 0.1, at.size)
    _write_wav(path, noise * np.sin(np.pi * 4 * at) ** 2)


def _code_row(number: int, width: int) -> Bytes:
    bits = [number >> shift & 1 for shift in range(CODE_BITS - 1, -1, -1)]
    row = np.where(np.array(bits, bool), WHITE, BLACK).astype(np.uint8)
    return np.repeat(row, width // CODE_BITS)


def busy_frame(look: Look, width: int, height: int, noise: np.random.Generator) -> bytes:
    """Return soft waves of a role's colour under the grain of a camera in a dim room."""
    luma, blue, red = yuv_of(look.rgb)
    y, x = np.mgrid[0:height, 0:width]
    waves = 30 * np.sin(x / 37) * np.cos(y / 29)
    grain = np.kron(noise.normal(0, GRAIN, (height // 2, width // 2)), np.ones((2, 2)))
    picture: Bytes = np.clip(luma + waves + grain, BLACK, WHITE).astype(np.uint8)
    chroma = width * height // 4
    return picture.tobytes() + bytes([blue]) * chroma + bytes([red]) * chroma


def write_y4m(
    path: Path,
    frames: Iterable[bytes],
    width: int,
    height: int,
    frames_per_s: int = FRAMES_PER_S,
) -> None:
    """Write planar YUV 4:2:0 frames as a file that Chromium takes for a camera."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{frames_per_s}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            file.write(b"FRAME\n")
            file.write(frame)


def _write_wav(path: Path, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_HZ)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
