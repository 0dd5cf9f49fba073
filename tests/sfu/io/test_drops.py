"""Whose socket it was that had no room for a datagram."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from sfu.io.addresses import open_socket
from sfu.io.drops import INTERVAL_S, DropWatch
from sfu.io.socket_filter import SocketFilter
from sfu.io.udp import UdpLink

LOOKS = 5
pytestmark = pytest.mark.skipif(
    not os.path.exists("/proc/self/net/snmp"), reason="needs Linux' /proc"
)


def flood(target: socket.socket, guard: SocketFilter | None = None) -> None:
    """Send more than fits, media of a peer that is admitted."""
    with socket.socket(target.family, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        if guard is not None:
            guard.update(frozenset({udp.getsockname()[:2]}), frozenset())
        for _ in range(200):
            udp.sendto(b"\x80" + bytes(999), target.getsockname()[:2])


def test_a_full_buffer_of_our_own_is_counted_once() -> None:
    with open_socket("127.0.0.1", 0, 2048) as ours:
        guard = SocketFilter(ours, 0)
        watch = DropWatch([guard])
        flood(ours, guard)
        assert watch.look(1.0) > 100
        assert watch.look(1.0 + INTERVAL_S) == 0


def test_another_process_s_full_buffer_is_not_ours() -> None:
    with open_socket("127.0.0.1", 0, 2048) as ours, open_socket("127.0.0.1", 0, 2048) as others:
        watch = DropWatch([SocketFilter(ours, 0)])
        flood(others)
        assert watch.look(1.0) == 0


def test_what_our_filter_drops_is_a_stranger_s() -> None:
    with open_socket("127.0.0.1", 0, 2048) as ours:
        guard = SocketFilter(ours, 0)
        watch = DropWatch([guard])
        looks = []
        for number in range(LOOKS):  # what others on this machine lost in that moment counts too
            flood(ours)
            looks.append(watch.look(1.0 + number * INTERVAL_S))
        assert guard.dropped > 100 * LOOKS
        assert 0 in looks


def test_a_socket_that_is_opened_later_is_watched_from_then_on() -> None:
    filters: list[SocketFilter] = []
    watch = DropWatch(filters)
    with open_socket("127.0.0.1", 0, 2048) as ours:
        filters.append(SocketFilter(ours, 0))
        flood(ours, filters[0])
        assert watch.look(1.0) > 100


def test_it_looks_once_a_second() -> None:
    with open_socket("127.0.0.1", 0, 2048) as ours:
        guard = SocketFilter(ours, 0)
        watch = DropWatch([guard])
        watch.look(1.0)
        flood(ours, guard)
        assert watch.look(1.0 + INTERVAL_S / 2) == 0
        assert watch.look(1.0 + INTERVAL_S) > 100


def test_what_was_not_sent_for_want_of_room_is_counted_once() -> None:
    link = UdpLink(open_socket("127.0.0.1", 0, 2048), 0, lambda data, addr: None)
    watch = DropWatch([], [link])
    link.error_received(OSError(errno.ENOBUFS, "no buffers"))
    link.error_received(OSError(errno.ECONNREFUSED, "gone"))
    assert [watch.look(1.0), watch.look(1.0 + INTERVAL_S)] == [1, 0]
    link.close()
