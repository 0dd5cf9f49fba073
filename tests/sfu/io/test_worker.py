"""The worker: one step at a time, and one bad peer never takes the node with it."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import struct
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sfu.base.address import Address
from sfu.base.media import Slot
from sfu.config import Config
from sfu.errors import ConfigError
from sfu.io.load import RELAY_EVERY, LoadMeter
from sfu.io.worker import Draining, Worker
from sfu.messages import (
    Cause,
    ClockState,
    EventFrame,
    PeerClosed,
    PeerClosedReason,
    PeerReported,
    Role,
    RoomCommand,
)
from sfu.relay.seam import PeerReport
from tests.sfu.io.conftest import TOKEN
from tests.support.browser import VirtualBrowser
from tests.support.waiting import until

CHECK = b"\x00\x01\x00\x2c\x21\x12\xa4\x42" + bytes(56)
"""A connectivity check by its shape."""
opened: list[Endpoint] = []


class Endpoint(asyncio.DatagramProtocol):
    """A virtual browser on a real socket, driven by the real clock."""

    def __init__(self, browser: VirtualBrowser) -> None:
        self.browser = browser
        self._udp: Any = None
        self._loop = asyncio.get_running_loop()

    @classmethod
    async def open(cls, browser: VirtualBrowser) -> Endpoint:
        loop = asyncio.get_running_loop()
        _, endpoint = await loop.create_datagram_endpoint(
            lambda: cls(browser), local_addr=("127.0.0.1", 0)
        )
        opened.append(endpoint)
        endpoint.turn()
        return endpoint

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._udp = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.browser.receive_datagram(data, (*addr, 0), self._loop.time())
        self.flush()

    def turn(self) -> None:
        """Meet deadlines until closed."""
        if self._udp.is_closing():
            return
        self.browser.handle_timeout(self._loop.time())
        self.flush()
        self._loop.call_later(0.01, self.turn)

    def flush(self) -> None:
        while (out := self.browser.poll_transmit()) is not None:
            self._udp.sendto(out[0], out[1][:2])

    @property
    def address(self) -> Address:
        return (*self._udp.get_extra_info("sockname"), 0)

    def close(self) -> None:
        self._udp.close()


@pytest.fixture(autouse=True)
async def endpoints() -> AsyncIterator[list[Endpoint]]:
    """Every endpoint a test opened, closed at its end."""
    opened.clear()
    yield opened
    for endpoint in opened:
        endpoint.close()
    await asyncio.sleep(0)


async def connect(worker: Worker, role: Role, seed: int) -> tuple[str, Endpoint]:
    worker.run(worker.engine.ensure_room, "r1", RoomCommand())
    browser = VirtualBrowser(seed=seed)
    peer, answer = worker.join("r1", role.value, role, browser.offer)
    browser.set_answer(answer, asyncio.get_running_loop().time())
    endpoint = await Endpoint.open(browser)
    await until(lambda: browser.connected)
    return peer, endpoint


def events(worker: Worker, kind: type) -> list[Any]:
    told = [EventFrame.model_validate_json(frame).event for frame in worker.events._ring]
    return [event for event in told if isinstance(event, kind)]


async def test_browser_connects_over_a_real_socket(worker: Worker) -> None:
    await connect(worker, Role.PATIENT, 1)
    figures = worker.figures()
    assert (figures.rooms, figures.connected_peers) == (1, 1)
    assert figures.received_datagrams >= 4
    assert figures.sent_bytes > 500


async def test_timers_of_the_engine_fire_without_any_packet(worker: Worker) -> None:
    peer, endpoint = await connect(worker, Role.PATIENT, 1)
    endpoint.browser.vanish()
    # The engine sends a sign of life every 150 ms on its own.
    sent = worker.sent_datagrams
    await until(lambda: worker.sent_datagrams >= sent + 3)
    assert peer in worker.engine.peers


async def test_peer_whose_packet_raises_is_closed_alone_and_logged_once(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    bad, bad_endpoint = await connect(worker, Role.PATIENT, 1)
    good, _ = await connect(worker, Role.THERAPIST, 2)
    caplog.clear()
    real = worker.engine.core.receive_datagram

    def broken(data: bytes, addr: Address, now: float) -> None:
        if addr == bad_endpoint.address:
            raise ValueError("secret of 192.0.2.1")
        real(data, addr, now)

    worker.engine.core.receive_datagram = broken  # type: ignore[method-assign]
    bad_endpoint.browser.send_raw(b"\x80" + bytes(20))
    bad_endpoint.flush()
    await until(lambda: events(worker, PeerClosed))
    (closed,) = events(worker, PeerClosed)
    assert (closed.peer, closed.reason) == (bad, PeerClosedReason.FAILED)
    assert worker.figures().peer_errors == 1
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "ValueError at test_worker.py" in errors[0].getMessage()
    assert "secret" not in caplog.text
    assert worker.engine.peers[good].connected


async def test_peer_whose_deadline_raises_is_closed_alone(worker: Worker) -> None:
    bad, _ = await connect(worker, Role.PATIENT, 1)
    good, _ = await connect(worker, Role.THERAPIST, 2)
    real = worker.engine.core.report
    number = worker.engine.peers[bad].number

    def broken(peer: int, now: float) -> PeerReport:
        if peer == number:
            raise ValueError
        return real(peer, now)

    worker.engine.core.report = broken  # type: ignore[method-assign]
    await until(lambda: events(worker, PeerClosed))
    (closed,) = events(worker, PeerClosed)
    assert (closed.peer, closed.reason) == (bad, PeerClosedReason.FAILED)
    told = len(events(worker, PeerReported))
    await until(lambda: len(events(worker, PeerReported)) > told)  # the other's timers go on
    assert worker.engine.peers[good].closed is None


async def test_error_that_strangers_can_cause_is_logged_once(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(data: bytes, addr: Address, now: float) -> None:
        raise ValueError

    worker.engine.receive_datagram = broken  # type: ignore[method-assign]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(5):
            stranger.sendto(CHECK, worker.media_addresses[0])
        await until(lambda: worker.figures().peer_errors == 5)
    assert len(caplog.records) == 1


async def test_error_of_a_command_is_the_callers(worker: Worker) -> None:
    def broken(now: float) -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        worker.run(broken)
    assert worker.figures().peer_errors == 0


async def test_what_the_node_could_not_send_is_its_own_fault(worker: Worker) -> None:
    """Feedback calls it lost; no browser's line is blamed for it."""
    await connect(worker, Role.PATIENT, 1)

    def causes() -> list[Cause]:
        told = events(worker, PeerReported)
        return [each.peer.quality.cause for each in told if each.peer.quality is not None]

    await until(lambda: bool(causes()))
    (link,) = worker.links
    link.pause_writing()
    worker._send(b"lost", ("127.0.0.1", 9, 0))
    link.resume_writing()
    await until(lambda: worker.engine.measuring.health.health(time.monotonic()).socket_drops == 1)
    before = len(causes())
    await until(lambda: len(causes()) > before)
    assert causes()[-1] is Cause.SERVER


async def test_a_draining_node_begins_no_check_by_itself(worker: Worker) -> None:
    worker.draining = True
    assert worker.engine.measuring.is_draining
    worker.draining = False
    assert not worker.engine.measuring.is_draining


async def test_draining_node_takes_peers_of_begun_visits_alone(worker: Worker) -> None:
    for room, is_open in (("begun", True), ("new", False)):
        worker.run(worker.engine.ensure_room, room, RoomCommand(gate_open=is_open))
    worker.draining = True
    with pytest.raises(Draining):
        worker.join("new", "p", Role.PATIENT, VirtualBrowser().offer)
    worker.join("begun", "p", Role.PATIENT, VirtualBrowser().offer)


async def test_visit_whose_patient_was_sent_back_is_begun(worker: Worker) -> None:
    begun = ClockState(started_at=datetime.now(UTC), wall_s=5, connected_s=5)
    worker.run(worker.engine.ensure_room, "held", RoomCommand(gate_open=False, clock=begun))
    worker.draining = True
    worker.join("held", "p", Role.PATIENT, VirtualBrowser().offer)


async def test_stopped_node_takes_no_peer_of_a_begun_visit_either() -> None:
    worker = Worker(Config(token=TOKEN, announce=("127.0.0.1",), media_port=0))
    await worker.start()
    worker.run(worker.engine.ensure_room, "begun", RoomCommand(gate_open=True))
    await worker.stop()
    with pytest.raises(Draining):
        worker.join("begun", "p", Role.PATIENT, VirtualBrowser().offer)


async def test_stopped_node_says_goodbye_and_frees_its_port() -> None:
    worker = Worker(Config(token=TOKEN, announce=("127.0.0.1",), media_port=0))
    await worker.start()
    _, endpoint = await connect(worker, Role.PATIENT, 1)
    await worker.stop()
    await until(lambda: endpoint.browser.remote_closed)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(worker.media_addresses[0])


async def test_stopped_node_sets_no_timer_any_more() -> None:
    worker = Worker(Config(token=TOKEN, announce=("127.0.0.1",), media_port=0))
    await worker.start()
    await connect(worker, Role.PATIENT, 1)
    await worker.stop()
    sent = worker.sent_datagrams
    worker.run(worker.engine.rooms.states)
    await asyncio.sleep(0.3)  # twice the interval of its signs of life
    assert worker.sent_datagrams == sent


async def test_taken_port_is_a_config_error_and_leaves_no_socket_open() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        config = Config(token=TOKEN, announce=("127.0.0.2", "127.0.0.1"), media_port=port)
        with pytest.raises(ConfigError, match=f"UDP port {port}"):
            await Worker(config).start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.2", port))  # the first one was closed again


async def test_lifecycle_is_logged_without_address_or_sdp(
    worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="sfu")
    peer, _ = await connect(worker, Role.PATIENT, 1)
    worker.run(worker.engine.set_gate, "r1", True)
    worker.run(worker.engine.leave, "r1", peer)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("sfu")]
    assert lines == [
        f"room r1: {peer} joined as patient",
        f"room r1: {peer} peer_connected",
        "room r1: gate open",
        f"room r1: {peer} closed, left",
    ]
    assert not re.search(r"127\.0\.0\.1|a=|v=0", caplog.text)


async def test_figures_name_every_drop_reason(worker: Worker) -> None:
    _, endpoint = await connect(worker, Role.PATIENT, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        stranger.sendto(CHECK, worker.media_addresses[0])
        await until(lambda: worker.figures().dropped["unauthenticated_check"] == 1)  # the engine's
        with pytest.raises(BlockingIOError):  # no answer
            stranger.recv(2048)
    endpoint.browser.send_raw(b"\x80" + bytes(30))
    endpoint.flush()
    await until(lambda: worker.figures().dropped["unknown_ssrc"] == 1)  # the packet core's


async def test_one_in_64_datagrams_that_is_relayed_is_timed(worker: Worker) -> None:
    _, patient = await connect(worker, Role.PATIENT, 1)
    _, therapist = await connect(worker, Role.THERAPIST, 2)
    worker.run(worker.engine.set_gate, "r1", True)
    timed = worker.meter.relays_s
    relayed = worker.sent_datagrams
    for endpoint in (patient, therapist):
        line = endpoint.browser.lines[Slot.AUDIO]
        for seq in range(200):
            head = struct.pack("!BBHII", 0x80, line.codecs[0].pt, seq, 960 * seq, line.up_ssrc)
            endpoint.browser.send_rtp(head + bytes(80))
        endpoint.flush()
    await until(lambda: worker.sent_datagrams >= relayed + 300)
    assert 1 <= sum(timed.counts) <= (worker.received_datagrams // RELAY_EVERY)
    assert 0 < timed.total < sum(timed.counts)
    for kind in ("received", "sent"):
        assert sum(each.count for each in getattr(worker.engine.tally, kind).values()) > 2


async def test_strangers_junk_ends_in_the_kernel_and_is_counted(worker: Worker) -> None:
    _, endpoint = await connect(worker, Role.PATIENT, 1)
    if worker.figures().filter_states != {"0": "exact"}:
        pytest.skip("this machine attaches no socket filter")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for _ in range(20):
            stranger.sendto(b"\x16" + bytes(30), worker.media_addresses[0])
            stranger.sendto(b"\x80" + bytes(30), worker.media_addresses[0])
    dropped = worker.figures().dropped
    assert worker.figures().kernel_drops == {"0": 40}
    endpoint.browser.send_raw(b"\x80" + bytes(30))  # comes after them
    endpoint.flush()
    await until(lambda: worker.figures().dropped["unknown_ssrc"] == 1)
    assert dropped["unchecked_handshake"] == dropped["unknown_address"] == 0


async def test_media_from_a_rebound_port_is_received_at_once(worker: Worker) -> None:
    peer, endpoint = await connect(worker, Role.PATIENT, 1)
    browser = endpoint.browser
    line = browser.lines[Slot.AUDIO]
    assert line.up_ssrc is not None
    number = worker.engine.peers[peer].number
    (kernel,) = worker.filters
    await until(lambda: kernel._admitted is not None and line.up_ssrc in kernel._admitted[1])
    before = worker.engine.core.report(number, time.monotonic()).packets_received
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rebound:
        head = struct.pack("!BBHII", 0x80, line.codecs[0].pt, 7, 960, line.up_ssrc)
        browser.send_rtp(head + bytes(80))
        while (out := browser.poll_transmit()) is not None:
            rebound.sendto(out[0], out[1][:2])
    await until(
        lambda: worker.engine.core.report(number, time.monotonic()).packets_received > before
    )


async def test_load_meter_sees_a_loop_that_was_blocked() -> None:
    meter = LoadMeter()
    assert (meter.lag_p95_s, meter.cpu_ratio) == (0.0, 0.0)
    meter.start()
    await asyncio.sleep(0)
    busy_until = asyncio.get_running_loop().time() + 0.25
    while asyncio.get_running_loop().time() < busy_until:
        pass
    await until(lambda: len(meter._cpu) >= 2)
    meter.stop()
    assert 0.1 < meter.lags_s.total < 2.0
    assert sum(meter.lags_s.counts) >= 2
