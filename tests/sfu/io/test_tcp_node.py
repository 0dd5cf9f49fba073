"""Media over TCP as a node has it: browsers on loopback whose networks let no UDP pass."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import pytest

from sfu.base.address import Address
from sfu.config import Config
from sfu.io import tcp
from sfu.io.tcp import FIRST_TCP_LINK
from sfu.io.worker import Worker
from sfu.messages import Role, RoomCommand, Transit
from sfu.transport.framing import Deframer, frame
from tests.sfu.io.conftest import TOKEN
from tests.support.browser import VirtualBrowser
from tests.support.waiting import until


class Endpoint(asyncio.Protocol):
    """A virtual browser whose network lets no UDP pass."""

    def __init__(self, browser: VirtualBrowser) -> None:
        self.browser = browser
        self._deframer = Deframer()
        self._loop = asyncio.get_running_loop()
        self._tcp: asyncio.Transport
        self.address: tuple[str, int]
        self.closed = False

    @classmethod
    async def open(cls, browser: VirtualBrowser, server: tuple[str, int]) -> Endpoint:
        loop = asyncio.get_running_loop()
        _, endpoint = await loop.create_connection(lambda: cls(browser), *server)
        endpoint.turn()
        return endpoint

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._tcp = cast("asyncio.Transport", transport)
        self.address = transport.get_extra_info("sockname")
        self._server: Address = (*transport.get_extra_info("peername"), 0)

    def data_received(self, data: bytes) -> None:
        for datagram in self._deframer.feed(data):
            self.browser.receive_datagram(datagram, self._server, self._loop.time())
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True

    def turn(self) -> None:
        """Meet deadlines until closed."""
        if self._tcp.is_closing():
            return
        self.browser.handle_timeout(self._loop.time())
        self.flush()
        self._loop.call_later(0.01, self.turn)

    def flush(self) -> None:
        while (out := self.browser.poll_transmit()) is not None:
            self._tcp.write(frame(out[0]))

    def close(self) -> None:
        self._tcp.close()


Open = Callable[[VirtualBrowser], Awaitable[Endpoint]]


@pytest.fixture
async def dial(worker: Worker) -> AsyncIterator[Open]:
    """Connect browsers to the worker over TCP; closed at the end."""
    made: list[Endpoint] = []

    async def open_one(browser: VirtualBrowser) -> Endpoint:
        made.append(await Endpoint.open(browser, worker.media_addresses[0]))
        return made[-1]

    yield open_one
    for endpoint in made:
        endpoint.close()
    await until(lambda: all(endpoint.closed for endpoint in made))


def join(worker: Worker, browser: VirtualBrowser) -> str:
    worker.run(worker.engine.ensure_room, "r1", RoomCommand())
    peer, answer = worker.join("r1", "alex", Role.PATIENT, browser.offer)
    browser.set_answer(answer, asyncio.get_running_loop().time())
    return peer


async def test_browser_connects_over_tcp_on_the_announced_udp_port(
    worker: Worker, dial: Open
) -> None:
    browser = VirtualBrowser()
    peer = join(worker, browser)
    host, number = worker.media_addresses[0]
    assert f" tcp 1520435199 {host} {number} typ host tcptype passive\r\n" in (browser.answer or "")
    await dial(browser)
    await until(lambda: browser.connected)
    await until(lambda: browser.received_rtcp)  # the node's own signs of life
    assert worker.engine.peers[peer].connected
    (state,) = worker.run(worker.engine.rooms.find("r1").state).peers
    assert state.transit is Transit.TCP
    assert worker.figures().tcp_connections == {"admitted": 1, "stranger": 0}


async def test_closed_connection_is_forgotten_and_the_next_check_brings_the_peer_back(
    worker: Worker, dial: Open
) -> None:
    browser = VirtualBrowser()
    peer = join(worker, browser)
    first = await dial(browser)
    await until(lambda: browser.connected)
    address: Address = (*first.address, FIRST_TCP_LINK)
    assert worker.engine.peers.owner(address) == peer
    first.close()
    await until(lambda: worker.engine.peers.owner(address) is None)
    assert worker.figures().tcp_closed["far_end"] == 1
    await until(lambda: not worker.engine.peers[peer].connected)

    browser.restart_ice(asyncio.get_running_loop().time())
    await dial(browser)
    await until(lambda: worker.engine.peers[peer].connected)
    received = len(browser.received_rtcp)
    await until(lambda: len(browser.received_rtcp) > received)


async def test_connection_of_a_peer_that_left_is_closed(
    worker: Worker, dial: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "ADMISSION_S", 1.0)  # it has to connect within this
    browser = VirtualBrowser()
    peer = join(worker, browser)
    endpoint = await dial(browser)
    await until(lambda: browser.connected)
    worker.run(worker.engine.leave, "r1", peer)
    await until(lambda: endpoint.closed)
    assert browser.remote_closed  # the goodbye came before
    assert worker.figures().tcp_closed["peer_gone"] == 1


async def test_stopped_node_says_goodbye_and_its_successor_has_the_port() -> None:
    worker = Worker(Config(token=TOKEN, announce=("127.0.0.1",), media_port=0))
    await worker.start()
    browser = VirtualBrowser()
    join(worker, browser)
    host, number = worker.media_addresses[0]
    endpoint = await Endpoint.open(browser, (host, number))
    await until(lambda: browser.connected)
    await worker.stop()
    await until(lambda: endpoint.closed)
    assert browser.remote_closed
    successor = Worker(Config(token=TOKEN, announce=("127.0.0.1",), media_port=number))
    await successor.start()
    await successor.stop()


async def test_without_tcp_nobody_listens_and_nothing_is_announced() -> None:
    config = Config(token=TOKEN, announce=("127.0.0.1",), media_port=0, media_tcp=False)
    worker = Worker(config)
    await worker.start()
    browser = VirtualBrowser()
    join(worker, browser)
    assert " tcp " not in (browser.answer or "")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*worker.media_addresses[0])
    await worker.stop()


async def test_two_announced_addresses_of_one_local_share_its_sockets() -> None:
    announce = ("198.51.100.7=127.0.0.1", "127.0.0.1")
    worker = Worker(Config(token=TOKEN, announce=announce, media_port=0))
    await worker.start()
    (public, number), local = worker.media_addresses
    await worker.stop()
    assert (public, local) == ("198.51.100.7", ("127.0.0.1", number))
    assert len(worker.figures().receive_buffer_bytes) == 1
