"""The load: what it counts must be so, whatever the relay does."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import ClientSession

from benchmarks.relay import floor
from benchmarks.relay.joining import Node
from benchmarks.relay.load import Load
from benchmarks.relay.processes import Relay, start_node
from benchmarks.relay.traffic import CALL_PER_S, Call, timetable
from sfu.base.media import Slot
from tests.sfu.relay.far_end import make_lines

SECONDS = 0.3
SENT = round(SECONDS * CALL_PER_S)
Fault = Callable[[int, bytes], bytes | None]
"""Changes the n-th packet, or loses it (None)."""


def make_call(port: int = 9) -> Call:
    """A call through a bare relay, between peers 0 and 1."""
    one, other = ({line.slot: line for line in make_lines(base)} for base in (1000, 2000))
    return floor.call(0, (one, other), "bare", port)


@contextmanager
def relay(load: Load, fault: Fault) -> Iterator[int]:
    """Run a bare relay with a fault in a thread; yields its port."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    ends = [floor.address_of(0), floor.address_of(1)]

    def run() -> None:
        n = 0
        while (received := udp.recvfrom(2048))[0] != b"end":
            data, (host, _) = received
            out = fault(n, data)
            n += 1
            if out is not None:
                udp.sendto(out, (ends[1 - ends.index(host)], load.wire.port))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield udp.getsockname()[1]
    finally:
        udp.sendto(b"end", udp.getsockname())
        thread.join()
        udp.close()
        load.wire.close()


async def play(fault: Fault) -> Any:
    load = Load()
    with relay(load, fault) as port:
        process = cast(Any, SimpleNamespace(pid=os.getpid()))
        calls = [make_call(port)]
        return await load.play(Relay("bare", process), calls, SECONDS, pages=False)


def test_a_call_is_170_and_50_packets_a_second_each_way_in_order() -> None:
    rows = timetable([make_call()], 2.0, seed=1)
    assert len(rows) == 2 * CALL_PER_S == 880
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert sum(row.stream.line.slot is Slot.CAMERA for row in rows) == 4 * 170
    sizes = {len(row.sender.media(row.stream.line.slot, row.at)) for row in rows}
    assert sizes == {1100, 100}


async def test_every_packet_is_counted_once_at_its_receiver() -> None:
    found = await play(lambda n, data: data)
    assert (found.sent, found.received, found.changed) == (SENT, SENT, 0)
    assert 0 < found.latency_ms_p50 <= found.latency_ms_p99


async def test_what_a_relay_loses_is_missed() -> None:
    found = await play(lambda n, data: None if n in (7, 90) else data)
    assert found.received == SENT - 2
    assert found.faults


async def test_a_packet_that_comes_twice_stands_for_no_other() -> None:
    kept: list[bytes] = []

    def repeat(n: int, data: bytes) -> bytes:
        kept.append(data)
        return kept[n - 1] if n in (7, 90) else data

    found = await play(repeat)
    assert found.received == SENT - 2  # also where its repetition went to the wrong peer


@pytest.mark.parametrize("place", [50, -1])
async def test_a_changed_sample_is_noticed(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.relay.load.SAMPLE_EVERY", 10)

    def change(n: int, data: bytes) -> bytes:
        changed = bytearray(data)
        changed[place] ^= 1
        return bytes(changed)

    found = await play(change)
    assert found.changed > 0
    assert found.received == SENT  # their headers are whole


async def test_calls_join_a_node_and_every_packet_passes_it() -> None:
    load, node = Load(), start_node()
    try:
        headers = {"Authorization": f"Bearer {node.token}"}
        async with ClientSession(node.api, headers=headers) as control:
            assert await load.join(Node(control), 2) > 0
        found = await load.play(node, load.calls, SECONDS)
    finally:
        node.stop()
        load.wire.close()
    assert (found.received, found.changed) == (2 * SENT, 0)
    assert found.cpu_s > 0


async def test_calls_join_although_the_first_of_every_three_datagrams_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load, node, sent = Load(), start_node(), count()
    send = load.wire.send
    monkeypatch.setattr(load.wire, "send", lambda *it: next(sent) % 3 and send(*it))
    try:
        headers = {"Authorization": f"Bearer {node.token}"}
        async with ClientSession(node.api, headers=headers) as control:
            assert await load.join(Node(control), 1) > 0
    finally:
        node.stop()
        load.wire.close()
