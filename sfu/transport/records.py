"""DTLS records (RFC 6347, 4.1) and what of a handshake anybody could have written.

Records of epoch 0 are in the clear: whoever forges the peer's source address can send them, and
OpenSSL ends a handshake over one that it does not expect. So only what the next step of a browser's
handshake consists of reaches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

CHANGE_CIPHER_SPEC, HANDSHAKE = 20, 22  # RFC 5246, section 6.2.1
CLIENT_HELLO, CERTIFICATE, CERTIFICATE_VERIFY, CLIENT_KEY_EXCHANGE = 1, 11, 15, 16
SECOND_FLIGHT = {1: CERTIFICATE, 2: CLIENT_KEY_EXCHANGE, 3: CERTIFICATE_VERIFY}
"""What a client sends in answer to our flight, by message_seq, before its ChangeCipherSpec."""
MAX_MESSAGE_BYTES = 16 * 1024
_HEADER_BYTES, _FRAGMENT_BYTES = 13, 12


class Fragment(NamedTuple):
    """The header of a handshake message, or of a part of one (RFC 6347, 4.2.2)."""

    message: int
    """Its type."""
    number: int
    """message_seq."""
    offset: int


def split_records(data: bytes) -> Iterator[bytes]:
    """Cut at record boundaries; what is left incomplete is dropped."""
    position = 0
    while position + _HEADER_BYTES <= len(data):
        length = int.from_bytes(data[position + 11 : position + 13], "big")
        end = position + _HEADER_BYTES + length
        if end > len(data):
            return
        yield data[position:end]
        position = end


def pack_records(records: Iterable[bytes], most_bytes: int) -> list[bytes]:
    """Join records to datagrams of at most so many bytes."""
    datagrams: list[bytes] = []
    for record in records:
        if datagrams and len(datagrams[-1]) + len(record) <= most_bytes:
            datagrams[-1] += record
        else:
            datagrams.append(record)
    return datagrams


def is_clear(record: bytes) -> bool:
    """Whether a record is of epoch 0: not encrypted, and written by anybody."""
    return record[3:5] == b"\0\0"


def read_fragments(record: bytes) -> list[Fragment]:
    """Return the fragments that a handshake record in the clear holds; none when malformed."""
    fragments = []
    at, end = _HEADER_BYTES, len(record)
    while at < end:
        if at + _FRAGMENT_BYTES > end:
            return []
        length = int.from_bytes(record[at + 1 : at + 4], "big")
        offset = int.from_bytes(record[at + 6 : at + 9], "big")
        size = int.from_bytes(record[at + 9 : at + 12], "big")
        if length > MAX_MESSAGE_BYTES or offset + size > length:
            return []
        number = int.from_bytes(record[at + 4 : at + 6], "big")
        fragments.append(Fragment(record[at], number, offset))
        at += _FRAGMENT_BYTES + size
    return fragments if at == end else []


def renumber(record: bytes, number: int) -> bytes:
    """Give a record of epoch 0 a number of ours: one from far ahead would outdate all others."""
    return record[:5] + number.to_bytes(6, "big") + record[11:]
