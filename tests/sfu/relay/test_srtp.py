"""SRTP contexts: both profiles, and failures as values."""

from __future__ import annotations

import struct

import pytest

from sfu.base.stats import DropReason
from sfu.errors import SrtpError
from sfu.relay.srtp import MAX_PLAIN_BYTES, SrtpContext
from tests.sfu.relay.far_end import CM, GCM

SIZES = {GCM: 28, CM: 30}


def rtp(seq: int, payload: bytes = b"payload", ssrc: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 111, seq, 0, ssrc) + payload


def make_ends(profile: str) -> tuple[SrtpContext, SrtpContext]:
    here, there = bytes(range(SIZES[profile])), bytes(SIZES[profile])
    return SrtpContext(profile, here, there), SrtpContext(profile, there, here)


def why(context: SrtpContext) -> DropReason:
    return context.failure


@pytest.fixture(params=[GCM, CM])
def ends(request: pytest.FixtureRequest) -> tuple[SrtpContext, SrtpContext]:
    return make_ends(request.param)


def test_what_is_protected_here_is_read_there(ends: tuple[SrtpContext, SrtpContext]) -> None:
    left, right = ends
    data = left.protect(rtp(1))
    assert data is not None
    assert b"payload" not in data
    assert right.unprotect(data) == rtp(1)
    report = b"\x80\xc9\x00\x01\x00\x00\x00\x07"
    protected = left.protect_rtcp(report)
    assert protected is not None
    assert right.unprotect_rtcp(protected) == report


def test_failures_are_values_with_a_reason(ends: tuple[SrtpContext, SrtpContext]) -> None:
    left, right = ends
    data, newer = left.protect(rtp(1)), left.protect(rtp(5000))
    assert data is not None
    assert newer is not None
    changed = data[:-1] + bytes((data[-1] ^ 1,))
    assert right.unprotect(changed) is None
    assert why(right) == DropReason.UNAUTHENTICATED
    assert right.unprotect(data) is not None
    assert right.unprotect(data) is None
    assert why(right) == DropReason.REPLAYED
    assert right.unprotect(newer) is not None
    assert right.unprotect(data) is None
    assert why(right) == DropReason.TOO_OLD
    assert right.unprotect(bytes(1600)) is None
    assert why(right) == DropReason.TOO_LONG
    assert right.unprotect(b"\x80") is None
    assert why(right) == DropReason.MALFORMED
    assert right.unprotect_rtcp(b"\x80\xc9") is None
    assert right.unprotect_rtcp(b"\x80\xc9" + bytes(60)) is None


def test_packets_may_leave_and_come_out_of_order_within_the_window(
    ends: tuple[SrtpContext, SrtpContext],
) -> None:
    left, right = ends
    order = [1000, 1, 999, 2, 500]
    sent = [left.protect(rtp(seq)) for seq in order]
    assert [data is not None and right.unprotect(data) for data in sent] == [
        rtp(seq) for seq in order
    ]


def test_a_number_is_never_protected_twice(ends: tuple[SrtpContext, SrtpContext]) -> None:
    left, _ = ends
    assert left.protect(rtp(1)) is not None
    assert left.protect(rtp(1, b"other")) is None
    assert why(left) == DropReason.REPLAYED


def test_what_leaves_fits_a_datagram_of_1500_bytes(ends: tuple[SrtpContext, SrtpContext]) -> None:
    left, right = ends
    longest = rtp(1, bytes(MAX_PLAIN_BYTES - 12))
    data = left.protect(longest)
    assert data is not None
    assert len(data) <= 1500
    assert right.unprotect(data) == longest
    for protect in (left.protect, left.protect_rtcp):
        assert protect(rtp(2, bytes(MAX_PLAIN_BYTES - 11))) is None
        assert why(left) == DropReason.TOO_LONG


@pytest.mark.parametrize("profile", ["SRTP_AES128_CM_SHA1_32", "", "SRTP_AEAD_AES_256_GCM"])
def test_other_profiles_are_refused(profile: str) -> None:
    with pytest.raises(SrtpError):
        SrtpContext(profile, bytes(28), bytes(28))
