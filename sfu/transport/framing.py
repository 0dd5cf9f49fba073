"""Datagrams in a byte stream: two bytes of length before each (RFC 4571, section 2)."""

from __future__ import annotations

MAX_FRAME_BYTES = 1500
"""What a datagram can have; RFC 4571 would let a stranger make us wait for 65,535 bytes."""
_LENGTH_BYTES = 2


def frame(datagram: bytes) -> bytes:
    """Put its length before a datagram of at most 65,535 bytes."""
    return len(datagram).to_bytes(_LENGTH_BYTES, "big") + datagram


class Deframer:
    """Cuts one direction of a connection into datagrams; keeps less than one frame."""

    __slots__ = ("_rest", "broken")

    def __init__(self) -> None:
        self._rest = b""
        self.broken = False
        """A frame was announced that no datagram fills: close, nothing more is read."""

    def feed(self, data: bytes) -> list[bytes]:
        """Take what was read; return the datagrams that are whole now, in order.

        Null frames, which a sender may use to keep the connection alive, are left out.
        """
        if self.broken:
            return []
        if self._rest:
            data = self._rest + data
        datagrams: list[bytes] = []
        start = _LENGTH_BYTES
        while start <= len(data):
            end = start + (data[start - 2] << 8 | data[start - 1])
            if end - start > MAX_FRAME_BYTES:
                self.broken, self._rest = True, b""
                return datagrams
            if end > len(data):
                break
            if end > start:
                datagrams.append(data[start:end])
            start = end + _LENGTH_BYTES
        self._rest = data[start - _LENGTH_BYTES :]
        return datagrams
