"""The media processes of one locust process, as greenlets see them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import gevent
from gevent.event import AsyncResult

from benchmarks.load import recording

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
"""Of whoever asks, beyond what a question allows for itself."""


class MediaError(Exception):
    """What was asked of the media did not come about; the text says what."""


class _Process:
    """One media process, and the questions that it has not answered."""

    def __init__(self, path: Path) -> None:
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load.worker", str(path)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.pairs = 0
        self._ids = count(1)
        self._asked: dict[int, AsyncResult] = {}
        self._reader = gevent.spawn(self._read)

    def ask(self, do: str, **what: Any) -> Any:
        """Ask, and wait for the answer; raises MediaError."""
        number, result = next(self._ids), AsyncResult()
        self._asked[number] = result
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"id": number, "do": do} | what) + "\n")
            self._process.stdin.flush()
            return result.get(timeout=PATIENCE_S + what.get("within_s", 0.0))
        except gevent.Timeout:
            raise MediaError(f"the media process did not answer: {do}") from None
        except OSError:
            raise MediaError("the media process ended") from None
        finally:
            self._asked.pop(number, None)

    def stop(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if (result := self._asked.get(said["id"])) is None:
                continue
            if "error" in said:
                result.set_exception(MediaError(said["error"]))
            else:
                result.set(said["answer"])
        for result in self._asked.values():
            result.set_exception(MediaError("the media process ended"))


class Pair:
    """The media of one visit: of therapist and patient, or of one of them."""

    def __init__(self, process: _Process, name: str, *, video: bool) -> None:
        self._process, self._name, self._video = process, name, video
        process.pairs += 1

    def offer(self, role: str) -> str:
        """Open a page of this side, in place of the one that it has; returns its offer."""
        return str(self._ask("offer", role=role, video=self._video))

    def connect(self, role: str, sdp: str, within_s: float = 20.0) -> float:
        """Take the answer to the offer; returns when media could flow (monotonic, as all below)."""
        return float(self._ask("connect", role=role, sdp=sdp, within_s=within_s))

    def checked(self, role: str, within_s: float = 20.0) -> None:
        """Wait until the check of this side's line is over."""
        self._ask("checked", role=role, within_s=within_s)

    def heard(self, since: float, within_s: float = 20.0) -> float:
        """Return when both had heard something that was said after `since`."""
        return float(self._ask("heard", since=since, within_s=within_s))

    def report(self, accepted_at: float, answered_at: float, begin: float) -> dict[str, Any]:
        """Return `figures.Report` of what was since `begin`, as a dictionary."""
        found: dict[str, Any] = self._ask(
            "report", accepted_at=accepted_at, answered_at=answered_at, begin=begin
        )
        return found

    def drop(self, role: str) -> float:
        """Lose the page of one side without a word; returns when."""
        return float(self._ask("drop", role=role))

    def leave(self) -> None:
        """Close both pages."""
        self._process.pairs -= 1
        self._ask("leave")

    def _ask(self, do: str, **what: Any) -> Any:
        return self._process.ask(do, pair=self._name, **what)


class Crew:
    """So many media processes; a new visit goes to the one that has fewest."""

    def __init__(self, processes: int) -> None:
        path = recording.cached()
        self._processes = [_Process(path) for _ in range(processes)]
        self._names = count(1)
        self.talked_s = 0.0
        """Seconds in contact of all visits that were measured."""

    def pair(self, *, video: bool) -> Pair:
        """Return the media of a new visit."""
        process = min(self._processes, key=lambda one: one.pairs)
        return Pair(process, f"visit-{next(self._names)}", video=video)

    def cost_s(self) -> float:
        """Return the seconds of CPU that all of them used."""
        return float(sum(process.ask("cost") for process in self._processes))

    def stop(self) -> None:
        for process in self._processes:
            process.stop()
