"""One UDP socket that speaks for every peer, each under its own address of 127.0.0.0/8.

Hundreds of packets go out or come in by one system call, so that the load starves nobody. The
structures are those of Linux on 64-bit machines (`man sendmmsg`, `man 7 ip`).
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LIBC = ctypes.CDLL(None, use_errno=True)
_MESSAGE = np.dtype(
    {
        "names": ["name", "namelen", "iov", "iovlen", "control", "controllen", "flags", "size"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
"""struct mmsghdr"""
_IOVEC = np.dtype([("base", "u8"), ("size", "u8")])
_PKTINFO = np.dtype(
    [("size", "u8"), ("level", "i4"), ("type", "i4"), ("link", "i4"), ("source", "S4"), ("_", "S8")]
)
"""struct cmsghdr and in_pktinfo, padded to whole words"""
_CONTROL = np.dtype(
    {
        "names": ["seconds", "nanoseconds", "local"],
        "formats": ["i8", "i8", ">u4"],
        "offsets": [16, 24, 56],
        "itemsize": 64,
    }
)
"""What `SO_TIMESTAMPNS` and then `IP_PKTINFO` leave: two control messages of 32 bytes."""
_IP_PKTINFO, _SO_TIMESTAMPNS = 8, 35
_BATCH = 512
_SLOT_BYTES = 2048
_BUFFER_BYTES = 16 << 20


Endpoint = tuple[str, int]
"""IPv4 address and port."""


@dataclass(frozen=True, slots=True)
class Datagram:
    data: bytes
    source: str
    """Address of the peer that sends it."""


class Outbox:
    """Datagrams, laid out so that the kernel takes any run of them at once."""

    def __init__(self, datagrams: Sequence[Datagram], to: Endpoint | Sequence[Endpoint]) -> None:
        """Lay them out.

        Args:
            to: Where all of them go, or where each does.
        """
        count = len(datagrams)
        goals = [to] * count if isinstance(to, tuple) else to
        sizes = np.array([len(d.data) for d in datagrams], np.uint64)
        self._bytes = np.frombuffer(b"".join(d.data for d in datagrams), np.uint8)
        places = {goal: number for number, goal in enumerate(dict.fromkeys(goals))}
        self._names = np.frombuffer(b"".join(map(_name, places)), np.uint8).reshape(-1, 16)
        self._iovecs = np.zeros(count, _IOVEC)
        self._iovecs["base"] = self._bytes.ctypes.data + np.cumsum(sizes) - sizes
        self._iovecs["size"] = sizes
        self._controls = np.zeros(count, _PKTINFO)
        self._controls["size"] = 28
        self._controls["type"] = _IP_PKTINFO
        self._controls["source"] = [socket.inet_aton(d.source) for d in datagrams]
        self._messages = np.zeros(count, _MESSAGE)
        self._messages["name"] = _addresses(self._names)[[places[goal] for goal in goals]]
        self._messages["namelen"] = 16
        self._messages["iov"] = _addresses(self._iovecs)
        self._messages["iovlen"] = 1
        self._messages["control"] = _addresses(self._controls)
        self._messages["controllen"] = _PKTINFO.itemsize

    def __len__(self) -> int:
        return len(self._messages)

    def send(self, fd: int, first: int, end: int) -> int:
        """Send `first` to `end` − 1; returns how many the kernel took."""
        at = self._messages.ctypes.data + first * _MESSAGE.itemsize
        return _count(_LIBC.sendmmsg(fd, ctypes.c_void_p(at), end - first, socket.MSG_DONTWAIT))


class Wire:
    """The socket, and what came in by the latest `receive`."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        self._socket.bind(("0.0.0.0", 0))
        self.port: int = self._socket.getsockname()[1]
        self._data = np.zeros((_BATCH, _SLOT_BYTES), np.uint8)
        self._controls = np.zeros(_BATCH, _CONTROL)
        self._iovecs = np.zeros(_BATCH, _IOVEC)
        self._iovecs["base"] = _addresses(self._data)
        self._iovecs["size"] = _SLOT_BYTES
        self._messages = np.zeros(_BATCH, _MESSAGE)
        self._messages["iov"] = _addresses(self._iovecs)
        self._messages["iovlen"] = 1
        self._messages["control"] = _addresses(self._controls)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, datagram: Datagram, to: tuple[str, int]) -> None:
        Outbox([datagram], to).send(self.fileno(), 0, 1)

    def receive(self) -> int:
        """Take what is there; returns how many datagrams, for the properties below."""
        self._messages["controllen"] = _CONTROL.itemsize
        at = ctypes.c_void_p(self._messages.ctypes.data)
        return _count(_LIBC.recvmmsg(self.fileno(), at, _BATCH, socket.MSG_DONTWAIT, None))

    def heads(self, count: int) -> NDArray[np.uint8]:
        """Return the first 48 bytes of each, copied: RTP's header and the few extensions."""
        return self._data[:count, :48].copy()

    def stamps_ns(self, count: int) -> NDArray[np.int64]:
        """Return when the kernel got each, by CLOCK_REALTIME."""
        controls = self._controls[:count]
        stamps: NDArray[np.int64] = controls["seconds"] * 1_000_000_000 + controls["nanoseconds"]
        return stamps

    def receivers(self, count: int) -> NDArray[np.uint32]:
        """Return the address that each came to, as a number."""
        return self._controls["local"][:count].astype(np.uint32)

    def datagram(self, index: int) -> tuple[bytes, str]:
        """Return one datagram whole, and the address of the peer that it came to."""
        size = int(self._messages["size"][index])
        return self._data[index, :size].tobytes(), self.receiver(index)

    def receiver(self, index: int) -> str:
        """Return the address of the peer that one datagram came to."""
        return socket.inet_ntoa(int(self._controls["local"][index]).to_bytes(4, "big"))


def _name(to: Endpoint) -> bytes:
    """Return struct sockaddr_in."""
    head = socket.AF_INET.to_bytes(2, "little") + to[1].to_bytes(2, "big")
    return head + socket.inet_aton(to[0]) + bytes(8)


def _addresses(rows: NDArray[Any]) -> NDArray[np.uint64]:
    """Return where each row lies in memory."""
    return rows.ctypes.data + np.arange(len(rows), dtype=np.uint64) * np.uint64(rows.strides[0])


def _count(result: int) -> int:
    if result >= 0:
        return result
    number = ctypes.get_errno()
    if number in (errno.EAGAIN, errno.EINTR):
        return 0
    raise OSError(number, os.strerror(number))
