"""Run the comparison: first by turns at the same calls, then each server under growing load."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from aiohttp import ClientError

from benchmarks.peers.adapter import MOST_CALLS, Adapter, Running
from benchmarks.peers.figures import OURS, Turn, compared, is_full, line, others_cpu, points
from benchmarks.relay.figures import Round
from benchmarks.relay.load import Load
from benchmarks.relay.processes import LOAD_CPU, claim

SECONDS = 3.0
"""Of a round."""
SHORT_SECONDS, SHORT_MINUTES = 1.5, 4.0
"""Of a round in a run below so many minutes."""
MOST_TURNS = 5
LONGEST_S = 180.0
"""For all of one server at a time; what takes longer does not answer any more."""
TURNS_SHARE = 0.45
"""Of the time for the turns; the rest is for growing load."""


@dataclass(slots=True)
class Run:
    """What is measured, and what was so far."""

    adapters: Sequence[Adapter]
    minutes: float
    began_at: float = field(default_factory=time.monotonic)
    turns: list[Turn] = field(default_factory=list)
    by_load: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_calls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return SECONDS if self.minutes >= SHORT_MINUTES else SHORT_SECONDS

    def left_s(self, share: float = 1.0) -> float:
        """Return the seconds left of this share of the time."""
        return self.began_at + 60 * self.minutes * share - time.monotonic()

    async def measure(self) -> None:
        claim(LOAD_CPU)
        await self._take_turns()
        figures = compared(self.turns)
        able = [adapter for adapter in self.adapters if adapter.name not in self.failed]
        for n, adapter in enumerate(able):
            until = time.monotonic() + self.left_s() / (len(able) - n)
            await self._guarded(adapter, self._grow(adapter, figures[adapter.name], until))

    async def _take_turns(self) -> None:
        """Let every server have its turn, again while there is time, each time the other way."""
        for number in range(MOST_TURNS):
            began_at = time.monotonic()
            for adapter in self.adapters[:: -1 if number % 2 else 1]:
                if adapter.name not in self.failed:
                    await self._guarded(adapter, self._turn(adapter, number))
            if self.left_s(TURNS_SHARE) < time.monotonic() - began_at:
                return

    async def _guarded(self, adapter: Adapter, work: Any) -> None:
        """Let one server fail, or never end, without the others."""
        try:
            async with asyncio.timeout(LONGEST_S):
                await work
        except (OSError, RuntimeError, ClientError) as error:  # a TimeoutError is an OSError
            if adapter.name == OURS:
                raise
            self.failed[adapter.name] = f"failed: {str(error) or type(error).__name__}"
            print(f"{adapter.name}: {self.failed[adapter.name]}", flush=True)

    async def _turn(self, adapter: Adapter, number: int) -> None:
        load = Load()
        try:
            async with adapter.running(load.wire.port) as running:
                idle_kb = running.relay.memory_kb()
                took_s = await load.join(running.server, 1)
                before_kb, more = running.relay.memory_kb(), adapter.calls - 1
                if more:
                    took_s = await load.join(running.server, more)
                found = await self._play(load, running, adapter.calls)
                grown_kb = running.relay.memory_kb() - before_kb
        finally:
            load.wire.close()
        joined = 2 * (more or 1) if load.has_connections else 0
        each_kb = grown_kb / (2 * more) if more and load.has_connections else None
        turn = Turn(adapter.name, number, joined / took_s, idle_kb / 1024, each_kb, found)
        self.turns.append(turn)

    async def _grow(
        self, adapter: Adapter, figures: Mapping[str, float | None], until: float
    ) -> None:
        """Play more and more calls through one server, until there is no time for more."""
        joins_per_s = figures["joins_per_s"] or inf
        by_load = self.by_load.setdefault(adapter.name, {})
        by_calls = self.by_calls.setdefault(adapter.name, [])
        load = Load()
        try:
            async with adapter.running(load.wire.port) as running:
                rate, call_per_s = figures["pps_per_core"], figures["call_per_s"]
                for calls, share in points(rate, call_per_s, MOST_CALLS):
                    more = calls - len(load.calls)
                    takes_s = 2 * (more / joins_per_s + self.seconds)
                    if time.monotonic() + takes_s > until:
                        return
                    await load.join(running.server, more)
                    found = await self._play(load, running, calls)
                    by_calls.append(found.row())
                    if share is not None:
                        by_load[share] = found.row()
                    if is_full(found):
                        return
        finally:
            load.wire.close()

    async def _play(self, load: Load, running: Running, calls: int) -> Round:
        """Play a round, once more where it is void."""
        for repeats in (True, False):
            pages = load.has_connections
            used = load.calls[:calls]
            found = await load.play(running.relay, used, self.seconds, pages=pages)
            print(said(found), flush=True)
            if not found.faults or not repeats:
                return found
        raise AssertionError("the last repeat returned")


def said(found: Round) -> str:
    """Return a round as one line of a log."""
    void = f"  VOID: {', '.join(found.faults)}" if found.faults else ""
    return (
        f"{found.relay:16} {found.calls:3} calls  {found.sent / found.seconds:6.0f}/s  "
        f"core {found.cpu_ratio:4.0%}  {found.pps_per_core:6.0f} per CPU second  "
        f"latency p50 {found.latency_ms_p50:.3f} p99 {found.latency_ms_p99:.3f} ms{void}"
    )


def measure(adapters: Sequence[Adapter], skipped: dict[str, str], minutes: float) -> dict[str, Any]:
    """Return the whole result of comparing these servers.

    Args:
        skipped: Servers that cannot run here, and why; kept in the result.
    """
    busy_s, own_s, load_average = _busy_s(), _own_s(), os.getloadavg()[0]
    run = Run(adapters, minutes)
    asyncio.run(run.measure())
    passed_s = time.monotonic() - run.began_at
    figures = compared(run.turns)
    return {
        "took_s": round(passed_s, 1),
        "load_average_before": round(load_average, 2),
        "others_cpu": others_cpu(
            _busy_s() - busy_s, _own_s() - own_s, passed_s, os.cpu_count() or 1
        ),
        "cpus": os.cpu_count(),
        "processor": processor(Path("/proc/cpuinfo").read_text()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "seconds_of_a_round": run.seconds,
        "servers": {
            a.name: {"label": a.label, "version": a.version(), "unfair": a.unfair} for a in adapters
        },
        "skipped": skipped | run.failed,
        "compared": figures,
        "by_load": run.by_load,
        "by_calls": run.by_calls,
        "turns": [turn.row() for turn in run.turns],
        "line": line(figures),
    }


def processor(cpuinfo: str) -> str:
    """Return the name of the processor."""
    found = re.search(r"^model name\s*: (.*)$", cpuinfo, re.MULTILINE)
    return found[1] if found else platform.machine()


def _busy_s() -> float:
    """Return the CPU time of all cores until now that was not idle, proc_stat(5)."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields)
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    """Return the CPU time of this process and of the servers that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
