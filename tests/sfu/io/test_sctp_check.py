"""What aiortc's SCTP parser would never come back from is refused before it."""

import struct

import pytest
from aiortc.rtcsctptransport import decode_params, encode_params
from hypothesis import given
from hypothesis import strategies as st

from sfu.io.sctp_check import is_bearable

HEADER = bytes(12)


def chunk(kind: int, body: bytes) -> bytes:
    return struct.pack("!BBH", kind, 0, len(body) + 4) + body + bytes(-len(body) % 4)


@pytest.mark.parametrize("kind", [4, 5, 6, 9, 130])
@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_parameter_shorter_than_its_header_is_refused(kind: int, length: int) -> None:
    assert not is_bearable(HEADER + chunk(kind, struct.pack("!HH", 1, length)))


@pytest.mark.parametrize("kind", [1, 2])
def test_parameters_of_init_begin_after_its_fixed_part(kind: int) -> None:
    assert is_bearable(HEADER + chunk(kind, bytes(16)))
    assert not is_bearable(HEADER + chunk(kind, bytes(20)))


def test_a_bad_parameter_is_found_behind_good_ones_and_in_later_chunks() -> None:
    good = encode_params([(1, b"abc"), (2, b"")])
    bad = chunk(4, good + bytes(-len(good) % 4) + bytes(4))
    assert is_bearable(HEADER + chunk(4, good) + chunk(0, bytes(30)))
    assert not is_bearable(HEADER + chunk(0, bytes(30)) + bad)


@given(st.binary(max_size=80))
def test_what_passes_can_be_decoded_to_its_end(body: bytes) -> None:
    if is_bearable(HEADER + chunk(4, body)):
        decode_params(body)  # would hang


@given(st.binary(max_size=200))
def test_any_bytes_are_judged(packet: bytes) -> None:
    assert is_bearable(packet) in (True, False)
