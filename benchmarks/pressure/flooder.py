"""Flood from one WebSocket for some seconds; a process of its own: `flooder PORT COOKIE KIND S`.

Comes back when it is cut, at most ten times a second. Prints the bytes that it got rid of.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress

from tests.control.http.frames import FLOODS

BACK_AFTER_S = 0.1
BLOCK_BYTES = 65_536
TIMEOUT_S = 5.0


def flood(port: int, cookie: str, kind: str, seconds: float) -> subprocess.Popen[str]:
    """Begin; the process ends by itself, having printed how many bytes it sent."""
    words = [sys.executable, "-m", "benchmarks.pressure.flooder", str(port), cookie, kind]
    return subprocess.Popen([*words, str(seconds)], stdout=subprocess.PIPE, text=True)


def _open(port: int, cookie: str) -> socket.socket:
    key = base64.b64encode(os.urandom(16)).decode()
    connection = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
    lines = [
        "GET /api/visit/live HTTP/1.1",
        f"Host: localhost:{port}",
        f"Origin: http://localhost:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        f"Cookie: {cookie}",
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = connection.recv(64)
    if not answer.startswith(b"HTTP/1.1 101"):
        raise SystemExit(f"no WebSocket: {answer!r}")
    return connection


def main() -> None:
    port, cookie, kind, seconds = sys.argv[1:]
    first, again = FLOODS[kind]
    block = again * (BLOCK_BYTES // len(again) + 1)
    sent, until = 0, time.monotonic() + float(seconds)
    while time.monotonic() < until:
        began = time.monotonic()
        with suppress(OSError), _open(int(port), cookie) as connection:
            connection.sendall(first)
            while time.monotonic() < until:
                sent += connection.send(block)
        time.sleep(max(0.0, began + BACK_AFTER_S - time.monotonic()))
    print(sent)


if __name__ == "__main__":
    main()
