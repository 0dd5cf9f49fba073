"""Read a browser's offer: check it, and narrow it to what will be served."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from aiortc import sdp as parser

from sfu.base.fingerprint import HASHES, Fingerprint
from sfu.base.media import (
    AUDIO_LEVEL_URI,
    MID_URI,
    TRANSPORT_CC_URI,
    VIDEO_ORIENTATION_URI,
    MediaLine,
    Slot,
)
from sfu.errors import SdpError
from sfu.sdp.bounds import check_bounds
from sfu.sdp.codecs import choose_codecs, choose_extensions

MAX_OFFER_BYTES = 64 * 1024
"""Chromium's offer has 9.5 kB."""

_SLOTS = (Slot.AUDIO, Slot.CAMERA, Slot.SCREEN)
_KINDS = {Slot.AUDIO: "audio", Slot.CAMERA: "video", Slot.SCREEN: "video"}
_ORDER = "audio, camera video, screen video, application"
_MEDIA_PROFILE = "UDP/TLS/RTP/SAVPF"
_DATA_PROFILE = "UDP/DTLS/SCTP"
_DEFAULT_MAX_MESSAGE_BYTES = 65536  # RFC 8841, section 6.1
_REVERSED = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly"}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,16}")  # RFC 8866, 9; 16 fit an extension
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2})+")
_ICE_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")  # RFC 8839, section 5.4
_ICE_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
# What aiortc's parser lets escape on malformed lines.
_PARSER_ERRORS = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    StopIteration,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line of the offer with what its answer needs."""

    kind: str
    """audio, video or application."""
    profile: str
    mid: str
    formats: tuple[str, ...]
    """As offered; the answer to a refused line repeats them."""
    media: MediaLine | None
    """None for data channels."""
    direction: str
    """Of the answer."""
    codec_attributes: tuple[str, ...] = ()
    extensions: tuple[tuple[str, int], ...] = ()
    reduced_size: bool = False
    """Whether RTCP may come without a report in front (RFC 5506)."""

    @property
    def accepted(self) -> bool:
        return self.media is None or bool(self.media.codecs)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one browser offered, as far as it was accepted."""

    ice_ufrag: str
    ice_pwd: str
    fingerprints: tuple[Fingerprint, ...]
    setup: str
    """actpass or active; we are always passive."""
    sections: tuple[Section, ...]
    sctp_port: int | None
    """The peer's; None without data channels."""
    max_message_bytes: int | None
    """What the peer takes as one data-channel message, 0 for any; None without data channels."""

    @property
    def lines(self) -> tuple[MediaLine, ...]:
        """The accepted media lines, in the order of the slots; a slot may be missing."""
        return tuple(s.media for s in self.sections if s.media is not None and s.media.codecs)

    @property
    def video_codecs(self) -> tuple[str, ...]:
        """Keys of the camera's accepted codecs; a browser sends the first unless told otherwise."""
        camera = (line for line in self.lines if line.slot is Slot.CAMERA)
        return tuple(codec.key for line in camera for codec in line.codecs)


def random_ssrc() -> int:
    """Draw an SSRC (RFC 3550, section 8.1); never 0, which many programs take for none."""
    return 1 + secrets.randbelow(0xFFFFFFFF)


def read_offer(text: str, draw_ssrc: Callable[[], int] = random_ssrc) -> Offer:
    """Read, check and narrow an offer, and draw the SSRCs that we send with.

    Raises:
        SdpError: The text says what is wrong with the offer and what would be right.
    """
    session = _parse(text)
    media = session.media
    slots = _assign_slots([line.kind for line in media])
    _check_bundle(session)
    ice_ufrag, ice_pwd = _read_ice(media[0])
    fingerprints, setup = _read_dtls(media[0])
    draw = _distinct(draw_ssrc, {info.ssrc for line in media for info in line.ssrc})
    attributes = [set(lines) for lines in parser.grouplines(text)[1]]
    sections = tuple(
        _read_data(line) if slot is None else _read_media(line, slot, attributes[n], draw)
        for n, (line, slot) in enumerate(zip(media, slots, strict=True))
    )
    if not sections[0].accepted:
        raise SdpError("The audio line must offer Opus over UDP/TLS/RTP/SAVPF.")
    data = media[-1] if slots[-1] is None else None
    return Offer(
        ice_ufrag=ice_ufrag,
        ice_pwd=ice_pwd,
        fingerprints=fingerprints,
        setup=setup,
        sections=sections,
        sctp_port=None if data is None else _read_sctp_port(data),
        max_message_bytes=None if data is None else _read_max_message(data),
    )


def _parse(text: str) -> parser.SessionDescription:
    if len(text) > MAX_OFFER_BYTES or len(text.encode("utf-8", "replace")) > MAX_OFFER_BYTES:
        raise SdpError(f"The offer is longer than {MAX_OFFER_BYTES} bytes.")
    if not text.startswith("v=0"):
        raise SdpError("The body is not SDP: it must begin with the line v=0.")
    check_bounds(text)
    try:
        return parser.SessionDescription.parse(text)
    except _PARSER_ERRORS as error:
        raise SdpError("The offer is malformed SDP; send it as the browser made it.") from error


def _assign_slots(kinds: list[str]) -> list[Slot | None]:
    """Name the slot of each m-line; data channels have none and come last."""
    slots: list[Slot | None] = list(_SLOTS[: len(kinds)])
    if kinds[-1:] == ["application"]:
        slots = [*_SLOTS[: len(kinds) - 1], None]
    expected = ["application" if slot is None else _KINDS[slot] for slot in slots]
    if kinds != expected or kinds[:1] != ["audio"]:
        got = ", ".join(kinds[:8]) or "none"
        raise SdpError(f"The m-lines must be {_ORDER}, in this order, audio at least; got: {got}.")
    return slots


def _check_bundle(session: parser.SessionDescription) -> None:
    mids = [line.rtp.muxId for line in session.media]
    if not all(isinstance(mid, str) and _TOKEN.fullmatch(mid) for mid in mids):
        raise SdpError("Every m-line needs an a=mid of at most 16 plain characters.")
    if len(set(mids)) < len(mids):
        raise SdpError("Two m-lines have the same a=mid; each needs its own.")
    bundled = {mid for group in session.group if group.semantic == "BUNDLE" for mid in group.items}
    if len(mids) > 1 and not set(mids) <= bundled:
        raise SdpError("All m-lines must be in one a=group:BUNDLE.")
    if not all(line.rtcp_mux for line in session.media if line.kind != "application"):
        raise SdpError("Every media line needs a=rtcp-mux.")


def _read_ice(line: parser.MediaDescription) -> tuple[str, str]:
    assert line.ice is not None, "aiortc's parser always sets it"
    ufrag, pwd = line.ice.usernameFragment or "", line.ice.password or ""
    if not _ICE_UFRAG.fullmatch(ufrag) or not _ICE_PWD.fullmatch(pwd):
        raise SdpError("The offer needs an a=ice-ufrag and an a=ice-pwd as in RFC 8839.")
    if line.ice.iceLite:
        raise SdpError("The offer says a=ice-lite, as the node does; one side must be full ICE.")
    return ufrag, pwd


def _read_dtls(line: parser.MediaDescription) -> tuple[tuple[Fingerprint, ...], str]:
    if line.dtls is None:
        raise SdpError("The offer needs a=setup:actpass or a=setup:active.")
    setup = parser.DTLS_ROLE_SETUP[line.dtls.role]
    if setup == "passive":
        raise SdpError("The offer says a=setup:passive, but the node is the DTLS server itself.")
    offered = (Fingerprint(f.algorithm.lower(), f.value.upper()) for f in line.dtls.fingerprints)
    known = tuple(f for f in offered if f.algorithm in HASHES)
    if not known or not all(_FINGERPRINT.fullmatch(f.value) for f in known):
        raise SdpError("The offer needs an a=fingerprint with sha-256, sha-384 or sha-512.")
    return known, setup


def _read_sctp_port(line: parser.MediaDescription) -> int:
    if line.profile != _DATA_PROFILE or line.sctp_port is None:
        raise SdpError(f"The application line must be {_DATA_PROFILE} with an a=sctp-port.")
    if not 0 < line.sctp_port < 65536:
        raise SdpError("The a=sctp-port must be between 1 and 65535.")
    return int(line.sctp_port)


def _read_max_message(line: parser.MediaDescription) -> int:
    if line.sctpCapabilities is None:
        return _DEFAULT_MAX_MESSAGE_BYTES
    return max(0, int(line.sctpCapabilities.maxMessageSize))


def _distinct(draw_ssrc: Callable[[], int], taken: set[int]) -> Callable[[], int]:
    def draw() -> int:
        ssrc = draw_ssrc()
        while ssrc in taken:
            ssrc = draw_ssrc()
        taken.add(ssrc)
        return ssrc

    return draw


def _read_data(line: parser.MediaDescription) -> Section:
    return Section(
        kind=line.kind,
        profile=line.profile,
        mid=line.rtp.muxId,
        formats=tuple(line.fmt),
        media=None,
        direction="sendrecv",
    )


def _read_media(
    line: parser.MediaDescription, slot: Slot, attributes: set[str], draw: Callable[[], int]
) -> Section:
    refused = line.port == 0 and "a=bundle-only" not in attributes  # RFC 8843, section 6
    chosen = () if refused or line.profile != _MEDIA_PROFILE else choose_codecs(line)
    ids = choose_extensions(line)
    up_ssrc, up_rtx_ssrc = _read_ssrcs(line)
    media = MediaLine(
        slot=slot,
        mid=line.rtp.muxId,
        codecs=tuple(c.codec for c in chosen),
        up_ssrc=up_ssrc,
        up_rtx_ssrc=up_rtx_ssrc,
        down_ssrc=draw(),
        down_rtx_ssrc=draw(),
        mid_ext=ids.get(MID_URI, 0),
        level_ext=ids.get(AUDIO_LEVEL_URI, 0),
        transport_cc_ext=ids.get(TRANSPORT_CC_URI, 0),
        orientation_ext=ids.get(VIDEO_ORIENTATION_URI, 0),
    )
    return Section(
        kind=line.kind,
        profile=line.profile,
        mid=media.mid,
        formats=tuple(map(str, line.fmt)),
        media=media,
        direction=_REVERSED.get(line.direction or "sendrecv", "inactive"),
        codec_attributes=tuple(a for c in chosen for a in c.attributes),
        extensions=tuple(ids.items()),
        reduced_size="a=rtcp-rsize" in attributes,
    )


def _read_ssrcs(line: parser.MediaDescription) -> tuple[int | None, int | None]:
    """Return the announced SSRC and that of its retransmissions (RFC 5576, section 4.2)."""
    for group in line.ssrc_group:
        if group.semantic == "FID" and len(group.items) == 2:
            return int(group.items[0]), int(group.items[1])
    return (line.ssrc[0].ssrc, None) if line.ssrc else (None, None)
