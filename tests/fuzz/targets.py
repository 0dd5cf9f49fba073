"""What is fuzzed: every reader of bytes that strangers or peers send, each as a function of bytes.

A target raises when its reader raises what it must not, or answers what cannot be true. The same
functions serve hypothesis and the replay of every input that once broke one, kept in
`tests/data/crashes/<target>/` (`test_fuzz`), and atheris (`python -m tests.fuzz.coverage`).
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Callable

import google_crc32c
from aiortc.rtcsctptransport import parse_packet

from sfu.base.credentials import IceCredentials
from sfu.base.fingerprint import Fingerprint
from sfu.base.media import Codec, Slot
from sfu.errors import SdpError
from sfu.io.datachannel import _PARSER_ERRORS
from sfu.io.sctp_check import is_bearable
from sfu.relay.core import PythonCore
from sfu.relay.up.keyframe import answers_request, starts_keyframe
from sfu.rtp import extensions, rtcp, transport_cc
from sfu.rtp import packet as rtp_packet
from sfu.rtp.extensions import ABSENT, ExtensionIds
from sfu.sdp import read_offer, write_answer
from sfu.transport import Certificate
from sfu.transport.demux import DatagramKind, demux
from sfu.transport.dtls import MAX_DATAGRAM_BYTES, DtlsServer
from sfu.transport.framing import MAX_FRAME_BYTES, Deframer, frame
from sfu.transport.ice import IceLite, peek_username
from tests.sfu.relay.far_end import VP8_DELTA, FarEnd, World, make_pair
from tests.support.browser import OFFERS, VirtualBrowser

Target = Callable[[bytes], None]
ADDR = ("192.0.2.1", 40_000, 0)
OURS = IceCredentials("ourufrag", "p" * 24)
CERTIFICATE = Certificate.generate()
IDS = ExtensionIds(mid=4, level=1, transport_cc=3, orientation=13)
CODECS = (Codec("VP8", 96, 90_000), Codec("H264", 102, 90_000), Codec("OPUS", 111, 48_000))
MAX_ANSWERS = 200
"""Datagrams that one from a peer may bring about: a NACK is answered by 64 packets."""


def check(data: bytes) -> None:
    """A connectivity check of a stranger: never answered, as nobody signed it."""
    username = peek_username(data)
    assert username is None or demux(data) is DatagramKind.STUN
    assert IceLite((OURS,)).receive_check(data, ADDR, 1.0) is None


def signed_check(data: bytes) -> None:
    """A check with any attributes, of someone who knows the password."""
    name = f"{OURS.ufrag}:theirs".encode()
    attributes = struct.pack("!HH", 6, len(name)) + name + bytes(-len(name) % 4)
    attributes += data[: len(data) - len(data) % 4]
    ice = IceLite((OURS,))
    answer = ice.receive_check(sign(attributes, OURS.pwd), ADDR, 1.0)
    if answer is not None:
        assert len(answer.response) < 128
        assert not answer.checked or ice.is_checked(ADDR)


def sign(attributes: bytes, pwd: str) -> bytes:
    """Return a Binding request with MESSAGE-INTEGRITY and FINGERPRINT (RFC 8489, 14.5 and 14.7)."""

    def head(size: int) -> bytes:
        return struct.pack("!HHI", 1, size & 0xFFFF, 0x2112A442) + bytes(12)

    signed = head(len(attributes) + 24) + attributes
    attributes += struct.pack("!HH", 8, 20) + hmac.digest(pwd.encode(), signed, hashlib.sha1)
    body = head(len(attributes) + 8) + attributes
    return body + struct.pack("!HHI", 0x8028, 4, zlib.crc32(body) ^ 0x5354554E)


def rtp(data: bytes) -> None:
    """The fields of an RTP packet."""
    start = rtp_packet.payload_offset(data)
    if start < 0:
        return
    assert rtp_packet.HEADER_SIZE <= start <= len(data)
    end = rtp_packet.payload_end(data, start)
    assert end == -1 or start <= end <= len(data)
    for _, first, stop in extensions.elements(data):
        assert rtp_packet.HEADER_SIZE < first <= stop <= start
    level, number, orientation = extensions.read_media(data, IDS)
    assert ABSENT <= level <= 255 >= orientation >= ABSENT <= number <= 0xFFFF
    mid = extensions.read_mid(data, IDS.mid)
    assert mid is None or len(mid) <= 255
    for codec in CODECS:
        starts_keyframe(codec, data, start)
        answers_request(codec, data, start)
    if end - start >= 2:
        original = rtp_packet.unwrap_rtx(data, start=start, end=end, pt=96, ssrc=7)
        assert len(original) == rtp_packet.HEADER_SIZE + end - start - 2
        assert rtp_packet.payload_offset(original) == rtp_packet.HEADER_SIZE


def compound(data: bytes) -> None:
    """Every reader of RTCP, on every packet of a compound."""
    for kind, count, start, end in rtcp.split(data):
        assert 0 <= start < start + 8 <= end <= len(data)
        rtcp.read_sender_info(data, start, end)
        assert len(rtcp.read_report_blocks(data, kind, count, start, end)) <= count
        _, asked = rtcp.read_nack(data, start, end)
        assert len(asked) <= rtcp.MAX_ASKED + 16
        for fmt in (rtcp.FMT_PLI, rtcp.FMT_FIR):
            assert len(rtcp.read_keyframe_requests(data, fmt, start, end)) <= len(data) / 8
        assert len(rtcp.read_bye(data, count, start, end)) <= count
        assert len(rtcp.read_xr(data, start, end)[1]) <= len(data) / 12
        feedback = transport_cc.read(data, start, end)
        assert feedback is None or len(feedback.arrivals) <= transport_cc.MAX_COUNT


def sctp(data: bytes) -> None:
    """A packet of an association: what passes our check must not hold up aiortc's parser."""
    plain = data[:8] + bytes(4) + data[12:]
    packet = data[:8] + struct.pack("<I", google_crc32c.value(plain)) + data[12:]
    if is_bearable(packet):
        try:
            parse_packet(packet)
        except _PARSER_ERRORS:
            pass  # which `DataChannels` counts


def offer(data: bytes) -> None:
    """An offer is read or refused in words, and what was read is answered."""
    try:
        read = read_offer(data.decode("utf-8", "replace"))
    except SdpError:
        return
    write_answer(
        read,
        credentials=(OURS,),
        fingerprint=CERTIFICATE.fingerprint,
        addresses=[("192.0.2.1", 50_000)],
        cname="one-name",
    )


def handshake(data: bytes) -> None:
    """DTLS of a checked address that never shook hands."""
    server = DtlsServer(CERTIFICATE, (Fingerprint("sha-256", "00"),))
    for at in (1.0, 1.1, 1.2):
        server.receive_datagram(data, at)
        server.handle_timeout(at)
        sent = server.take_datagrams()
        assert all(len(datagram) <= MAX_DATAGRAM_BYTES for datagram in sent)
        assert len(sent) <= 8
    assert server.keys is None
    assert server.take_received() == []


def framing(data: bytes) -> None:
    """A TCP connection, cut anywhere: the same datagrams, and little kept."""
    whole, pieces = Deframer(), Deframer()
    step = 1 + (data[0] if data else 0) % 40
    expected = whole.feed(data)
    found = [d for at in range(0, len(data), step) for d in pieces.feed(data[at : at + step])]
    assert found == expected
    assert pieces.broken == whole.broken
    assert all(0 < len(datagram) <= MAX_FRAME_BYTES for datagram in found)
    assert len(pieces._rest) < 2 + MAX_FRAME_BYTES


def _talking() -> tuple[World, FarEnd, FarEnd]:
    """Return a pair in mid-call, with packets that may be asked for again."""
    world, a, b = make_pair(PythonCore)
    world.sound(a, range(5))
    world.picture(a, range(5), key=True)
    world.picture(b, range(5), key=True)
    return world, a, b


def peers_rtp(data: bytes) -> None:
    """Whatever a peer encrypts as RTP of its own streams."""
    world, a, b = _talking()
    slot = list(Slot)[len(data) % 3]
    line = a.line(slot)
    ssrc = (line.up_ssrc, line.up_rtx_ssrc, 4711)[(data[0] if data else 0) % 3]
    if ssrc is None or len(data) < 8:
        return
    plain = bytes((0x80 | data[0] & 0x3F, *data[1:8])) + struct.pack("!I", ssrc) + data[8:]
    if rtp_packet.payload_offset(plain) < 0 or rtp_packet.is_rtcp(plain):
        return
    _fed(world, a, a.out.protect(plain[:1400]))
    world.picture(b, range(5, 8))
    world.advance(2.0)


def peers_rtcp(data: bytes) -> None:
    """Whatever a peer encrypts as RTCP."""
    world, a, _ = _talking()
    plain = b"\x80\xc9\x00\x01" + struct.pack("!I", a.line(Slot.AUDIO).up_ssrc or 1) + data[:1300]
    _fed(world, a, a.out.protect_rtcp(plain))
    world.sound(a, range(5, 8))
    world.advance(2.0)


def _fed(world: World, sender: FarEnd, datagram: bytes) -> None:
    world.core.receive_datagram(datagram, sender.addr, world.now)
    answers = 0
    while world.core.poll_transmit() is not None:
        answers += 1
    assert answers <= MAX_ANSWERS


TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        check,
        signed_check,
        rtp,
        compound,
        sctp,
        offer,
        handshake,
        framing,
        peers_rtp,
        peers_rtcp,
    )
}


def seeds(name: str) -> list[bytes]:
    """Return inputs to begin with, as real as can be made here."""
    return _SEEDS[name]()


def _media() -> list[bytes]:
    _, a, _ = make_pair(PythonCore)
    return [
        a.plain(Slot.CAMERA, 7, 960, VP8_DELTA + bytes(50), cc=5, mid="1", orientation=2),
        a.plain(Slot.AUDIO, 7, 960, bytes(50), level=30, cc=6),
        struct.pack("!BBHIIHH", 0xB1, 97, 1, 2, 3, 4, 0) + b"\x10\x00\x00\x01\x41ab\x00" + bytes(9),
    ]


def _compounds() -> list[bytes]:
    info = rtcp.SenderInfo(1000, 1 << 63, 960, 10, 1000)
    block = rtcp.ReportBlock(1005, 10, 20, 30, 40, 50, 60)
    return [
        rtcp.write_sr(info, [block]) + rtcp.write_sdes(1000, "name") + rtcp.write_bye([1000]),
        rtcp.write_rr(1, [block]) + rtcp.write_nack(1, 1015, [1, 2, 40]) + rtcp.write_pli(1, 1015),
        rtcp.write_rrtr(1, 1 << 62) + rtcp.write_dlrr(1, [(1005, 2, 3)]),
        rtcp.write_rr(1, []) + transport_cc.write(1, 2, 3, 4, 9, {4: 1.0, 6: 1.1, 9: 3.0}),
        rtcp.write_rr(1, []) + rtcp.write_remb(1, 300_000, [1005, 1015]),
    ]


def _chunks() -> list[bytes]:
    head = struct.pack("!HHII", 5000, 5000, 1, 0)
    init = struct.pack("!BBHIIHHI", 1, 0, 28, 1, 65536, 2, 2, 9) + struct.pack(
        "!HHHH", 0x8008, 6, 130, 0
    )
    data = struct.pack("!BBHIHHI", 0, 3, 20, 9, 0, 0, 51) + b"ping"
    sack = struct.pack("!BBHIIHHHH", 3, 0, 20, 9, 65536, 1, 0, 2, 3)
    return [head + init, head + data + sack, head + struct.pack("!BBHHH4x", 4, 0, 12, 1, 8)]


def _offers() -> list[bytes]:
    return [path.read_bytes() for path in sorted(OFFERS.glob("*.sdp"))]


def _hellos() -> list[bytes]:
    browser = VirtualBrowser(seed=5)
    browser.remote = ADDR
    browser._start_dtls(0.0)
    return [data for data, _ in iter(browser.poll_transmit, None)]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "check": lambda: [sign(struct.pack("!HH12s", 6, 9, b"ourufrag:abc"), "wrong")],
    "signed_check": lambda: [
        struct.pack("!HHI", 0x24, 4, 1) + struct.pack("!HHQ", 0x802A, 8, 2) + b"\x00\x25\x00\x00",
        struct.pack("!HHQ", 0x8029, 8, 2),
    ],
    "rtp": _media,
    "compound": _compounds,
    "sctp": _chunks,
    "offer": _offers,
    "handshake": _hellos,
    "framing": lambda: [frame(b"one") + frame(b"") + frame(bytes(1200)) + frame(bytes(1501))],
    "peers_rtp": _media,
    "peers_rtcp": _compounds,
}
