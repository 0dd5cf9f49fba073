"""Ask one path every 20 ms until told to stop; a process of its own: `prober PORT PATH`.

Prints a line when it begins, and at the end of its input a list of milliseconds in JSON, each
from the moment the question was due.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

EVERY_S = 0.020
GIVE_UP_S = 30.0
HEALTH = "/api/health"
UNKNOWN = "/api/nothing"


@dataclass(slots=True)
class Probed:
    """Fills with milliseconds when the probing ends."""

    ms: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def probing(port: int, path: str = HEALTH) -> Iterator[Probed]:
    """Ask all the while the block runs."""
    words = [sys.executable, "-m", "benchmarks.pressure.prober", str(port), path]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    probed = Probed()
    try:
        process.stdout.readline()
        yield probed
        process.stdin.close()
        probed.ms = json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


class _Questions:
    """One keep-alive connection, opened again when it was closed."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode()
        self._socket: socket.socket | None = None

    def ask(self) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), GIVE_UP_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(self._request)
            self._read_answer(self._socket)
        except OSError:
            self._socket.close()
            self._socket = None
            self.ask()

    def _read_answer(self, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data or len(data) < _length(data):
            piece = connection.recv(65_536)
            if not piece:
                raise ConnectionResetError
            data += piece


def _length(data: bytes) -> int:
    head, _, _ = data.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(head) + 4 + int(line.partition(b":")[2])
    return 0


def main() -> None:
    questions = _Questions(int(sys.argv[1]), sys.argv[2])
    questions.ask()
    print("asking", flush=True)
    taken, due = [], time.monotonic()
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        questions.ask()
        taken.append((time.monotonic() - due) * 1000)
        due += EVERY_S
    print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main()
