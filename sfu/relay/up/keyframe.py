"""Key frames: asking for them, not too often, and knowing one when a decoder waits for it.

Requests of all receivers, PLI and FIR alike, become one PLI to the publisher, said again while
pictures come and none is a key frame: a PLI may be lost, and not every receiver repeats itself.
"""

from __future__ import annotations

from sfu.base.media import Codec

MIN_INTERVAL_S = 0.3
"""Longer than most round trips, so that the answer can come before the next asking, and short
enough that a lost PLI costs a third of a second."""
_ANSWER_S = 0.1
"""Beyond the round trip: a publisher's encoder takes so long, and the key frame to begin."""


def interval_s(rtt_s: float | None) -> float:
    """Return how long a PLI is given for its answer."""
    return max(MIN_INTERVAL_S, (rtt_s or 0.0) + _ANSWER_S)


class KeyframeRequests:
    """The requests to one up track."""

    __slots__ = ("_next_at", "awaited", "due_at")

    def __init__(self) -> None:
        self._next_at = 0.0
        self.awaited = False
        """Whether a key frame was asked for and has not begun: any other packet asks again."""
        self.due_at: float | None = None
        """When a PLI is to be sent; None when none is."""

    def request(self, now: float) -> bool:
        """Ask for a key frame; return whether `due_at` is new."""
        if self.due_at is not None:
            return False
        self.awaited = True
        self.due_at = max(now, self._next_at)
        return True

    def take_due(self, now: float, interval_s: float) -> bool:
        """Tell whether to send a PLI now, and take it as sent.

        Args:
            interval_s: To the next one, see `interval_s`.
        """
        if self.due_at is None or now < self.due_at:
            return False
        self._next_at = now + interval_s
        self.due_at = None
        return True

    def arrived(self) -> None:
        """Note that a key frame came: what was pending is fulfilled."""
        self.awaited = False
        self.due_at = None

    def forget(self) -> None:
        """Start over, as another publisher's stream takes this one's place."""
        self._next_at = 0.0
        self.arrived()


def starts_keyframe(codec: Codec, data: bytes, start: int) -> bool:
    """Tell whether this packet begins a key frame, so that a decoder can start here.

    For H.264 that is an SPS: a decoder that gets an IDR slice without one shows nothing, and an SPS
    that comes after its slice is too late. A codec we cannot read counts as always decodable:
    forwarding too much beats a black picture.

    Args:
        data: The whole packet.
        start: Where its payload begins.
    """
    if codec.name == "VP8":
        return _vp8_keyframe(data, start)
    if codec.name == "H264":
        return _h264_has(_PARAMETERS, data, start)
    return True


def answers_request(codec: Codec, data: bytes, start: int) -> bool:
    """Tell whether a publisher that was asked for a key frame has begun to send one.

    Arguments as of `starts_keyframe`; an IDR slice tells so even where its SPS is missing, which
    may be sent again.
    """
    if codec.name == "H264":
        return _h264_has(_KEY_UNITS, data, start)
    return starts_keyframe(codec, data, start)


def _vp8_keyframe(data: bytes, at: int) -> bool:
    """Read the payload descriptor (RFC 7741, 4.2) and the inverse key frame bit (4.3)."""
    size = len(data)
    if at >= size:
        return False
    first = data[at]
    if first & 0x17 != 0x10:  # S set, partition 0
        return False
    at += 1
    if first & 0x80:
        if at >= size:
            return False
        optional = data[at]
        at += 1
        if optional & 0x80:
            if at >= size:
                return False
            at += 2 if data[at] & 0x80 else 1
        if optional & 0x40:
            at += 1
        if optional & 0x30:
            at += 1
    return at < size and not data[at] & 0x01


_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28
_PARAMETERS = frozenset((_SPS,))
_KEY_UNITS = frozenset((_SPS, _IDR))


def _h264_has(kinds: frozenset[int], data: bytes, at: int) -> bool:
    """Find the start of such a NAL unit, alone, aggregated or fragmented (RFC 6184, 5)."""
    size = len(data)
    if at >= size:
        return False
    kind = data[at] & 0x1F
    if kind == _STAP_A:
        at += 1
        while at + 2 < size:
            if data[at + 2] & 0x1F in kinds:
                return True
            at += 2 + ((data[at] << 8) | data[at + 1])
        return False
    if kind == _FU_A:
        return at + 1 < size and bool(data[at + 1] & 0x80) and data[at + 1] & 0x1F in kinds
    return kind in kinds
