"""The filter in the real kernel: who gets through to the process, and who does not."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sfu.io import bpf
from sfu.io.addresses import open_socket
from sfu.io.socket_filter import TIDY_INTERVAL_S, FilterState, PortGuard, SocketFilter

SSRC = 0x0BADCAFE
COOKIE = b"\x21\x12\xa4\x42"
CHECK = b"\x00\x01" + struct.pack("!H", 44) + COOKIE + bytes(12) + bytes(44)
RTP = struct.pack("!BBHII", 0x80, 0xE0, 1, 2, SSRC) + bytes(50)
RTCP = struct.pack("!BBHI", 0x80, 201, 1, SSRC) + bytes(14)
HELLO = b"\x16\xfe\xff" + bytes(60)


class Port:
    """A filtered media socket on loopback, and others that send to it."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.udp = open_socket(host, 0, 65536)
        self.filter = SocketFilter(self.udp, 0)
        self.peer, self.stranger = self._sender(), self._sender()

    def _sender(self) -> socket.socket:
        udp = socket.socket(self.udp.family, socket.SOCK_DGRAM)
        udp.bind((self.host, 0))
        return udp

    def let_in(self, *, ssrcs: frozenset[int] = frozenset()) -> None:
        self.filter.update(frozenset({self.peer.getsockname()[:2]}), ssrcs)

    def passes(self, data: bytes, sender: socket.socket) -> bool:
        """Loopback delivers within `sendto`."""
        sender.sendto(data, self.udp.getsockname()[:2])
        try:
            return self.udp.recv(2048) == data
        except BlockingIOError:
            return False

    def close(self) -> None:
        for udp in (self.udp, self.peer, self.stranger):
            udp.close()


@pytest.fixture(params=["127.0.0.1", "::1"])
def port(request: pytest.FixtureRequest) -> Iterator[Port]:
    port = Port(request.param)
    if port.filter.state is FilterState.OFF:
        port.close()
        pytest.skip("this machine attaches no socket filter")
    yield port
    port.close()


@pytest.mark.parametrize("data", [CHECK, RTP, RTCP, HELLO, b"\x00", b"junk", bytes(1400)])
def test_admitted_address_may_send_anything(port: Port, data: bytes) -> None:
    port.let_in()
    assert port.passes(data, port.peer)


@pytest.mark.parametrize(
    "data",
    [RTP, RTCP, HELLO, b"", b"\x00", b"\x80", b"junk", bytes(1400), bytes(range(256))],
)
def test_stranger_may_not(port: Port, data: bytes) -> None:
    port.let_in()
    assert not port.passes(data, port.stranger)


def test_stranger_may_send_a_check(port: Port) -> None:
    assert port.passes(CHECK, port.stranger)


@pytest.mark.parametrize(
    "data",
    [
        CHECK[:-4],  # shorter than it says
        CHECK + bytes(4),
        CHECK[:4] + bytes(4) + CHECK[8:],  # no cookie
        b"\x01\x01" + CHECK[2:],  # a response
        b"\x00\x11" + CHECK[2:],  # an indication
        b"\x00\x01\x00\x00" + COOKIE + bytes(12),  # no attributes
        b"\x00\x01\x00\x2d" + COOKIE + bytes(57),  # not whole words
    ],
)
def test_stranger_may_send_nothing_that_is_no_check(port: Port, data: bytes) -> None:
    assert not port.passes(data, port.stranger)


@pytest.mark.parametrize("data", [RTP, RTCP])
def test_known_stream_may_come_from_another_address(port: Port, data: bytes) -> None:
    port.let_in(ssrcs=frozenset({SSRC}))
    assert port.passes(data, port.stranger)
    assert not port.passes(
        data.replace(SSRC.to_bytes(4, "big"), b"\x00\x01\x02\x03"), port.stranger
    )


def test_address_that_was_given_up_is_a_strangers_again(port: Port) -> None:
    port.let_in()
    port.filter.update(frozenset(), frozenset())
    assert not port.passes(HELLO, port.peer)


def test_long_lists_find_the_first_the_last_and_no_other(port: Port) -> None:
    many = [(port.host, 1 + n) for n in range(1000)]
    me = port.peer.getsockname()[:2]
    ssrcs = frozenset(range(SSRC - 700, SSRC + 1))
    for place in (0, 199, 200, 201, 999):
        listed = [*many[:place], me, *many[place:]]
        port.filter.update(frozenset(listed) - {port.stranger.getsockname()[:2]}, ssrcs)
        assert port.filter.state is FilterState.EXACT
        assert port.passes(HELLO, port.peer)
        assert not port.passes(HELLO, port.stranger)
        assert port.passes(RTP, port.stranger)


def test_too_many_to_list_lets_in_what_is_shaped_like_ours(port: Port) -> None:
    port.filter.update(frozenset((port.host, n) for n in range(1, 5000)), frozenset())
    assert port.filter.state is FilterState.BROAD
    for data in (CHECK, RTP, RTCP, HELLO):
        assert port.passes(data, port.stranger)
    for data in (b"junk", b"\xff" * 100, b"\x41\x00"):
        assert not port.passes(data, port.stranger)
    port.let_in()
    assert port.filter.state.value == "exact"


def test_refused_filter_leaves_no_former_one_behind(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfu.io.socket_filter._attach", lambda *_: False)
    port.let_in()
    assert port.filter.state is FilterState.OFF
    assert port.passes(b"junk", port.stranger)


def test_kernel_counts_what_it_dropped(port: Port) -> None:
    for _ in range(7):
        port.passes(b"junk", port.stranger)
    assert port.filter.dropped == 7


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_fold_is_that_of_the_program_in_words_and_tells_neighbours_apart(host: str) -> None:
    folds = {bpf.fold(host, port, 0x9E3779B1) for port in range(1024, 65536)}
    assert len(folds) == 65536 - 1024
    assert bpf.fold("fe80::1%eth0", 5, 7) == bpf.fold("fe80::1", 5, 7)


class Guarded:
    """A guard over one filter, with a directory and a core that say what a test wants."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self.peers = SimpleNamespace(addresses=set[Any](), admissions=0, expulsions=0)
        self.core = SimpleNamespace(ssrcs=set[int](), stream_changes=0)
        self.guard = PortGuard([port.filter], cast("Any", self.peers), cast("Any", self.core))

    def admit(self, link: int = 0) -> None:
        self.peers.addresses.add((*self.port.peer.getsockname()[:2], link))
        self.peers.admissions += 1
        self.guard.admit()


@pytest.fixture
def guarded(port: Port) -> Guarded:
    return Guarded(port)


def test_admitted_address_is_let_in_at_once(guarded: Guarded) -> None:
    guarded.admit()
    assert guarded.port.passes(HELLO, guarded.port.peer)


def test_address_of_another_link_is_not_let_in_here(guarded: Guarded) -> None:
    guarded.admit(link=1)
    assert not guarded.port.passes(HELLO, guarded.port.peer)


def test_filter_is_rebuilt_only_when_something_changed(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.admit()
    built = []
    build = bpf.build

    def noting_build(*args: Any, **named: Any) -> bytes | None:
        built.append(args)
        return build(*args, **named)

    monkeypatch.setattr(bpf, "build", noting_build)
    for step in range(100):
        guarded.guard.admit()
        guarded.guard.tidy(now=10.0 + step)
    assert built == []
    guarded.core.ssrcs.add(SSRC)
    guarded.core.stream_changes += 1
    guarded.guard.tidy(now=200.0)
    assert len(built) == 1


def test_streams_and_departures_are_followed_now_and_then(guarded: Guarded) -> None:
    guarded.admit()
    guarded.guard.tidy(now=10.0)
    guarded.core.ssrcs.add(SSRC)
    guarded.core.stream_changes += 1
    guarded.guard.tidy(now=10.0 + TIDY_INTERVAL_S / 2)
    assert not guarded.port.passes(RTP, guarded.port.stranger)
    guarded.guard.tidy(now=10.0 + TIDY_INTERVAL_S)
    assert guarded.port.passes(RTP, guarded.port.stranger)
    guarded.peers.addresses.clear()
    guarded.peers.expulsions += 1
    guarded.guard.tidy(now=10.0 + 2 * TIDY_INTERVAL_S)
    assert not guarded.port.passes(HELLO, guarded.port.peer)
