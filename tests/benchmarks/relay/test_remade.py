"""A server that decodes and encodes again: what is told of its sounds and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.peers.recorded import RecordedStream
from benchmarks.relay.counting import Seen
from benchmarks.relay.figures import Round
from benchmarks.relay.remade import judge, shift
from benchmarks.relay.traffic import Call, Due, Peer, timetable
from sfu.base.media import Slot
from tests.benchmarks.relay.test_load import make_call

SECONDS = 1.0
STARTED_NS = 1_800_000_000_000_000_000
TOOK_NS = 20_000_000
MOVED_BY = 4_294_960_000
"""The server's timestamps before ours; they wrap in the round."""
PICTURE = (b"\x10\x00", b"\x00", b"\x00", b"\x00", b"\x00")
SOUND = (b"\xf8",)
Server = Callable[[Due, bytes], int]
"""Says how many packets come of the one that ended a sound or picture."""


def recorded_call() -> Call:
    """A call whose streams are of pictures of five packets."""

    def changed(peer: Peer) -> Peer:
        peer.streams = {
            slot: RecordedStream(
                s.line, s.down_ssrc, frames=[SOUND if slot is Slot.AUDIO else PICTURE] * 200
            )
            for slot, s in peer.streams.items()
        }
        return peer

    call = make_call()
    return Call(changed(call.one), changed(call.other), remade=True)


def played(server: Server) -> Round:
    """A round of a call through a server that takes `TOOK_NS` for each sound and picture."""
    rows = timetable([recorded_call()], SECONDS, seed=1)
    sent = [row.sender.media(row.stream.line.slot, row.at) for row in rows]
    stamps = [STARTED_NS + int(row.at * 1e9) for row in rows]
    heads, came_at, receivers = [], [], []
    for row, data, stamp in zip(rows, sent, stamps, strict=True):
        is_end = row.stream.line.slot is Slot.AUDIO or data[1] & 0x80
        time = int.from_bytes(data[4:8], "big") + MOVED_BY
        time = (time - time % 3 // 2) % 2**32  # a third of them rounded down
        for n in range(server(row, data) if is_end else 0):
            head = bytes((0x90, 96, 0, n)) + time.to_bytes(4, "big")
            heads.append((head + row.stream.down_ssrc.to_bytes(4, "big")).ljust(48, b"\0"))
            came_at.append(stamp + TOOK_NS + n)
            receivers.append(row.receiver.receives_at)
    return judge(
        "aiortc", 1, SECONDS, rows, sent, seen(heads, came_at, receivers, stamps), STARTED_NS, 0.5
    )


def seen(heads: list[bytes], came_at: list[int], receivers: list[str], stamps: list[int]) -> Seen:
    numbers = [int.from_bytes(bytes(map(int, r.split("."))), "big") for r in receivers]
    return Seen(
        heads=[np.frombuffer(b"".join(heads), np.uint8).reshape(-1, 48)],
        stamps_ns=[np.array(came_at, np.int64)],
        receivers=[np.array(numbers, np.uint32)],
        batch_ends=list(range(1, len(stamps) + 1)),
        batch_stamps_ns=stamps,
    )


def is_picture(row: Due) -> bool:
    return row.stream.line.slot is Slot.CAMERA


def test_what_is_made_of_a_call_is_counted_and_its_pictures_are_timed() -> None:
    found = played(lambda row, data: 2 if is_picture(row) else 1)
    assert (found.sent, found.received) == (440, 2 * 50 + 2 * 34 * 2)
    assert (found.audio_sent, found.audio_received) == (100, 100)
    assert (found.lost, found.missing, found.faults) == (0, 0, [])
    assert found.latency_ms_p50 == pytest.approx(20, abs=0.001)  # of the first packet of each
    assert found.latency_ms_p99 == pytest.approx(20, abs=0.001)
    assert found.pps_per_core == found.received / 0.5


def test_a_picture_that_does_not_come_is_missed_and_the_others_are_still_known() -> None:
    lost = {5, 6, 20}
    numbers = iter(range(10_000))
    found = played(lambda row, data: int(not is_picture(row) or next(numbers) not in lost))
    assert found.faults == ["3 sounds and pictures lost"]
    assert found.latency_ms_p99 == pytest.approx(20, abs=0.001)


def test_sounds_that_do_not_come_are_missed() -> None:
    found = played(lambda row, data: int(is_picture(row) or row.at > 0.5))
    assert found.lost is not None
    assert 20 <= found.lost <= 28  # of 25 each way, less those that are not due at the end


def test_what_is_sent_at_the_end_is_missed_in_no_round() -> None:
    assert played(lambda row, data: int(row.at < 0.75)).faults == []
    assert played(lambda row, data: int(row.at < 0.6)).faults != []


def test_what_comes_to_another_is_nobodys() -> None:
    rows = timetable([recorded_call()], SECONDS, seed=1)
    sent = [row.sender.media(row.stream.line.slot, row.at) for row in rows]
    head = (bytes(8) + rows[0].stream.down_ssrc.to_bytes(4, "big")).ljust(48, b"\0")
    came = seen([head], [STARTED_NS], [rows[0].sender.address], [STARTED_NS] * len(rows))
    found = judge("aiortc", 1, SECONDS, rows, sent, came, STARTED_NS, 0.5)
    assert (found.received, found.latency_ms_p50) == (0, 0.0)


def test_a_sample_that_does_not_authenticate_is_noticed() -> None:
    rows = timetable([recorded_call()], SECONDS, seed=1)
    sent = [row.sender.media(row.stream.line.slot, row.at) for row in rows]
    to = rows[0].receiver.receives_at
    whole, changed, strange = sent[0], bytearray(sent[0]), bytearray(sent[0])
    changed[-1] ^= 1
    strange[8] ^= 1
    for samples, count in (([whole, bytes(strange)], 0), ([bytes(changed)], 1)):
        came: Any = seen([bytes(48)], [STARTED_NS], [to], [STARTED_NS] * len(rows))
        came.samples = [(data, to) for data in samples]
        assert judge("a", 1, SECONDS, rows, sent, came, STARTED_NS, 0.5).changed == count


def test_the_amount_that_most_timestamps_are_moved_by_is_found_across_the_wrap() -> None:
    sent = np.array([100, 3_150, 6_090, 9_400], np.uint32)
    came = np.array([7, 2**32 - 900, 2**32 - 900 + 3_050, 2**32 - 900 + 5_990 - 2**32], np.int64)
    assert shift(sent, came.astype(np.uint32)) == 2**32 - 1_000
