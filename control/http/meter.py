"""What one WebSocket may send, counted below the message. PURE: the time is given.

aiohttp shows neither pings, pongs nor fragments to whoever reads messages, and handles 256 KiB of
them without letting the event loop do anything else: one socket sent 466,000 pongs a second and
every other request waited for seconds. So frames and bytes are counted before aiohttp parses
them. A frame costs aiohttp about 2 µs, which bounds a socket to 0.01 % of a core below the
message; `control.live.socket` bounds the messages.
"""

from __future__ import annotations

from control.rates import TokenBucket

FRAMES_PER_S = 50.0  # a page sends at most 20 messages a second, and a pong every 20 s
BURST_FRAMES = 150.0
BYTES_PER_S = 32.0 * 1024
BURST_BYTES = 256.0 * 1024  # 16 messages of the longest
SHORT_HEADER = 2  # bytes: flags and opcode, mask bit and length; RFC 6455, 5.2
MASK_BYTES = 4
LENGTH_BYTES = {126: 2, 127: 8}  # the two lengths that say that a longer one follows


class FrameCounter:
    """Finds where frames begin in a stream that arrives in pieces; looks at headers alone."""

    def __init__(self) -> None:
        self._rest = b""
        """The beginning of a header whose end has not arrived."""
        self._skip = 0
        """How many bytes of the present payload are still to come."""

    def count(self, data: bytes, at_most: int) -> int:
        """Return how many headers end in these bytes, and stop counting above `at_most`."""
        data, position, frames = self._rest + data, self._skip, 0
        while frames <= at_most:
            end = _end_of_frame(data, position)
            if end is None:
                break
            position = end
            frames += 1
        self._rest = data[position:]
        self._skip = max(0, position - len(data))
        return frames


class Meter:
    """Says whether a socket stays within what a page ever sends."""

    def __init__(self) -> None:
        self._counter = FrameCounter()
        self._frames = TokenBucket(FRAMES_PER_S, BURST_FRAMES)
        self._bytes = TokenBucket(BYTES_PER_S, BURST_BYTES)

    def admits(self, data: bytes, now: float) -> bool:
        """Count what arrived at once; False is final.

        A piece counts as one frame at least: a frame may arrive byte by byte.
        """
        if not self._bytes.take(now, len(data)):
            return False
        frames = self._counter.count(data, int(BURST_FRAMES))
        return self._frames.take(now, max(1, frames))


def _end_of_frame(data: bytes, start: int) -> int | None:
    """Return where the frame that begins at `start` ends, None while its header is incomplete."""
    if len(data) < start + SHORT_HEADER:
        return None
    masked, length = data[start + 1] >> 7, data[start + 1] & 0x7F
    header_end = start + SHORT_HEADER
    more = LENGTH_BYTES.get(length, 0)
    if len(data) < header_end + more + masked * MASK_BYTES:
        return None
    if more:
        length = int.from_bytes(data[header_end : header_end + more])
    return header_end + more + masked * MASK_BYTES + length
