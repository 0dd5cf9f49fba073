"""Write the answer to an offer that was read."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from sfu.base.credentials import IceCredentials
from sfu.base.fingerprint import Fingerprint
from sfu.base.media import MediaLine, Slot
from sfu.sdp.offer import Offer, Section

SCTP_PORT = 5000
MAX_MESSAGE_BYTES = 16 * 1024
"""Of one data-channel message that we take; pages send less than 100 bytes."""

_STREAMS = {Slot.AUDIO: "visavis", Slot.CAMERA: "visavis", Slot.SCREEN: "screen"}
_HOST_PREFERENCE = 126  # RFC 8445, section 5.1.2.2
_TCP_PREFERENCE = 90  # of a host candidate too, below every UDP one (RFC 6544, 4.2)
_PASSIVE = 4  # its direction preference: the upper 3 bits of 16 (RFC 6544, 4.2)


def write_answer(
    offer: Offer,
    *,
    credentials: Sequence[IceCredentials],
    fingerprint: Fingerprint,
    addresses: Sequence[tuple[str, int]],
    tcp: bool = False,
    cname: str,
    session_id: int = 1,
) -> str:
    """Write the answer to `offer`.

    Args:
        offer: From `read_offer`.
        credentials: Ours; the first for now, the others as spare ones for ICE restarts.
        fingerprint: Of our certificate.
        addresses: Host and UDP port of each announced socket, the preferred one first.
        tcp: Announce the same ports over TCP as well, for networks that let no UDP pass.
        cname: Of all our streams, so that browsers play sound and picture in step
            (RFC 3550, section 6.5.1).
        session_id: Of the o= line; any number.
    """
    accepted = [section for section in offer.sections if section.accepted]
    lines = [
        "v=0",
        f"o=- {session_id} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(section.mid for section in accepted)}",
        "a=msid-semantic: WMS *",
        *(f"a=x-spare-ice:{spare.ufrag} {spare.pwd}" for spare in credentials[1:]),
    ]
    for section in offer.sections:
        if not section.accepted:
            lines += _refusal(section)
            continue
        lines += _head(section)
        lines += _transport_lines(credentials[0], fingerprint)
        if section is accepted[0]:  # one transport for all: RFC 8843, section 7.3
            lines += _candidate_lines(addresses, tcp)
        lines += _data_lines() if section.media is None else _media_lines(section, cname)
    return "\r\n".join(lines) + "\r\n"


def _head(section: Section) -> Iterator[str]:
    formats = section.formats
    if section.media is not None:
        codecs = section.media.codecs
        pts = [pt for codec in codecs for pt in (codec.pt, codec.rtx_pt) if pt is not None]
        formats = tuple(map(str, pts))
    yield f"m={section.kind} 9 {section.profile} {' '.join(formats)}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{section.mid}"


def _refusal(section: Section) -> Iterator[str]:
    yield f"m={section.kind} 0 {section.profile} {' '.join(section.formats)}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{section.mid}"
    yield "a=inactive"


def _transport_lines(credentials: IceCredentials, fingerprint: Fingerprint) -> Iterator[str]:
    yield f"a=ice-ufrag:{credentials.ufrag}"
    yield f"a=ice-pwd:{credentials.pwd}"
    yield f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}"
    yield "a=setup:passive"


def _candidate_lines(addresses: Sequence[tuple[str, int]], tcp: bool) -> Iterator[str]:
    """Number all in one row: a foundation is of one address and protocol (RFC 8445, 5.1.1.3)."""
    for n, (host, port) in enumerate(addresses):
        priority = _HOST_PREFERENCE << 24 | (65535 - n) << 8 | 255
        yield f"a=candidate:{n + 1} 1 udp {priority} {_written(host)} {port} typ host"
    for n, (host, port) in enumerate(addresses if tcp else ()):
        priority = _TCP_PREFERENCE << 24 | (_PASSIVE << 13 | 8191 - n) << 8 | 255
        foundation = len(addresses) + n + 1
        yield (
            f"a=candidate:{foundation} 1 tcp {priority} {_written(host)} {port} "
            "typ host tcptype passive"
        )
    yield "a=end-of-candidates"


def _written(host: str) -> str:
    return str(ipaddress.ip_address(host))


def _data_lines() -> Iterator[str]:
    yield f"a=sctp-port:{SCTP_PORT}"
    yield f"a=max-message-size:{MAX_MESSAGE_BYTES}"


def _media_lines(section: Section, cname: str) -> Iterator[str]:
    assert section.media is not None
    yield f"a={section.direction}"
    yield "a=rtcp-mux"
    if section.reduced_size:
        yield "a=rtcp-rsize"
    yield from section.codec_attributes
    yield from (f"a=extmap:{number} {uri}" for uri, number in section.extensions)
    if section.direction.startswith("send"):
        yield from _stream_lines(section.media, cname)


def _stream_lines(media: MediaLine, cname: str) -> Iterator[str]:
    """Name our SSRCs (RFC 5576) and the stream that the page gets them in (RFC 8830)."""
    msid = f"{_STREAMS[media.slot]} {media.slot}"
    yield f"a=msid:{msid}"
    ssrcs = [media.down_ssrc]
    if any(codec.rtx_pt is not None for codec in media.codecs):
        ssrcs.append(media.down_rtx_ssrc)
        yield f"a=ssrc-group:FID {ssrcs[0]} {ssrcs[1]}"
    for ssrc in ssrcs:
        yield f"a=ssrc:{ssrc} cname:{cname}"
        yield f"a=ssrc:{ssrc} msid:{msid}"
