"""What waits for a receiver that takes less than it is sent: sound first, and never for long."""

from __future__ import annotations

from collections import deque

from sfu.transport.demux import DatagramKind, demux

MAX_PICTURE_BYTES = 64 * 1024
"""A large key frame; 0.5 s of a line of 1 Mbps, for a picture that is late is worth nothing."""
MAX_URGENT_BYTES = 32 * 1024
"""Five seconds of Opus at 48 kbps: far more than a line that works ever holds."""
SMALL_BYTES = 400
"""Sound has about 100 bytes, reports up to 300; a packet of a picture 1,100."""


class Backlog:
    """Datagrams of one connection, two queues of bounded size."""

    __slots__ = ("_picture", "_picture_bytes", "_urgent", "_urgent_bytes")

    def __init__(self) -> None:
        self._urgent: deque[bytes] = deque()
        self._picture: deque[bytes] = deque()
        self._urgent_bytes = self._picture_bytes = 0

    def __bool__(self) -> bool:
        return bool(self._urgent or self._picture)

    def add(self, datagram: bytes) -> bool:
        """Keep a datagram; False when its queue is full and it is lost."""
        size = len(datagram)
        if size > SMALL_BYTES and demux(datagram) is DatagramKind.MEDIA:
            if self._picture_bytes + size > MAX_PICTURE_BYTES:
                return False
            self._picture_bytes += size
            self._picture.append(datagram)
            return True
        if self._urgent_bytes + size > MAX_URGENT_BYTES:
            return False
        self._urgent_bytes += size
        self._urgent.append(datagram)
        return True

    def pop(self) -> bytes | None:
        """The next to send, sound, checks and handshake before picture; None when empty."""
        if self._urgent:
            datagram = self._urgent.popleft()
            self._urgent_bytes -= len(datagram)
            return datagram
        if self._picture:
            datagram = self._picture.popleft()
            self._picture_bytes -= len(datagram)
            return datagram
        return None
