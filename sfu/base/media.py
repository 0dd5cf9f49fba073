"""What was negotiated for one m-line: the words that SDP and the packet core share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TRANSPORT_CC_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"  # RFC 6464
MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid"  # RFC 9143
VIDEO_ORIENTATION_URI = "urn:3gpp:video-orientation"  # 3GPP TS 26.114, 7.4.5


class Slot(StrEnum):
    """The three m-lines of every peer, in this order in every offer."""

    AUDIO = "audio"
    CAMERA = "camera"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Codec:
    """One codec as one peer numbers it.

    The same codec has another payload type at every peer; `key` is what matches.
    """

    name: str
    """Upper case: OPUS, VP8, H264."""
    pt: int
    clock_hz: int
    rtx_pt: int | None = None
    """Payload type of its retransmissions (RFC 4588), where negotiated."""
    nack: bool = False
    pli: bool = False
    transport_cc: bool = False

    @property
    def key(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One m-line of one peer, both directions.

    Extension ids are those of the peer's own offer, 0 where not negotiated; with BUNDLE
    (RFC 8843, 9.2) one id means the same in every m-line of a peer.
    """

    slot: Slot
    mid: str
    codecs: tuple[Codec, ...]
    """Accepted codecs in our order of preference; empty where the line was refused."""
    up_ssrc: int | None
    """The publisher's announced SSRC; None where its offer names none (then learned by MID)."""
    up_rtx_ssrc: int | None
    down_ssrc: int
    """The SSRC we announced in the answer and send with, for the life of the peer."""
    down_rtx_ssrc: int
    mid_ext: int = 0
    level_ext: int = 0
    transport_cc_ext: int = 0
    orientation_ext: int = 0

    @property
    def is_numbered(self) -> bool:
        """Whether what we send on it carries the number that transport-cc feedback is about."""
        return bool(self.transport_cc_ext) and any(codec.transport_cc for codec in self.codecs)
