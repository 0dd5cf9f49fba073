"""Ports for servers of tests, which name them before they listen."""

from __future__ import annotations

import os
import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
"""Below those that Linux gives to clients (32,768 and up): none of them takes a port meanwhile."""

_WORKERS = 3
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
"""The processes of one run (Makefile): each has ports of its own."""
_random = random.SystemRandom()
_given: set[int] = set()


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody holds for TCP or UDP, and that was not returned before.

    Whoever asked for one listens later, so that it is free until then.
    """
    while True:
        port = _random.randrange(LOWEST + _WORKER, HIGHEST, _WORKERS)
        if port in _given:
            continue
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind((host, port))
                udp.bind((host, port))
            except OSError:
                continue
        _given.add(port)
        return port
