"""Connections over TCP without an engine: framing, strangers, and peers who read slowly."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

from sfu.base.address import Address
from sfu.base.stats import DropReason
from sfu.io import tcp
from sfu.io.backlog import MAX_PICTURE_BYTES
from sfu.io.tcp import FIRST_TCP_LINK, CloseReason, TcpLinks, open_listener
from sfu.transport.framing import Deframer, frame
from tests.sfu.transport.test_ice import make_check
from tests.support.waiting import until

CHECK = make_check()
OTHER_CHECK = make_check()
PICTURE = b"\x80" + bytes(1100)
SOUND = b"\x81" + bytes(100)
QUICK_S = 0.2
Run = Callable[[Coroutine[Any, Any, None]], None]


class Port:
    """Connections without an engine: `CHECK` admits its address."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, Address]] = []
        self.lost: list[Address] = []
        self.owners: dict[Address, str] = {}
        self.links = TcpLinks(
            on_datagram=self._hear, on_closed=self.lost.append, owner=self.owners.get
        )
        listener = open_listener("127.0.0.1", 0)
        self.number: int = listener.getsockname()[1]
        self.links.add_listener(listener)

    def _hear(self, data: bytes, addr: Address) -> None:
        self.heard.append((data, addr))
        if data == CHECK:
            self.owners[addr] = "peer"

    async def visitor(
        self, host: str = "127.0.0.1", *, first: bytes = b"", receive_bytes: int = 0
    ) -> socket.socket:
        """Connect from an address of this machine, and send at once what comes first."""
        visitor = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_bytes:
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        visitor.bind((host, 0))
        visitor.setblocking(False)
        known = len(self.links.connections) + sum(self.links.closed.values())
        await asyncio.get_running_loop().sock_connect(visitor, ("127.0.0.1", self.number))
        visitor.send(first)
        await until(lambda: len(self.links.connections) + sum(self.links.closed.values()) > known)
        return visitor

    async def peer(self, **how: Any) -> tuple[socket.socket, Address]:
        """Connect, and be admitted."""
        known = len(self.owners)
        visitor = await self.visitor(first=frame(CHECK), **how)
        await until(lambda: len(self.owners) > known)
        return visitor, [*self.owners][-1]

    async def close(self) -> None:
        """End every connection, and wait until the loop has let go of them."""
        self.links.close()
        await until(lambda: not self.links.connections)
        await asyncio.sleep(0)  # one that was cut lets go a turn later


@pytest.fixture
async def port() -> AsyncIterator[Port]:
    port = Port()
    await port.links.open()
    yield port
    await port.close()


@pytest.fixture
def opened() -> Iterator[list[socket.socket]]:
    sockets: list[socket.socket] = []
    yield sockets
    for each in sockets:
        each.close()


async def told(visitor: socket.socket) -> bytes:
    """The next bytes that come; none when the other end closed or broke the connection."""
    try:
        return await asyncio.wait_for(
            asyncio.get_running_loop().sock_recv(visitor, 65536), timeout=5
        )
    except ConnectionResetError:
        return b""


async def test_datagrams_come_with_their_sender_and_a_link_of_its_own(port: Port) -> None:
    first, addr = await port.peer()
    second, other = await port.peer()
    with first, second:
        assert addr[:2] == first.getsockname()
        assert other[:2] == second.getsockname()
        assert FIRST_TCP_LINK <= addr[2] < other[2]
        first.send(frame(PICTURE) + frame(SOUND))
        await until(lambda: len(port.heard) == 4)
        assert port.heard[2:] == [(PICTURE, addr), (SOUND, addr)]


async def test_frame_cut_in_bytes_is_one_datagram(port: Port) -> None:
    visitor = await port.visitor()
    with visitor:
        for byte in frame(CHECK):
            visitor.send(bytes([byte]))
            await asyncio.sleep(0)
        await until(lambda: port.heard)
        assert port.heard[0][0] == CHECK


async def test_answer_leaves_framed_on_the_connection_that_asked(port: Port) -> None:
    visitor, addr = await port.peer()
    with visitor:
        port.links.send(PICTURE, addr)
        port.links.send(SOUND, addr)
        assert await told(visitor) == frame(PICTURE) + frame(SOUND)


async def test_datagram_for_a_connection_that_is_gone_is_counted(port: Port) -> None:
    visitor, addr = await port.peer()
    visitor.close()
    await until(lambda: port.lost)
    port.links.send(SOUND, addr)
    assert port.links.stats.dropped[DropReason.NO_ADDRESS] == 1


async def test_connections_have_what_keeps_them_quick_and_mortal(port: Port) -> None:
    visitor, addr = await port.peer()
    with visitor:
        inside = port.links.connections[addr[2]]._tcp.get_extra_info("socket")
        level = socket.IPPROTO_TCP
        assert inside.getsockopt(level, socket.TCP_NODELAY)
        assert inside.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert inside.getsockopt(level, socket.TCP_KEEPIDLE) == 15
        assert inside.getsockopt(level, socket.TCP_NOTSENT_LOWAT) == tcp.UNSENT_BYTES
        assert inside.getsockopt(level, socket.TCP_USER_TIMEOUT) == 30_000


@pytest.mark.parametrize(
    "says",
    [b"", b"\x00", frame(OTHER_CHECK)[:-1], frame(OTHER_CHECK)],
    ids=["nothing", "one byte", "half a check", "a check of nobody"],
)
async def test_stranger_without_a_good_check_is_closed_in_time_without_a_word(
    port: Port, says: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "ADMISSION_S", QUICK_S)
    visitor = await port.visitor()
    with visitor:
        visitor.send(says)
        assert await told(visitor) == b""
    assert port.links.closed[CloseReason.UNCHECKED] == 1
    assert not port.links.connections


async def test_stranger_who_dribbles_gets_no_more_time(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "ADMISSION_S", QUICK_S)
    visitor = await port.visitor()
    with visitor:
        async with asyncio.timeout(20):
            while port.links.connections:
                visitor.send(b"\0")  # null frames, without end
                await asyncio.sleep(0.01)
    assert port.links.closed[CloseReason.UNCHECKED] == 1


@pytest.mark.parametrize(
    "says", [PICTURE, b"\x16" + bytes(100), b"P"], ids=["media", "handshake", "text"]
)
async def test_stranger_who_says_anything_but_a_check_is_closed_unheard(
    port: Port, says: bytes
) -> None:
    visitor = await port.visitor()
    with visitor:
        visitor.send(frame(says) + frame(CHECK))
        assert await told(visitor) == b""
    assert port.links.closed[CloseReason.NOT_A_CHECK] == 1
    assert port.heard == []


async def test_stranger_may_not_check_without_end(port: Port) -> None:
    visitor = await port.visitor()
    with visitor:
        visitor.send(frame(OTHER_CHECK) * (tcp.MAX_STRANGER_FRAMES + 10))
        assert await told(visitor) == b""
    assert port.links.closed[CloseReason.NOT_A_CHECK] == 1
    assert len(port.heard) == tcp.MAX_STRANGER_FRAMES


@pytest.mark.parametrize(
    "says", [b"GET / HTTP/1.1\r\n\r\n", (1501).to_bytes(2, "big")], ids=["http", "1501"]
)
async def test_frame_longer_than_a_datagram_closes(port: Port, says: bytes) -> None:
    stranger, (peer, _) = await port.visitor(), await port.peer()
    with stranger, peer:
        for visitor in (stranger, peer):
            visitor.send(says)
            assert await told(visitor) == b""
    assert port.links.closed[CloseReason.FRAME_TOO_LONG] == 2


async def test_oldest_stranger_of_a_network_makes_room_and_peers_do_not(
    port: Port, opened: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_STRANGERS_PER_NETWORK", 2)
    peer, addr = await port.peer()
    opened += [peer, await port.visitor("127.0.0.2")]
    opened += [await port.visitor() for _ in range(3)]
    assert await told(opened[2]) == b""
    assert port.links.census() == {"admitted": 1, "stranger": 3}
    assert port.links.closed[CloseReason.CROWDED_OUT] == 1
    opened[4].send(frame(CHECK))  # the newest is served as if there were no crowd
    await until(lambda: port.links.census()["admitted"] == 2)
    assert addr[2] in port.links.connections


async def test_oldest_stranger_of_all_makes_room(
    port: Port, opened: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_STRANGERS", 3)
    opened += [await port.visitor(f"127.0.0.{n}") for n in range(1, 6)]
    assert [await told(visitor) for visitor in opened[:2]] == [b"", b""]
    assert port.links.census() == {"admitted": 0, "stranger": 3}


async def test_connection_whose_address_is_nobodys_any_more_is_closed(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "ADMISSION_S", QUICK_S)
    visitor, addr = await port.peer()
    with visitor:
        await asyncio.sleep(2.5 * QUICK_S)
        assert addr[2] in port.links.connections
        port.owners.clear()
        assert await told(visitor) == b""
    assert port.links.closed[CloseReason.PEER_GONE] == 1
    assert port.lost == [addr]


async def slow_receiver() -> None:
    port = Port()
    await port.links.open()
    visitor, addr = await port.peer(receive_bytes=4096)
    with visitor:
        rounds, pictures_each = 100, 10  # seconds of a call, before the receiver reads at all
        for _ in range(rounds):
            for _ in range(pictures_each):
                port.links.send(PICTURE, addr)
            port.links.send(SOUND, addr)
            await asyncio.sleep(0)
        waiting = port.links.connections[addr[2]]._tcp.get_write_buffer_size()
        assert waiting <= tcp.UNSENT_BYTES + 2 * len(PICTURE)
        lost = port.links.stats.dropped[DropReason.SLOW_RECEIVER]
        assert lost > 0
        pictures = rounds * pictures_each - lost
        deframer, came = Deframer(), list[bytes]()
        while len(came) < pictures + rounds:
            came += deframer.feed(await told(visitor))
    await port.close()
    assert came.count(SOUND) == rounds, "no sound was lost"
    assert came.count(PICTURE) == pictures
    overtaken = came[::-1].index(SOUND) * len(PICTURE)
    assert MAX_PICTURE_BYTES / 2 < overtaken <= MAX_PICTURE_BYTES


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_slow_receiver_loses_picture_and_keeps_every_sound(run: Run) -> None:
    """On both loops: a node runs on uvloop, whose transports are not asyncio's."""
    run(slow_receiver())


async def steady_receiver() -> None:
    port = Port()
    await port.links.open()
    visitor, addr = await port.peer()
    with visitor:
        for _ in range(50):
            for _ in range(40):  # a large key frame at once
                port.links.send(PICTURE, addr)
            deframer, came = Deframer(), list[bytes]()
            while len(came) < 40:
                came += deframer.feed(await told(visitor))
    await port.close()
    assert port.links.stats.dropped[DropReason.SLOW_RECEIVER] == 0


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_receiver_that_reads_gets_every_key_frame_whole(run: Run) -> None:
    run(steady_receiver())
