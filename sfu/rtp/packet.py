"""RTP fields read and written at offsets (RFC 3550, 5.1); no object per packet.

Functions take whole packets as `bytes`. Those that can meet bad input say so by their return
value; none raises on any bytes once `payload_offset` has accepted them.
"""

from __future__ import annotations

from struct import Struct

HEADER = Struct("!BBHII")
"""V P X CC · M PT · sequence number · timestamp · SSRC."""
HEADER_SIZE = 12
_U16 = Struct("!H")


def is_rtcp(data: bytes) -> bool:
    """Tell RTCP from RTP on one port by the second byte (RFC 5761, 4)."""
    return len(data) > 1 and 192 <= data[1] <= 223


def payload_offset(data: bytes) -> int:
    """Return where the payload starts, or −1 when this is no RTP packet.

    The payload may be empty, or be padding alone.
    """
    size = len(data)
    if size < HEADER_SIZE:
        return -1
    first = data[0]
    if first & 0xC0 != 0x80:
        return -1
    offset = HEADER_SIZE
    if first & 0x0F:
        offset += (first & 0x0F) * 4
    if first & 0x10:
        if offset + 4 > size:
            return -1
        offset += 4 + ((data[offset + 2] << 8) | data[offset + 3]) * 4
    return offset if offset <= size else -1


def payload_end(data: bytes, start: int) -> int:
    """Return where the payload ends without its padding, or −1 when the padding is absurd."""
    size = len(data)
    if not data[0] & 0x20:
        return size
    end = size - data[-1]
    return end if data[-1] > 0 and start <= end else -1


def unwrap_rtx(
    data: bytes, *, start: int, end: int, pt: int, ssrc: int, extensions: bytes = b""
) -> bytes:
    """Return the original packet that a retransmission carries (RFC 4588, 4).

    Args:
        data: The retransmission, whose payload is `data[start:end]`, at least 2 bytes.
        pt: Payload type of the original.
        ssrc: SSRC of the original.
        extensions: Header extension block of the original, as it goes on the wire.
    """
    _, second, _, rtp_ts, _ = HEADER.unpack_from(data)
    seq = _U16.unpack_from(data, start)[0]
    first = 0x90 if extensions else 0x80
    header = HEADER.pack(first, second & 0x80 | pt, seq, rtp_ts, ssrc)
    return header + extensions + data[start + 2 : end]


def wrap_rtx(data: bytes, *, pt: int, seq: int, ssrc: int, extensions: bytes = b"") -> bytes:
    """Return the retransmission of `data`, a packet that we built ourselves (RFC 4588, 4).

    Args:
        data: The original; its padding is left out, its extension block replaced.
        seq: Next number of the retransmission stream.
        extensions: Header extension block, as it goes on the wire.
    """
    start = payload_offset(data)
    end = payload_end(data, start)
    _, second, original, rtp_ts, _ = HEADER.unpack_from(data)
    first = 0x90 if extensions else 0x80
    header = HEADER.pack(first, second & 0x80 | pt, seq, rtp_ts, ssrc)
    return header + extensions + _U16.pack(original) + data[start : end if end >= 0 else None]
