"""What is not even read of a compound."""

from __future__ import annotations

import struct

import pytest

from sfu.relay.core import PythonCore
from sfu.rtp import transport_cc
from sfu.rtp.transport_cc import Feedback
from tests.sfu.relay.far_end import make_pair


def test_feedbacks_that_speak_of_thousands_each_are_not_all_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, _, b = make_pair(PythonCore)
    counted: list[int] = []
    read = transport_cc.read

    def count(data: bytes, start: int, end: int) -> Feedback | None:
        counted.append(start)
        return read(data, start, end)

    monkeypatch.setattr(transport_cc, "read", count)
    about = transport_cc.MAX_COUNT - 1
    one = struct.pack("!BBHIIHHIHxx", 0x8F, 205, 5, 1, 2, 0, about, 0, about)
    world.send_rtcp(b, bytes.fromhex("80c9000100000001") + 50 * one)
    assert len(counted) == 2
