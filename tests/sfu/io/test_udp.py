"""One socket per address: replies leave from where the peer was heard."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator

import pytest

from sfu.base.address import Address
from sfu.config import Config
from sfu.errors import ConfigError
from sfu.io.addresses import announced, default_addresses, open_socket
from sfu.io.udp import UdpLink, granted_buffer_bytes, receive_buffer_errors

TOKEN = "0123456789abcdef"


class Heard(asyncio.Queue[tuple[bytes, Address]]):
    def __call__(self, data: bytes, addr: Address) -> None:
        self.put_nowait((data, addr))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=["127.0.0.1", "::1"])
async def link(request: pytest.FixtureRequest, heard: Heard) -> AsyncIterator[UdpLink]:
    link = UdpLink(open_socket(request.param, 0, 256 * 1024), 3, heard)
    await link.open()
    yield link
    link.close()
    await asyncio.sleep(0)


def stranger(link: UdpLink) -> socket.socket:
    family = socket.AF_INET6 if ":" in link.local[0] else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((link.local[0], 0))
    udp.settimeout(2)
    return udp


async def test_datagram_comes_with_its_sender_and_link(link: UdpLink, heard: Heard) -> None:
    with stranger(link) as udp:
        udp.sendto(b"hello", link.local)
        data, addr = await asyncio.wait_for(heard.get(), 20)
        assert data == b"hello"
        assert addr == (*udp.getsockname()[:2], 3)


async def test_reply_leaves_from_the_address_that_heard(link: UdpLink, heard: Heard) -> None:
    with stranger(link) as udp:
        udp.sendto(b"hello", link.local)
        _, addr = await asyncio.wait_for(heard.get(), 20)
        link.send(b"back", addr)
        data, sender = await asyncio.to_thread(udp.recvfrom, 100)
        assert (data, sender[:2]) == (b"back", link.local)


async def test_send_after_close_does_nothing(link: UdpLink) -> None:
    link.close()
    link.send(b"late", ("127.0.0.1", 9, 3))
    link.close()


async def test_what_the_kernel_does_not_take_is_lost_and_counted(
    link: UdpLink, heard: Heard
) -> None:
    with stranger(link) as udp:
        address = (*udp.getsockname()[:2], 3)
        link.pause_writing()
        link.send(b"lost", address)
        link.resume_writing()
        link.send(b"sent", address)
        data, _ = await asyncio.to_thread(udp.recvfrom, 100)
    assert data == b"sent"
    assert (link.errors, link.unsent) == (1, 1)


@pytest.mark.parametrize(
    ("number", "unsent"),
    [(errno.ENOBUFS, 1), (errno.EAGAIN, 1), (errno.ECONNREFUSED, 0), (errno.EHOSTUNREACH, 0)],
    ids=["no buffers", "try again", "peer is gone", "no way to the peer"],
)
async def test_a_peer_that_is_gone_is_no_lack_of_room(
    link: UdpLink, number: int, unsent: int
) -> None:
    link.error_received(OSError(number, os.strerror(number)))
    assert (link.errors, link.unsent) == (1, unsent)


@pytest.mark.skipif(not os.path.exists("/proc/self/net/snmp"), reason="needs Linux' /proc")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_datagrams_that_find_the_buffer_full_are_counted(host: str) -> None:
    before = receive_buffer_errors()
    with open_socket(host, 0, 2048) as full, socket.socket(full.family, socket.SOCK_DGRAM) as udp:
        for _ in range(200):
            udp.sendto(bytes(1000), full.getsockname()[:2])
    assert receive_buffer_errors() - before > 100


async def test_granted_buffer_is_what_the_kernel_says(link: UdpLink) -> None:
    # A machine may grant less than asked (net.core.rmem_max), never nothing.
    assert 4096 <= link.granted_bytes <= 256 * 1024


def test_larger_request_is_granted_more() -> None:
    with (
        open_socket("127.0.0.1", 0, 64 * 1024) as small,
        open_socket("127.0.0.1", 0, 128 * 1024) as large,
    ):
        assert granted_buffer_bytes(small) < granted_buffer_bytes(large)


def test_taken_port_is_refused_in_words_without_the_address() -> None:
    with open_socket("127.0.0.1", 0, 65536) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigError, match=f"UDP port {port}") as caught:
            open_socket("127.0.0.1", port, 65536)
        assert "127.0.0.1" not in str(caught.value)


def test_address_of_another_machine_is_refused_in_words() -> None:
    with pytest.raises(ConfigError, match="VISAVIS_ANNOUNCE=public=local"):
        open_socket("192.0.2.77", 0, 65536)


def test_default_addresses_are_never_wildcard_or_loopback() -> None:
    for address in default_addresses():
        assert address not in ("0.0.0.0", "::", "::1")
        assert not address.startswith("127.")


def test_no_route_falls_back_to_loopback_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sfu.io.addresses.default_addresses", lambda: ())
    assert announced(Config(token=TOKEN)) == (("127.0.0.1", "127.0.0.1"),)
    assert "no default route" in caplog.text
    assert "VISAVIS_ANNOUNCE" in caplog.text


def test_announced_and_bound_address_go_in_pairs() -> None:
    config = Config(token=TOKEN, announce=("198.51.100.7=10.0.0.7", "10.0.0.7"))
    assert announced(config) == (("198.51.100.7", "10.0.0.7"), ("10.0.0.7", "10.0.0.7"))


def test_announced_address_is_bound_where_nothing_else_is_said() -> None:
    config = Config(token=TOKEN, announce=("198.51.100.7", "2001:db8::7"))
    assert announced(config) == (
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8::7", "2001:db8::7"),
    )
