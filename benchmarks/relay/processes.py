"""The relays as processes of their own, and what the kernel says that they use."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CPUS = sorted(os.sched_getaffinity(0))
LOAD_CPU, RELAY_CPU = CPUS[0], CPUS[-1]
"""Of two or more cores the load has one and the relay another."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A running relay and how to reach it."""

    name: str
    """ours, bare or gcm."""
    process: subprocess.Popen[str]
    api: str = ""
    """URL of the node's API; the others have none."""
    token: str = ""
    media_port: int = 0
    """Of the others; the node's answers tell its own."""
    helpers: tuple[int, ...] = ()
    """Other processes that it has and that are counted with it."""

    def cpu_s(self) -> float:
        """Return the CPU time of its processes until now: user and system, all threads.

        The sum that /proc/PID/stat rounds to hundredths, from `clock_getcpuclockid(3)`.
        """
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self._pids)

    def memory_kb(self) -> int:
        """Return the resident memory of its processes."""
        return sum(map(memory_kb, self._pids))

    @property
    def _pids(self) -> tuple[int, ...]:
        return self.process.pid, *self.helpers

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def memory_kb(pid: int) -> int:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1])


def claim(cpu: int) -> None:
    """Bind this process to one core, and where root may let it go first there.

    A neighbour's time slice of 4 ms is not what is measured; load and relays are treated alike.
    """
    os.sched_setaffinity(0, {cpu})
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def start_node(module: str = "sfu") -> Relay:
    """Start `visavis sfu` on loopback, on ports that the system chooses.

    Args:
        module: Another that runs it; its standard input is open to us.
    """
    token = secrets.token_urlsafe(24)
    settings = {
        "VISAVIS_SFU_TOKEN": token,
        "VISAVIS_SFU_PORT": "0",
        "VISAVIS_MEDIA_PORT": "0",
        "VISAVIS_ANNOUNCE": "127.0.0.1",
        "VISAVIS_DRAIN_S": "0",  # the load's calls never end
    }
    with tempfile.TemporaryFile("w+") as log:
        process = _start(["-m", module], settings, stderr=log)
        port = _api_port(process, log)
    return Relay("ours", process, f"http://127.0.0.1:{port}", token)


def start_floor(kind: str, peers: int, port: int) -> Relay:
    """Start a bare relay (`bare`), or one with AES-GCM (`gcm`), for callers that use `port`."""
    process = _start(["-m", "benchmarks.relay.floor", kind, str(peers), str(port)], {}, None)
    assert process.stdout is not None
    return Relay(kind, process, media_port=int(process.stdout.readline()))


def _start(
    arguments: list[str], settings: Mapping[str, str], stderr: IO[str] | None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        preexec_fn=lambda: claim(RELAY_CPU),
    )


def _api_port(process: subprocess.Popen[str], log: IO[str]) -> int:
    while process.poll() is None:
        log.seek(0)
        if found := re.search(r"node API up on port (\d+)", log.read()):
            return int(found[1])
        time.sleep(0.05)
    raise RuntimeError("the node did not start")
