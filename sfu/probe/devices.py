"""What the packets of a microphone and a camera say of it; nothing is ever decoded.

Assumption for a camera: what a sensor sees costs bits, in the dark by its noise. A picture that is
the same all over costs almost nothing, as a key frame and after it, while a still picture of
something costs a large key frame, whatever little follows. Measured with libvpx and x264 at
640 × 360, 15 frames a second, 150 kbit/s (tests/sfu/probe/frames.json), in bytes:

| picture | VP8, first | VP8, median | H.264, first | H.264, median |
|---|---|---|---|---|
| black, or nearly | 430 | 44 | 774 | 24 |
| a faint noise in the dark | 430 | 252 | 774 | 801 |
| one colour that changes | 435 | 66 | 790 | 1,113 |
| a smooth drawing, still | 567 | 511 | 1,016 | 24 |
| a photograph, still | 2,854 | 1,142 | 6,275 | 1,190 |

So black is told only where a key frame is among the frames, and not of a camera that sees noise
behind a closed shutter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from statistics import median

from sfu.messages import DeviceVerdict

LOUD_DBFS = -50.0
"""A level that speech reaches and a quiet room does not (PROBES.md)."""
PATIENCE_S = 2.0
"""For a loud moment, for a first packet, and for the next frame."""
BLACK_KEY_BYTES, BLACK_BYTES = 900, 60
"""No black frame is larger; half of them are at most so large: see the table above."""
BLACK_FRAMES = 3
"""Fewer tell nothing: browsers send a muted camera's black at one or two a second."""
WINDOW_S = 4.0


class Microphone:
    """Judge a microphone by its packets and their audio level (RFC 6464).

    Args:
        now: When its packets could come first; monotonic, in seconds.
    """

    __slots__ = ("_first_at", "_heard_at", "_last_at", "_levels", "_started_at")

    def __init__(self, now: float) -> None:
        self._started_at = now
        self._first_at: float | None = None
        self._last_at: float | None = None
        self._heard_at: float | None = None
        self._levels = False

    def take(self, last_at: float | None, level_dbfs: float | None) -> None:
        """Note when its last packet came, and the loudest level of the last second.

        Both are None where there is none.
        """
        if last_at is None:
            return
        if self._first_at is None:
            self._first_at = last_at
        self._last_at = last_at
        if level_dbfs is None:
            return
        self._levels = True
        if level_dbfs >= LOUD_DBFS:
            self._heard_at = last_at

    def verdict(self, now: float) -> DeviceVerdict:
        """Say what is known; a microphone that was once heard works as long as packets come."""
        if self._last_at is None or self._first_at is None:
            late = now - self._started_at >= PATIENCE_S
            return DeviceVerdict.MISSING if late else DeviceVerdict.UNKNOWN
        if now - self._last_at >= PATIENCE_S:
            return DeviceVerdict.MISSING
        if self._heard_at is not None:
            return DeviceVerdict.WORKS
        if self._levels and now - self._first_at >= PATIENCE_S:
            return DeviceVerdict.QUIET
        return DeviceVerdict.UNKNOWN


class Camera:
    """Judge a camera by its frames' times and sizes.

    Args:
        now: When its frames could come first; monotonic, in seconds. A key frame must be among
            them, so begin with the stream or ask for one.
    """

    __slots__ = ("_frames", "_largest", "_last_at", "_started_at")

    def __init__(self, now: float) -> None:
        self._started_at = now
        self._last_at: float | None = None
        self._largest = 0
        self._frames: deque[tuple[float, int]] = deque()

    def take(self, frames: Iterable[tuple[float, int]]) -> None:
        """Note frames: when each came, and the bytes of its payload, without RTP headers."""
        for at, size_bytes in frames:
            self._last_at = at
            self._largest = max(self._largest, size_bytes)
            self._frames.append((at, size_bytes))
        while self._last_at is not None and self._frames[0][0] < self._last_at - WINDOW_S:
            self._frames.popleft()

    def verdict(self, now: float) -> DeviceVerdict:
        """Say what is known."""
        if self._last_at is None:
            late = now - self._started_at >= PATIENCE_S
            return DeviceVerdict.MISSING if late else DeviceVerdict.UNKNOWN
        if now - self._last_at >= PATIENCE_S:
            return DeviceVerdict.FROZEN
        if self._largest > BLACK_KEY_BYTES:
            return DeviceVerdict.WORKS
        if len(self._frames) < BLACK_FRAMES:
            return DeviceVerdict.UNKNOWN
        typical = median(size_bytes for _, size_bytes in self._frames)
        return DeviceVerdict.BLACK if typical <= BLACK_BYTES else DeviceVerdict.WORKS
