"""Ports for servers of tests, which name them before they listen."""

from __future__ import annotations

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below those that Linux gives to clients (32,768 and up): none of them takes a port meanwhile."""

_random = random.SystemRandom()


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody holds for TCP or UDP, and hardly anybody will."""
    while True:
        port = _random.randint(LOWEST, HIGHEST)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind((host, port))
                udp.bind((host, port))
            except OSError:
                continue
            return port
