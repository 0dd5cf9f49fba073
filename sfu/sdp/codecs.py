"""Choose from what one m-line offers: codecs, their feedback and header extensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import H264Profile, MediaDescription, parse_h264_profile_level_id

from sfu.base.media import (
    AUDIO_LEVEL_URI,
    MID_URI,
    TRANSPORT_CC_URI,
    VIDEO_ORIENTATION_URI,
    Codec,
)

_PREFERRED = {"audio": ("OPUS",), "video": ("VP8", "H264")}
_RTPMAPS = {"OPUS": "opus/48000/2", "VP8": "VP8/90000", "H264": "H264/90000"}
_CLOCKS = {"OPUS": 48000, "VP8": 90000, "H264": 90000}
_PARAMETERS = {
    "OPUS": "minptime=10;useinbandfec=1",  # RFC 7587, section 6.1
    "VP8": "",
    # RFC 6184, section 8.1: a sender may use a higher level than 3.1
    "H264": "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id={profile}1f",
}
_H264_PROFILES: dict[H264Profile | None, str] = {
    H264Profile.PROFILE_CONSTRAINED_BASELINE: "42e0",
    # FFmpeg calls its constrained baseline so, and nobody encodes what baseline has beyond that.
    H264Profile.PROFILE_BASELINE: "4200",
}
"""In our order of preference; the answer names the offered one."""
_FEEDBACK = {
    "audio": ("nack", "transport-cc"),
    "video": ("nack", "nack pli", "ccm fir", "transport-cc"),
}
_FALLBACK_FEEDBACK = "goog-remb"  # bandwidth feedback of clients without transport-cc
_EXTENSIONS = (MID_URI, AUDIO_LEVEL_URI, TRANSPORT_CC_URI, VIDEO_ORIENTATION_URI)
_HIGHEST_PLAIN_ID = 14  # of one-byte header extensions, RFC 8285, section 4.2
_HIGHEST_PT = 127


@dataclass(frozen=True, slots=True)
class ChosenCodec:
    """An accepted codec with the a= lines that accept it."""

    codec: Codec
    attributes: tuple[str, ...]


def choose_codecs(media: MediaDescription) -> tuple[ChosenCodec, ...]:
    """Return each codec that both ends have once, in our order of preference."""
    chosen = []
    for name in _PREFERRED[media.kind]:
        offered = [codec for codec in media.rtp.codecs if _matches(codec, name)]
        if offered:
            chosen.append(_accept(media, name, min(offered, key=_preference)))
    return tuple(chosen)


def choose_extensions(media: MediaDescription) -> dict[str, int]:
    """Return the ids of the header extensions that we use, by URI, in the order of the offer."""
    return {
        header.uri: header.id
        for header in media.rtp.headerExtensions
        if header.uri in _EXTENSIONS and 1 <= header.id <= _HIGHEST_PLAIN_ID
    }


def _matches(offered: RTCRtpCodecParameters, name: str) -> bool:
    if offered.mimeType.partition("/")[2].upper() != name or _pt(offered) > _HIGHEST_PT:
        return False
    if offered.clockRate != _CLOCKS[name]:
        return False
    return name != "H264" or _h264_profile(offered) in _H264_PROFILES


def _preference(offered: RTCRtpCodecParameters) -> int:
    """Return the place of a codec among those of its name that match; the first of equals wins."""
    profile = _h264_profile(offered)
    return 0 if profile is None else list(_H264_PROFILES).index(profile)


def _h264_profile(offered: RTCRtpCodecParameters) -> H264Profile | None:
    """Return the profile of H.264 in packetization mode 1, None of anything else."""
    if offered.parameters.get("packetization-mode", "0") != "1":
        return None
    try:
        profile, _ = parse_h264_profile_level_id(str(offered.parameters["profile-level-id"]))
    except (KeyError, ValueError):
        return None
    return profile


def _accept(media: MediaDescription, name: str, offered: RTCRtpCodecParameters) -> ChosenCodec:
    feedback = tuple(_choose_feedback(media.kind, offered))
    rtx_pt = _find_rtx(media, _pt(offered))
    codec = Codec(
        name=name,
        pt=_pt(offered),
        clock_hz=_CLOCKS[name],
        rtx_pt=rtx_pt,
        nack="nack" in feedback,
        pli="nack pli" in feedback,
        transport_cc="transport-cc" in feedback,
    )
    attributes = [f"a=rtpmap:{codec.pt} {_RTPMAPS[name]}"]
    attributes += [f"a=rtcp-fb:{codec.pt} {value}" for value in feedback]
    if _PARAMETERS[name]:
        profile = _H264_PROFILES.get(_h264_profile(offered))
        attributes.append(f"a=fmtp:{codec.pt} {_PARAMETERS[name].format(profile=profile)}")
    if rtx_pt is not None:
        attributes += [f"a=rtpmap:{rtx_pt} rtx/90000", f"a=fmtp:{rtx_pt} apt={codec.pt}"]
    return ChosenCodec(codec, tuple(attributes))


def _choose_feedback(kind: str, offered: RTCRtpCodecParameters) -> Iterator[str]:
    values = {f"{fb.type} {fb.parameter or ''}".strip() for fb in offered.rtcpFeedback}
    yield from (value for value in _FEEDBACK[kind] if value in values)
    if "transport-cc" not in values and kind == "video" and _FALLBACK_FEEDBACK in values:
        yield _FALLBACK_FEEDBACK


def _find_rtx(media: MediaDescription, pt: int) -> int | None:
    """Return the payload type of `pt`'s retransmissions (RFC 4588, section 8.6), if offered."""
    for codec in media.rtp.codecs:
        is_rtx = codec.mimeType.lower() == "video/rtx" and _pt(codec) <= _HIGHEST_PT
        if is_rtx and codec.parameters.get("apt") == pt:
            return _pt(codec)
    return None


def _pt(codec: RTCRtpCodecParameters) -> int:
    assert codec.payloadType is not None, "aiortc's parser always sets it"
    return codec.payloadType
