"""The event stream: in order, resumed at its cursor, a snapshot where it cannot be."""

from __future__ import annotations

import asyncio

import pytest

from sfu.io import events
from sfu.io.events import EventLog, EventReader
from sfu.messages import EventFrame, GateMoved, RoomState

ROOMS = [RoomState(id="r1", gate_open=True, show_clock_to_patient=True)]


def log_of(count: int, ring_size: int = 100) -> EventLog:
    log = EventLog(lambda: ROOMS, ring_size=ring_size)
    for number in range(count):
        log.append(GateMoved(room="r1", open=number % 2 == 0))
    return log


async def seqs(reader: EventReader, count: int) -> list[int]:
    frames = [await asyncio.wait_for(reader.next(), 20) for _ in range(count)]
    return [EventFrame.model_validate_json(frame).seq for frame in frames if frame is not None]


async def test_new_reader_gets_the_snapshot_and_only_what_comes_after() -> None:
    log = log_of(5)
    reader = log.open_reader(None, None)
    assert (reader.hello.resumed, reader.hello.seq, reader.hello.rooms) == (False, 5, ROOMS)
    log.append(GateMoved(room="r1", open=True))
    assert await seqs(reader, 1) == [6]


async def test_reader_with_a_cursor_gets_what_it_missed_in_order() -> None:
    log = log_of(5)
    reader = log.open_reader(log.boot_id, 2)
    assert (reader.hello.resumed, reader.hello.seq, reader.hello.rooms) == (True, 2, [])
    log.append(GateMoved(room="r1", open=True))
    assert await seqs(reader, 4) == [3, 4, 5, 6]


@pytest.mark.parametrize("count", [0, 5])
async def test_reader_that_missed_nothing_resumes_with_nothing(count: int) -> None:
    log = log_of(count)
    assert log.open_reader(log.boot_id, count).hello.resumed


async def test_cursor_at_the_edge_of_the_ring_resumes() -> None:
    log = log_of(10, ring_size=4)
    reader = log.open_reader(log.boot_id, 6)
    assert reader.hello.resumed
    assert await seqs(reader, 4) == [7, 8, 9, 10]


async def test_cursor_that_fell_out_of_the_ring_gets_a_snapshot() -> None:
    log = log_of(10, ring_size=4)
    hello = log.open_reader(log.boot_id, 5).hello
    assert (hello.resumed, hello.seq, hello.rooms) == (False, 10, ROOMS)


async def test_cursor_of_another_process_gets_a_snapshot() -> None:
    assert not log_of(10).open_reader("another", 5).hello.resumed


async def test_cursor_from_the_future_gets_a_snapshot() -> None:
    log = log_of(3)
    assert not log.open_reader(log.boot_id, 4).hello.resumed


async def test_reader_waits_until_something_happens() -> None:
    log = log_of(0)
    reader = log.open_reader(None, None)
    waiting = asyncio.ensure_future(reader.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    log.append(GateMoved(room="r1", open=True))
    frame = await asyncio.wait_for(waiting, 20)
    assert frame is not None
    expected = EventFrame(seq=1, event=GateMoved(room="r1", open=True))
    assert EventFrame.model_validate_json(frame) == expected


async def test_reader_that_is_too_slow_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "READER_LIMIT", 3)
    log = log_of(0)
    slow, quick = log.open_reader(None, None), log.open_reader(None, None)
    for number in range(4):
        log.append(GateMoved(room="r1", open=True))
        assert await seqs(quick, 1) == [number + 1]
    assert await asyncio.wait_for(slow.next(), 20) is None


async def test_closed_log_ends_every_reader() -> None:
    log = log_of(0)
    reader = log.open_reader(None, None)
    waiting = asyncio.ensure_future(reader.next())
    await asyncio.sleep(0)
    log.close()
    assert await asyncio.wait_for(waiting, 20) is None


async def test_closed_reader_is_offered_nothing_more() -> None:
    log = log_of(0)
    reader = log.open_reader(None, None)
    log.close_reader(reader)
    log.append(GateMoved(room="r1", open=True))
    reader.end()
    assert await reader.next() is None
