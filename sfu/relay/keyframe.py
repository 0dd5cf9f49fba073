"""Key frames: asking for them, not too often, and knowing one when a decoder waits for it.

Requests of all receivers, PLI and FIR alike, become one PLI to the publisher; at most one each
`MIN_INTERVAL_S`, the next one kept until its time has come.
"""

from __future__ import annotations

from sfu.rtp.media import Codec

MIN_INTERVAL_S = 0.3
"""Longer than most round trips, so that the answer can come before the next asking, and short
enough that a lost PLI costs a third of a second."""


class KeyframeRequests:
    """The requests to one up track."""

    __slots__ = ("_sent_at", "due_at")

    def __init__(self) -> None:
        self._sent_at: float | None = None
        self.due_at: float | None = None
        """When a PLI is to be sent; None when nobody waits for one."""

    def request(self, now: float) -> bool:
        """Ask for a key frame; return whether `due_at` is new."""
        if self.due_at is not None:
            return False
        earliest = now if self._sent_at is None else self._sent_at + MIN_INTERVAL_S
        self.due_at = max(now, earliest)
        return True

    def take_due(self, now: float) -> bool:
        """Tell whether to send a PLI now, and take it as sent."""
        if self.due_at is None or now < self.due_at:
            return False
        self._sent_at = now
        self.due_at = None
        return True

    def arrived(self) -> None:
        """Note that a key frame came: what was pending is fulfilled."""
        self.due_at = None

    def forget(self) -> None:
        """Start over, as another publisher's stream takes this one's place."""
        self._sent_at = None
        self.due_at = None


def starts_keyframe(codec: Codec, data: bytes, start: int) -> bool:
    """Tell whether this packet begins a key frame, so that a decoder can start here.

    A codec we cannot read counts as always decodable: forwarding too much beats a black picture.

    Args:
        data: The whole packet.
        start: Where its payload begins.
    """
    if codec.name == "VP8":
        return _vp8_keyframe(data, start)
    if codec.name == "H264":
        return _h264_keyframe(data, start)
    return True


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


def _h264_keyframe(data: bytes, at: int) -> bool:
    """Find an SPS or the start of an IDR slice, alone, aggregated or fragmented (RFC 6184, 5)."""
    size = len(data)
    if at >= size:
        return False
    kind = data[at] & 0x1F
    if kind == _STAP_A:
        at += 1
        while at + 2 < size:
            if data[at + 2] & 0x1F in (_SPS, _IDR):
                return True
            at += 2 + ((data[at] << 8) | data[at + 1])
        return False
    if kind == _FU_A:
        return at + 1 < size and bool(data[at + 1] & 0x80) and data[at + 1] & 0x1F in (_SPS, _IDR)
    return kind in (_SPS, _IDR)
