"""A calm drawn portrait as a camera picture, for screenshots alone.

Tests measure by `media`; a person who looks at a screenshot wants a person in it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.support.media import MediaFiles, write_media, write_y4m

WIDTH, HEIGHT = 1280, 720
FRAMES = 15

Mask = npt.NDArray[np.bool_]
Colour = tuple[int, int, int]

PALETTES: dict[str, tuple[Colour, Colour, Colour, Colour]] = {
    # wall, clothes, skin, hair
    "therapist": ((44, 70, 64), (62, 88, 78), (216, 170, 138), (74, 56, 46)),
    "patient": ((222, 200, 174), (138, 92, 72), (200, 150, 120), (42, 36, 34)),
}


def write_portrait(role: str, folder: Path) -> MediaFiles:
    """Write the portrait of a role, still, beside its known sound (about 21 MB)."""
    known = write_media(role, folder)
    path = folder / f"{role}-portrait.y4m"
    frame = draw(*PALETTES[role])
    write_y4m(path, (frame for _ in range(FRAMES)), WIDTH, HEIGHT)
    return MediaFiles(path, known.audio)


def draw(wall: Colour, clothes: Colour, skin: Colour, hair: Colour) -> bytes:
    """Draw head and shoulders as planar YUV 4:2:0."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture = np.empty((HEIGHT, WIDTH, 3), np.float64)
    light = 1.12 - 0.3 * np.hypot(x / WIDTH - 0.65, y / HEIGHT - 0.2)
    picture[:] = np.array(wall) * light[..., None]

    def paint(mask: Mask, colour: Colour) -> None:
        picture[mask] = colour

    def ellipse(cx: int, cy: int, rx: int, ry: int) -> Mask:
        inside: Mask = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1
        return inside

    paint(ellipse(640, 290, 124, 160) & (y < 330), hair)
    paint(ellipse(640, 750, 250, 240), clothes)
    paint(ellipse(640, 520, 62, 60) | ((abs(x - 640) < 58) & (y > 400) & (y < 520)), skin)
    paint(ellipse(640, 330, 104, 136), skin)
    paint(ellipse(640, 232, 110, 62) & (y < 250), hair)
    return _planes(np.clip(picture, 0, 255))


def _planes(rgb: npt.NDArray[np.float64]) -> bytes:
    r, g, b = (rgb[..., channel] / 255 for channel in range(3))
    luma = 0.299 * r + 0.587 * g + 0.114 * b
    blue, red = ((b - luma) / 1.772)[::2, ::2], ((r - luma) / 1.402)[::2, ::2]
    planes = (16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red)
    return b"".join(np.rint(plane).astype(np.uint8).tobytes() for plane in planes)
