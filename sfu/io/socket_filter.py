"""Keeps strangers' junk out of the process: a kernel filter on each media socket, kept up to date.

An address that passed its first check must be in the filter before its answer leaves, since the
browser then starts DTLS at once: `admit` is for every step and rebuilds in that very step.
Everything else may wait for `tidy`: a new stream's packets come from an admitted address, and an
address too many lets in what is dropped above anyway.
"""

from __future__ import annotations

import contextlib
import ctypes
import secrets
import socket
import struct
import sys
from collections.abc import Collection
from enum import StrEnum

from sfu.engine.directory import Directory
from sfu.io import bpf
from sfu.relay.seam import PacketCore

TIDY_INTERVAL_S = 0.2
"""A rebuild took 45 µs with one call and 0.57 ms with 40, two addresses a peer (Linux 6.18)."""
_SO_ATTACH_FILTER, _SO_DETACH_FILTER, _SO_MEMINFO = 26, 27, 55  # asm-generic/socket.h
_MEMINFO = struct.Struct("9I")
_MEMINFO_DROPS = 8  # linux/sock_diag.h


class FilterState(StrEnum):
    """What a socket's filter does now; the label of its metric."""

    EXACT = "exact"
    BROAD = "broad"  # too many to list for it or `net.core.optmem_max`: drops shapeless junk alone
    OFF = "off"  # this machine does not let us


class SocketFilter:
    """The filter of one UDP socket."""

    def __init__(self, udp: socket.socket, link: int) -> None:
        """Attach one that lets in checks, and the rest from verified addresses alone.

        Args:
            link: The socket's, as in every `Address` of it.
        """
        self.link = link
        self._socket = udp
        self._version = 6 if udp.family == socket.AF_INET6 else 4
        self._factor = secrets.randbits(32) | 1
        self._admitted: tuple[frozenset[tuple[str, int]], frozenset[int]] | None = None
        self.state = FilterState.OFF
        self.update(frozenset(), frozenset())

    def update(self, addresses: frozenset[tuple[str, int]], ssrcs: frozenset[int]) -> None:
        """Let these in from now on; nothing is done when they are the same as before."""
        if (addresses, ssrcs) == self._admitted:
            return
        self._admitted = (addresses, ssrcs)
        program = bpf.build(addresses, ssrcs, version=self._version, factor=self._factor)
        if program is not None and _attach(self._socket, program):
            self.state = FilterState.EXACT
        elif _attach(self._socket, bpf.build_broad()):
            self.state = FilterState.BROAD
        else:
            _detach(self._socket)  # the former would lock out who came since
            self.state = FilterState.OFF

    @property
    def dropped(self) -> int:
        """Datagrams the kernel dropped at this socket: filtered, or the receive buffer was full."""
        return dropped_by_kernel(self._socket)


class PortGuard:
    """The filters of all links, and who is admitted."""

    def __init__(
        self, filters: Collection[SocketFilter], peers: Directory, core: PacketCore
    ) -> None:
        self._filters = tuple(filters)
        self._peers = peers
        self._core = core
        self._admissions = 0
        self._seen = (0, 0, 0)
        self._tidy_at = 0.0

    def admit(self) -> None:
        """Let in who was just admitted. Cheap when nobody was."""
        if self._peers.admissions != self._admissions:
            self._rebuild()

    def tidy(self, now: float) -> None:
        """Let in new streams and shut out who left, now and then."""
        if now < self._tidy_at:
            return
        self._tidy_at = now + TIDY_INTERVAL_S
        if self._changes() != self._seen:
            self._rebuild()

    def _changes(self) -> tuple[int, int, int]:
        return (self._peers.admissions, self._peers.expulsions, self._core.stream_changes)

    def _rebuild(self) -> None:
        self._seen = self._changes()
        self._admissions = self._peers.admissions
        addresses, ssrcs = self._peers.addresses, frozenset(self._core.ssrcs)
        for each in self._filters:
            here = frozenset((host, port) for host, port, link in addresses if link == each.link)
            each.update(here, ssrcs)


def dropped_by_kernel(udp: socket.socket) -> int:
    """The socket's drop counter, which the kernel keeps in 32 bits; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    try:
        figures = udp.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
    except OSError:
        return 0
    return int(_MEMINFO.unpack(figures)[_MEMINFO_DROPS])


def _attach(udp: socket.socket, program: bytes) -> bool:
    """Put the program in the place of the former; False where the machine does not let us."""
    if sys.platform != "linux":
        return False
    instructions = ctypes.create_string_buffer(program, len(program))
    fprog = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    try:
        udp.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, fprog)
    except OSError:
        return False
    return True


def _detach(udp: socket.socket) -> None:
    with contextlib.suppress(OSError):  # there is none
        udp.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)
