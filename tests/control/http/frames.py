"""WebSocket frames as a client may make them, legal and not."""

from __future__ import annotations

TEXT, CONTINUATION, PING, PONG = 0x1, 0x0, 0x9, 0xA
MASK = b"\0\0\0\0"  # leaves the payload as it is


def frame(opcode: int, payload: bytes = b"", *, final: bool = True) -> bytes:
    length = len(payload)
    first = bytes([opcode | (0x80 if final else 0)])
    if length < 126:
        return first + bytes([0x80 | length]) + MASK + payload
    if length < 65_536:
        return first + b"\xfe" + length.to_bytes(2) + MASK + payload
    return first + b"\xff" + length.to_bytes(8) + MASK + payload


def message(size: int) -> bytes:
    """Return a patient's message of that size, which control understands."""
    text = b'{"type": "devices", "devices": {"microphone": "on", "camera": "on"}'
    return frame(TEXT, text + b" " * (size - len(text) - 1) + b"}")


BEGUN = frame(TEXT, final=False)
FLOODS = {
    "pings": (b"", frame(PING)),
    "long pings": (b"", frame(PING, b"x" * 125)),
    "pongs": (b"", frame(PONG)),
    "empty texts": (b"", frame(TEXT)),
    "empty fragments": (BEGUN, frame(CONTINUATION, final=False)),
    "long messages": (b"", message(16 * 1024 - 1)),
    "tiny messages": (b"", frame(TEXT, b"{")),
}
"""What is sent once, and then over and over."""
