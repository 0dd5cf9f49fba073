"""A line to try things on: both ends, the emulator between them, and the truth about it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.netlab.emulator import Ask, Begin, Result
from benchmarks.netlab.fatelog import why_void
from benchmarks.netlab.profiles import PROFILES, Profile
from benchmarks.netlab.tun import TunPair

ROOT = Path(__file__).parents[2]
ANSWER_S = 30.0
MOVED_NETWORK = "10.88.{}.1"


class Lab:
    """Open a line; close it with `close()` or by leaving the `with` block.

    `client` and `server` are the two ends (see `tun.Namespace`). The schedule of the profile
    begins when the lab is made, and again whenever `apply` is called.
    """

    def __init__(self, profile: Profile | str, *, seed: int = 1) -> None:
        self.profile = PROFILES[profile] if isinstance(profile, str) else profile
        self._pair = TunPair()
        self.client = self._pair.client
        self.server = self._pair.server
        self._moves = 0
        self._last: Result | None = None
        try:
            self._process, self._control = _start_emulator(self._pair.devices)
        except BaseException:
            self._pair.close()
            raise
        try:
            self._ask(Begin(self.profile, seed))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def apply(self, profile: Profile | str) -> None:
        """Change the line at once; packets under way keep their deadlines."""
        self.profile = PROFILES[profile] if isinstance(profile, str) else profile
        self._ask(self.profile)

    def rebind(self) -> float:
        """Let the client's NAT forget every mapping (see `nat`); returns when it did.

        In seconds of CLOCK_MONOTONIC, as in the log.
        """
        at = self._ask(Ask.REBIND)
        assert isinstance(at, float)
        return at

    def move_client(self) -> None:
        """Take the client's address away and give it another, as from Wi-Fi to mobile."""
        self._moves += 1
        self.client = self.client.moved(MOVED_NETWORK.format(self._moves), self.server)

    def server_listens(self, port: int) -> bool:
        """Try once whether TCP is answered at the server's end, without crossing the line."""
        with self.server.socket(socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            return probe.connect_ex((self.server.address, port)) == 0

    def result(self) -> Result:
        """Return the truth so far. Delays the packets of the moment; after `close`, the last."""
        if self._last is not None:
            return self._last
        return self._collect(Ask.RESULT)

    def close(self) -> Result | None:
        """Stop, remove both ends with every process in them, and return the whole truth.

        None when the emulator could not answer any more.
        """
        if self._last is None and not self._control.closed:
            with suppress(OSError, EOFError, TimeoutError):
                self._last = self._collect(Ask.STOP)
            self._control.close()
            _end(self._process)
        self._pair.close()
        return self._last

    def _collect(self, ask: Ask) -> Result:
        answer = self._ask(ask)
        assert isinstance(answer, Result)
        drops = self.client.kernel_drops() + self.server.kernel_drops()
        report = answer.report
        void = why_void(report.lateness_ms_p99, report.wake_ms_p99, drops)
        return replace(answer, report=replace(report, kernel_drops=drops, void=void))

    def _ask(self, message: Begin | Profile | Ask) -> object:
        self._control.send(message)
        if not self._control.poll(ANSWER_S):
            raise TimeoutError("the emulator does not answer")
        answer: object = self._control.recv()
        return answer


def _start_emulator(devices: tuple[int, int]) -> tuple[subprocess.Popen[bytes], Connection]:
    ours, theirs = socket.socketpair()
    with theirs:
        inherited = (theirs.fileno(), *devices)
        argv: Sequence[str] = [
            *(sys.executable, "-m", "benchmarks.netlab.emulator"),
            *map(str, inherited),
        ]
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            pass_fds=inherited,
            start_new_session=True,  # Ctrl-C is ours to handle, it must live to report
        )
    return process, Connection(ours.detach())


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
