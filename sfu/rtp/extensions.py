"""RTP header extensions (RFC 8285): those we know are read and written, all others left behind.

One-byte elements (profile 0xBEDE) and two-byte elements (0x100X) are read alike. We write
one-byte elements, unless the receiver numbers an extension above 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

_U16 = Struct("!H")
_LEVEL = Struct("!HHBBxx")
_CC = Struct("!HHBHx")
_LEVEL_CC = Struct("!HHBBBHxxx")
_ONE_BYTE = 0xBEDE
_TWO_BYTE = 0x1000

ABSENT = -1
"""Value of an extension that a packet does not carry."""


@dataclass(frozen=True, slots=True)
class ExtensionIds:
    """The ids one peer gave to the extensions we know; 0 where not negotiated."""

    mid: int = 0
    level: int = 0
    transport_cc: int = 0
    orientation: int = 0


def elements(data: bytes) -> list[tuple[int, int, int]]:
    """List the elements of a packet as (id, start, end), in order.

    `data` was accepted by `payload_offset`. A malformed tail ends the list; an unknown profile
    has no elements.
    """
    if not data[0] & 0x10:
        return []
    at = 12 + (data[0] & 0x0F) * 4
    profile, words = (data[at] << 8) | data[at + 1], (data[at + 2] << 8) | data[at + 3]
    at += 4
    end = at + words * 4
    if profile == _ONE_BYTE:
        return _one_byte_elements(data, at, end)
    if profile & 0xFFF0 == _TWO_BYTE:
        return _two_byte_elements(data, at, end)
    return []


def _one_byte_elements(data: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    found = []
    while at < end:
        head = data[at]
        at += 1
        if head == 0:  # padding
            continue
        stop = at + (head & 0x0F) + 1
        if head >> 4 in (0, 15) or stop > end:  # both end the list (RFC 8285, 4.2)
            break
        found.append((head >> 4, at, stop))
        at = stop
    return found


def _two_byte_elements(data: bytes, at: int, end: int) -> list[tuple[int, int, int]]:
    found = []
    while at + 1 < end:
        ext_id = data[at]
        if ext_id == 0:
            at += 1
            continue
        stop = at + 2 + data[at + 1]
        if stop > end:
            break
        found.append((ext_id, at + 2, stop))
        at = stop
    return found


def read_media(data: bytes, ids: ExtensionIds) -> tuple[int, int, int]:
    """Return what a media packet says: (level byte, transport-cc number, orientation byte).

    Each is ABSENT where the packet or the negotiation lacks it. The level byte is RFC 6464's:
    voice flag and −dBov.
    """
    level = transport_cc = orientation = ABSENT
    if not data[0] & 0x10:
        return level, transport_cc, orientation
    at = 12 + (data[0] & 0x0F) * 4
    if data[at] != 0xBE or data[at + 1] != 0xDE:
        return _read_media_slowly(data, ids)
    end = at + 4 + ((data[at + 2] << 8) | data[at + 3]) * 4
    at += 4
    while at < end:  # as `_one_byte_elements`, without the list: this runs for every packet
        head = data[at]
        if not head:
            at += 1
            continue
        ext_id, stop = head >> 4, at + (head & 0x0F) + 2
        if ext_id == 15 or not ext_id or stop > end:
            break
        if ext_id == ids.transport_cc:
            if stop - at == 3:
                transport_cc = (data[at + 1] << 8) | data[at + 2]
        elif ext_id == ids.level:
            level = data[at + 1]
        elif ext_id == ids.orientation:
            orientation = data[at + 1]
        at = stop
    return level, transport_cc, orientation


def _read_media_slowly(data: bytes, ids: ExtensionIds) -> tuple[int, int, int]:
    level = transport_cc = orientation = ABSENT
    for ext_id, start, end in elements(data):
        if start == end:
            continue
        if ext_id == ids.transport_cc:
            if end - start == 2:
                transport_cc = (data[start] << 8) | data[start + 1]
        elif ext_id == ids.level:
            level = data[start]
        elif ext_id == ids.orientation:
            orientation = data[start]
    return level, transport_cc, orientation


def read_mid(data: bytes, mid_ext: int) -> str | None:
    """Return the MID (RFC 9143, 15) that a packet carries, if any."""
    if not mid_ext:
        return None
    for ext_id, start, end in elements(data):
        if ext_id == mid_ext:
            return data[start:end].decode("ascii", "replace")
    return None


def write_media(ids: ExtensionIds, level: int, transport_cc: int, orientation: int) -> bytes:
    """Return the extension block of a packet as it goes on the wire; empty when there is none.

    Values as `read_media` gives them; those that are ABSENT or not negotiated are left out.
    """
    if orientation < 0 or not ids.orientation:
        has_level, has_cc = level >= 0 and ids.level, transport_cc >= 0 and ids.transport_cc
        if not has_level and not has_cc:
            return b""
        if ids.level <= 14 and ids.transport_cc <= 14:  # what nearly every packet looks like
            if not has_level:
                return _CC.pack(_ONE_BYTE, 1, ids.transport_cc << 4 | 1, transport_cc)
            if not has_cc:
                return _LEVEL.pack(_ONE_BYTE, 1, ids.level << 4, level)
            return _LEVEL_CC.pack(
                _ONE_BYTE, 2, ids.level << 4, level, ids.transport_cc << 4 | 1, transport_cc
            )
    present: list[tuple[int, bytes]] = []
    if level >= 0 and ids.level:
        present.append((ids.level, bytes((level,))))
    if transport_cc >= 0 and ids.transport_cc:
        present.append((ids.transport_cc, _U16.pack(transport_cc)))
    if orientation >= 0 and ids.orientation:
        present.append((ids.orientation, bytes((orientation,))))
    return pack(present)


def pack(present: list[tuple[int, bytes]]) -> bytes:
    """Return an extension block of these (id, value) elements, padded to whole words."""
    if all(ext_id <= 14 and 0 < len(value) <= 16 for ext_id, value in present):
        profile = _ONE_BYTE
        body = b"".join(bytes((i << 4 | len(value) - 1,)) + value for i, value in present)
    else:
        profile = _TWO_BYTE
        body = b"".join(bytes((i, len(value))) + value for i, value in present)
    body += bytes(-len(body) % 4)
    return _U16.pack(profile) + _U16.pack(len(body) // 4) + body
