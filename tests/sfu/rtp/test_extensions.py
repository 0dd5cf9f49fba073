"""Header extensions, with aiortc as judge."""

from __future__ import annotations

import struct

import pytest
from aiortc.rtp import pack_header_extensions, unpack_header_extensions
from hypothesis import given
from hypothesis import strategies as st

from sfu.rtp.extensions import (
    ABSENT,
    ExtensionIds,
    elements,
    pack,
    read_media,
    read_mid,
    write_media,
)
from sfu.rtp.packet import HEADER, payload_offset


def packet_with(block: bytes, payload: bytes = b"payload") -> bytes:
    return HEADER.pack(0x90 if block else 0x80, 96, 1, 2, 3) + block + payload


def judged(block: bytes) -> list[tuple[int, bytes]]:
    if not block:
        return []
    profile, words = struct.unpack_from("!HH", block)
    assert len(block) == 4 + 4 * words
    return unpack_header_extensions(profile, block[4:])


one_byte = st.lists(
    st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)), min_size=1, max_size=6
)
two_byte = st.lists(st.tuples(st.integers(1, 255), st.binary(max_size=40)), min_size=1, max_size=6)
values = st.integers(ABSENT, 255)


@given(st.one_of(one_byte, two_byte))
def test_what_aiortc_packs_we_read(present: list[tuple[int, bytes]]) -> None:
    profile, body = pack_header_extensions(present)
    packet = packet_with(struct.pack("!HH", profile, len(body) // 4) + body)
    assert [(i, packet[start:end]) for i, start, end in elements(packet)] == present


@given(st.one_of(one_byte, two_byte))
def test_what_we_pack_aiortc_reads(present: list[tuple[int, bytes]]) -> None:
    assert judged(pack(present)) == present


@st.composite
def distinct_ids(draw: st.DrawFn) -> ExtensionIds:
    ids = draw(st.lists(st.integers(1, 20), min_size=4, max_size=4, unique=True))
    kept = [ext_id * draw(st.booleans()) for ext_id in ids]
    return ExtensionIds(*kept)


@given(distinct_ids(), values, st.integers(ABSENT, 0xFFFF), values)
def test_what_is_written_is_read_back_and_nothing_else(
    ids: ExtensionIds, level: int, transport_cc: int, orientation: int
) -> None:
    block = write_media(ids, level, transport_cc, orientation)
    packet = packet_with(block)
    assert packet[payload_offset(packet) :] == b"payload"
    assert read_media(packet, ids) == (
        level if ids.level else ABSENT,
        transport_cc if ids.transport_cc else ABSENT,
        orientation if ids.orientation else ABSENT,
    )
    assert len(judged(block)) == sum(value >= 0 for value in read_media(packet, ids))


@given(distinct_ids(), st.binary(max_size=60))
def test_no_bytes_raise(ids: ExtensionIds, body: bytes) -> None:
    for profile in (0xBEDE, 0x1000, 0x1234):
        padded = body + bytes(-len(body) % 4)
        packet = packet_with(struct.pack("!HH", profile, len(padded) // 4) + padded, b"")
        for _, start, end in elements(packet):
            assert 16 <= start <= end <= len(packet)
        assert len(read_media(packet, ids)) == 3
        read_mid(packet, ids.mid)


@given(distinct_ids(), st.binary(max_size=40))
def test_the_fast_way_of_reading_agrees_with_the_list(ids: ExtensionIds, body: bytes) -> None:
    body += bytes(-len(body) % 4)
    packet = packet_with(struct.pack("!HH", 0xBEDE, len(body) // 4) + body)
    level, transport_cc, orientation = ABSENT, ABSENT, ABSENT
    for ext_id, start, end in elements(packet):
        if ext_id == ids.level:
            level = packet[start]
        elif ext_id == ids.transport_cc and end - start == 2:
            transport_cc = int.from_bytes(packet[start:end], "big")
        elif ext_id == ids.orientation:
            orientation = packet[start]
    assert read_media(packet, ids) == (level, transport_cc, orientation)


def test_the_mid_is_read_by_its_id() -> None:
    packet = packet_with(pack([(4, b"1"), (1, b"\x80")]))
    assert read_mid(packet, 4) == "1"
    assert read_mid(packet, 5) is None
    assert read_mid(packet, 0) is None


def test_id_15_ends_a_one_byte_block() -> None:
    packet = packet_with(bytes.fromhex("bede0002 108f f000 10aa 0000"))
    assert [i for i, _, _ in elements(packet)] == [1]


def test_id_0_with_a_length_ends_a_one_byte_block() -> None:
    packet = packet_with(bytes.fromhex("bede0002 108f 01ff ff10 aa00"))
    assert [i for i, _, _ in elements(packet)] == [1]


def test_a_truncated_element_ends_the_list() -> None:
    packet = packet_with(bytes.fromhex("bede0001 1080 35 01"))
    assert [i for i, _, _ in elements(packet)] == [1]


@pytest.mark.parametrize("end", ["f0aa", "01aaaa"], ids=["15", "0 with a length"])
def test_what_follows_an_id_that_ends_the_block_is_not_read(end: str) -> None:
    """Were the id passed over like any other, the elements behind it would be read."""
    body = bytes.fromhex(f"108f {end} 20aa 311234")
    packet = packet_with(bytes.fromhex("bede0003") + body + bytes(12 - len(body)))
    ids = ExtensionIds(level=2, transport_cc=3, orientation=1)
    assert read_media(packet, ids) == (ABSENT, ABSENT, 0x8F)
