"""What the comparison asks of each server, and what two of them have in common."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Protocol

from benchmarks.relay.joining import Server
from benchmarks.relay.processes import RELAY_CPU, Relay, claim

MOST_CALLS = 100
"""At once."""
START_S = 15.0
"""For a server to listen."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs, as a process and as what a load plays calls through."""

    relay: Relay
    server: Server


class Adapter(Protocol):
    """One server that can be compared."""

    name: str
    """As the command line and the results call it."""
    label: str
    """As the page calls it."""
    calls: int
    """How many it is compared at: 20, or fewer where one core carries no more."""
    unfair: str
    """What to know before its figures are compared with others: a sentence or two."""

    def missing(self) -> str | None:
        """Say why it cannot run here, and what would help; None if it can."""

    def version(self) -> str:
        """Return which one this is; only called where nothing is missing."""

    def running(self, port: int) -> AbstractAsyncContextManager[Running]:
        """Start it for a load that sends from `port`, and stop it at the end."""


@contextmanager
def process(
    name: str, arguments: Sequence[str], settings: Mapping[str, str] | None = None
) -> Iterator[tuple[Relay, IO[str]]]:
    """Run a program on the relay's core; yields it and what it logs, which may be read."""
    with tempfile.TemporaryFile("w+") as log:
        running = subprocess.Popen(
            arguments,
            env=os.environ | dict(settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            text=True,
            preexec_fn=lambda: claim(RELAY_CPU),
        )
        relay = Relay(name, running)
        try:
            yield relay, log
        finally:
            running.kill()  # with people in calls, some would wait for them before they end
            running.wait()


def last_words(log: IO[str]) -> str:
    """Return the end of what a program logged."""
    log.seek(0)
    return log.read()[-2000:]


def output_of(*arguments: str) -> str:
    """Return what a command prints on either output; nothing where it cannot run."""
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=30)
        return done.stdout + done.stderr
    return ""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody had a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
