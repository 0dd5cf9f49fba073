"""Knowing a key frame by its first bytes, and asking for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.base.media import Codec
from sfu.relay.up.keyframe import (
    MIN_INTERVAL_S,
    KeyframeRequests,
    answers_request,
    interval_s,
    starts_keyframe,
)

VP8 = Codec("VP8", 96, 90_000)
H264 = Codec("H264", 102, 90_000)


@pytest.mark.parametrize(
    ("payload", "starts"),
    [
        ("10 00", True),  # no extension
        ("10 01", False),  # inverse key frame bit
        ("00 00", False),  # not the start of a partition
        ("11 00", False),  # another partition
        ("90 80 05 00", True),  # 7-bit picture id
        ("90 80 85 05 00", True),  # 15-bit picture id
        ("90 80 85 05 01", False),
        ("90 e0 85 05 07 20 00", True),  # as Chromium sends: picture id, TL0PICIDX, TID
        ("90 e0 85 05 07 20 31", False),
        ("90 10 20 00", True),  # KEYIDX alone
        ("", False),
        ("10", False),
        ("90", False),
        ("90 80", False),
        ("90 80 85", False),
    ],
)
def test_vp8(payload: str, starts: bool) -> None:
    data = bytes(12) + bytes.fromhex(payload)
    assert starts_keyframe(VP8, data, 12) is starts


@pytest.mark.parametrize(
    ("payload", "starts", "answers"),
    [
        ("67 42", True, True),  # SPS
        ("65 88", False, True),  # IDR slice, its SPS lost or late
        ("41 9a", False, False),  # other slice
        ("68 ce", False, False),  # PPS alone
        ("78 0002 6742 0002 68ce", True, True),  # STAP-A of SPS and PPS
        ("78 0002 68ce 0002 6588", False, True),  # of PPS and IDR slice
        ("78 0002 68ce 0002 6742", True, True),
        ("78 0002 419a", False, False),
        ("7c 87 42", True, True),  # first fragment of an SPS
        ("7c 85 88", False, True),  # first fragment of an IDR slice
        ("7c 05 88", False, False),  # a later one
        ("7c 81 88", False, False),
        ("", False, False),
        ("7c", False, False),
        ("78", False, False),
        ("78 00", False, False),
        ("78 0000 0000 00", False, False),
    ],
)
def test_h264(payload: str, starts: bool, answers: bool) -> None:
    data = bytes(12) + bytes.fromhex(payload)
    assert starts_keyframe(H264, data, 12) is starts
    assert answers_request(H264, data, 12) is answers


@given(st.binary(max_size=60), st.sampled_from([VP8, H264]))
def test_no_payload_raises(payload: bytes, codec: Codec) -> None:
    starts_keyframe(codec, payload, 0)
    answers_request(codec, payload, 0)


def test_a_codec_we_cannot_read_is_let_through() -> None:
    assert starts_keyframe(Codec("AV1", 45, 90_000), bytes(20), 12)
    assert answers_request(Codec("AV1", 45, 90_000), bytes(20), 12)


def test_requests_are_one_per_interval_and_the_next_is_kept() -> None:
    requests = KeyframeRequests()
    assert requests.request(1.0)
    assert not requests.request(1.0)
    assert requests.take_due(1.0, MIN_INTERVAL_S)
    assert requests.request(1.1)
    assert not requests.take_due(1.2, MIN_INTERVAL_S)
    assert requests.due_at == pytest.approx(1.0 + MIN_INTERVAL_S)
    assert requests.take_due(1.31, MIN_INTERVAL_S)
    assert not requests.take_due(2.0, MIN_INTERVAL_S)


def test_a_key_frame_fulfils_what_is_pending() -> None:
    requests = KeyframeRequests()
    requests.request(1.0)
    requests.take_due(1.0, MIN_INTERVAL_S)
    requests.request(1.1)
    requests.arrived()
    assert not requests.awaited
    assert not requests.take_due(5.0, MIN_INTERVAL_S)


@pytest.mark.parametrize(
    ("rtt_s", "expected_s"), [(None, MIN_INTERVAL_S), (0.05, MIN_INTERVAL_S), (0.6, 0.7)]
)
def test_the_answer_may_take_a_round_trip(rtt_s: float | None, expected_s: float) -> None:
    assert interval_s(rtt_s) == pytest.approx(expected_s)
