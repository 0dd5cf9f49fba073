"""RTCP: compounds taken apart at offsets, and the packets we send (RFC 3550, 4585, 5104, 3611).

Readers get the whole decrypted compound and the (start, end) of one packet, as `split` gives
them; they return None or an empty list for what is too short, and never raise. Writers return
one packet each; a compound is their concatenation, beginning with SR or RR.
Transport-cc feedback is in `transport_cc`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct

SR, RR, SDES, BYE, RTPFB, PSFB, XR = 200, 201, 202, 203, 205, 206, 207
FMT_NACK, FMT_TRANSPORT_CC = 1, 15  # of RTPFB
FMT_PLI, FMT_FIR, FMT_AFB = 1, 4, 15  # of PSFB
_XR_RRTR, _XR_DLRR = 4, 5

_HEAD = Struct("!BBHI")
_U32 = Struct("!I")
_PAIR = Struct("!HH")
_SENDER = Struct("!QIII")
_BLOCK = Struct("!IIIIII")
_XR_HEAD = Struct("!BBH")
_XR_TIME = Struct("!Q")
_XR_REPLY = Struct("!III")

MAX_ASKED = 512
"""Sequence numbers of one NACK, about: as many as a sender has kept."""
NTP_EPOCH_S = 2_208_988_800
"""Seconds from 1900 to 1970."""


def ntp64(unix_s: float) -> int:
    """Return UTC seconds as a 64-bit NTP timestamp (32.32 fixed point)."""
    return int((unix_s + NTP_EPOCH_S) * 4294967296.0) & 0xFFFFFFFFFFFFFFFF


def ntp_middle(ntp: int) -> int:
    """Return the middle 32 bits of an NTP timestamp, as LSR and LRR carry it."""
    return (ntp >> 16) & 0xFFFFFFFF


def round_trip_s(now_ntp: int, last: int, delay: int) -> float | None:
    """Return the round trip from an echoed report (RFC 3550, 6.4.1), None when there is none.

    Args:
        now_ntp: Our present NTP timestamp, of the clock that stamped the report.
        last: LSR or LRR, middle 32 bits of that report's timestamp; 0 for none.
        delay: DLSR or DLRR, in 1/65536 s.
    """
    if not last:
        return None
    units = (ntp_middle(now_ntp) - last - delay + 0x8000) & 0xFFFFFFFF
    rtt_s = (units - 0x8000) / 65536
    return max(0.0, rtt_s) if rtt_s < 60 else None


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """Reception report of one stream (RFC 3550, 6.4.1)."""

    ssrc: int
    fraction_lost: int
    """Since the last report, of 256."""
    packets_lost: int
    """Since the beginning, −2²³ to 2²³ − 1."""
    highest_seq: int
    """Extended by the count of wraps."""
    jitter: int
    """In timestamp units."""
    lsr: int = 0
    dlsr: int = 0


@dataclass(frozen=True, slots=True)
class SenderInfo:
    ssrc: int
    ntp: int
    rtp_ts: int
    packets: int
    octets: int


def split(data: bytes) -> list[tuple[int, int, int, int]]:
    """Take a compound apart into (packet type, count or format, start, end); padding left out.

    What follows a malformed packet is not read; a first packet that is malformed gives [].
    """
    found = []
    at, size = 0, len(data)
    while at + 8 <= size and data[at] & 0xC0 == 0x80:
        end = at + 4 + ((data[at + 2] << 8) | data[at + 3]) * 4
        if end > size or end < at + 8:
            break
        stop = end
        if data[at] & 0x20:
            stop -= data[end - 1]
            if stop < at + 8:
                break
        found.append((data[at + 1], data[at] & 0x1F, at, stop))
        at = end
    return found


def sender_ssrc(data: bytes) -> int:
    """Return the SSRC that heads an RTCP packet of at least 8 bytes."""
    ssrc: int = _U32.unpack_from(data, 4)[0]
    return ssrc


def read_sender_info(data: bytes, start: int, end: int) -> SenderInfo | None:
    if end - start < 28:
        return None
    return SenderInfo(_U32.unpack_from(data, start + 4)[0], *_SENDER.unpack_from(data, start + 8))


def read_report_blocks(
    data: bytes, packet_type: int, count: int, start: int, end: int
) -> list[ReportBlock]:
    """Read the blocks of an SR or RR; fewer than `count` when it was cut short."""
    at = start + (28 if packet_type == SR else 8)
    blocks = []
    for _ in range(count):
        if at + 24 > end:
            break
        ssrc, loss, highest, jitter, lsr, dlsr = _BLOCK.unpack_from(data, at)
        lost = ((loss & 0xFFFFFF) ^ 0x800000) - 0x800000
        blocks.append(ReportBlock(ssrc, loss >> 24, lost, highest, jitter, lsr, dlsr))
        at += 24
    return blocks


def read_nack(data: bytes, start: int, end: int) -> tuple[int, list[int]]:
    """Return (media SSRC, sequence numbers asked for) of a generic NACK (RFC 4585, 6.2.1).

    What goes beyond `MAX_ASKED` is not read: one datagram can name 6,000, milliseconds of work.
    """
    if end - start < 16:
        return 0, []
    asked: list[int] = []
    for at in range(start + 12, end - 3, 4):
        if len(asked) >= MAX_ASKED:
            break
        first, mask = _PAIR.unpack_from(data, at)
        asked.append(first)
        while mask:
            low = mask & -mask
            asked.append((first + low.bit_length()) & 0xFFFF)
            mask ^= low
    return _U32.unpack_from(data, start + 8)[0], asked


def read_keyframe_requests(
    data: bytes, fmt: int, start: int, end: int
) -> list[tuple[int, int | None]]:
    """Return the media SSRCs that a PLI (RFC 4585, 6.3.1) or FIR (RFC 5104, 4.3.1) is for.

    A FIR's come with its command number, which changes with each that is not a repetition.
    """
    if fmt == FMT_PLI and end - start >= 12:
        return [(_U32.unpack_from(data, start + 8)[0], None)]
    if fmt == FMT_FIR:
        entries = range(start + 12, end - 7, 8)
        return [(_U32.unpack_from(data, at)[0], data[at + 4]) for at in entries]
    return []


def read_bye(data: bytes, count: int, start: int, end: int) -> list[int]:
    """Return the SSRCs that say goodbye (RFC 3550, 6.6)."""
    stop = min(end, start + 4 + 4 * count)
    return [_U32.unpack_from(data, at)[0] for at in range(start + 4, stop - 3, 4)]


def read_xr(data: bytes, start: int, end: int) -> tuple[int | None, list[tuple[int, int, int]]]:
    """Return (NTP timestamp of an RRTR or None, DLRR items (ssrc, lrr, dlrr)) (RFC 3611, 4.4–5)."""
    reference: int | None = None
    replies: list[tuple[int, int, int]] = []
    at = start + 8
    while at + 4 <= end:
        kind, _, words = _XR_HEAD.unpack_from(data, at)
        stop = at + 4 + words * 4
        if stop > end:
            break
        if kind == _XR_RRTR and words == 2:
            reference = _XR_TIME.unpack_from(data, at + 4)[0]
        elif kind == _XR_DLRR:
            replies += [_XR_REPLY.unpack_from(data, i) for i in range(at + 4, stop - 11, 12)]
        at = stop
    return reference, replies


def _packet(packet_type: int, count: int, ssrc: int, body: bytes) -> bytes:
    return _HEAD.pack(0x80 | count, packet_type, len(body) // 4 + 1, ssrc) + body


def _pack_block(block: ReportBlock) -> bytes:
    lost = min(max(block.packets_lost, -0x800000), 0x7FFFFF) & 0xFFFFFF
    return _BLOCK.pack(
        block.ssrc,
        block.fraction_lost << 24 | lost,
        block.highest_seq & 0xFFFFFFFF,
        min(block.jitter, 0xFFFFFFFF),
        block.lsr,
        block.dlsr,
    )


def write_rr(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    """Write a receiver report of up to 31 blocks."""
    return _packet(RR, len(blocks), ssrc, b"".join(map(_pack_block, blocks)))


def write_sr(info: SenderInfo, blocks: Sequence[ReportBlock] = ()) -> bytes:
    """Write a sender report; packet and octet counts wrap at 2³²."""
    body = _SENDER.pack(
        info.ntp,
        info.rtp_ts & 0xFFFFFFFF,
        info.packets & 0xFFFFFFFF,
        info.octets & 0xFFFFFFFF,
    )
    return _packet(SR, len(blocks), info.ssrc, body + b"".join(map(_pack_block, blocks)))


def write_sdes(ssrc: int, cname: str) -> bytes:
    """Write the CNAME of one stream; `cname` is at most 255 bytes of UTF-8.

    Several streams take several packets: aiortc gives a compound up at a second chunk.
    """
    name = cname.encode()
    chunk = _U32.pack(ssrc) + bytes((1, len(name))) + name
    chunk += bytes(4 - len(chunk) % 4)
    return _XR_HEAD.pack(0x81, SDES, len(chunk) // 4) + chunk


def write_bye(ssrcs: Sequence[int]) -> bytes:
    """Say goodbye for up to 31 streams."""
    body = b"".join(_U32.pack(ssrc) for ssrc in ssrcs)
    return _XR_HEAD.pack(0x80 | len(ssrcs), BYE, len(ssrcs)) + body


def write_nack(ssrc: int, media_ssrc: int, seqs: Iterable[int]) -> bytes:
    """Write a generic NACK; `seqs` in sending order, up to the caller to keep it short."""
    pairs: list[list[int]] = []
    for seq in seqs:
        distance = (seq - pairs[-1][0] & 0xFFFF) if pairs else 0
        if 1 <= distance <= 16:
            pairs[-1][1] |= 1 << (distance - 1)
        else:
            pairs.append([seq & 0xFFFF, 0])
    body = _U32.pack(media_ssrc) + b"".join(_PAIR.pack(*pair) for pair in pairs)
    return _packet(RTPFB, FMT_NACK, ssrc, body)


def write_pli(ssrc: int, media_ssrc: int) -> bytes:
    return _packet(PSFB, FMT_PLI, ssrc, _U32.pack(media_ssrc))


def write_remb(ssrc: int, bitrate_bps: int, media_ssrcs: Sequence[int]) -> bytes:
    """Write the most that these streams may send together (draft-alvestrand-rmcat-remb-03, 2.2)."""
    exponent = max(0, bitrate_bps.bit_length() - 18)
    tail = len(media_ssrcs) << 24 | exponent << 18 | bitrate_bps >> exponent
    body = bytes(4) + b"REMB" + _U32.pack(tail) + b"".join(map(_U32.pack, media_ssrcs))
    return _packet(PSFB, FMT_AFB, ssrc, body)


def write_rrtr(ssrc: int, ntp: int) -> bytes:
    """Write an extended report that asks for a DLRR, with our NTP timestamp."""
    return _packet(XR, 0, ssrc, _XR_HEAD.pack(_XR_RRTR, 0, 2) + _XR_TIME.pack(ntp))


def write_dlrr(ssrc: int, replies: Sequence[tuple[int, int, int]]) -> bytes:
    """Write an extended report answering RRTRs: (ssrc, LRR, DLRR in 1/65536 s) each."""
    body = b"".join(_XR_REPLY.pack(*reply) for reply in replies)
    return _packet(XR, 0, ssrc, _XR_HEAD.pack(_XR_DLRR, 0, 3 * len(replies)) + body)
