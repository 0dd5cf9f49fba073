"""Run the probe benchmark: `python -m benchmarks.probe`; what it tells is in the package.

Ten checks of each line take about 50 minutes; the calls 40 more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from playwright.async_api import Error as PlaywrightError
from pydantic import TypeAdapter

from benchmarks.netlab.profiles import Profile
from benchmarks.netlab.tun import unavailable_reason
from benchmarks.probe.beside import beside
from benchmarks.probe.calls import (
    CHANGES,
    STALLS,
    Change,
    calm,
    in_contact,
    stall_in_call,
    stall_in_check,
    step,
)
from benchmarks.probe.checks import CHROMIUM, FIREFOX, check
from benchmarks.probe.figures import (
    JUDGES,
    CalmRun,
    CheckRun,
    Runs,
    StallRun,
    StepRun,
    by_line,
    line_of,
)
from benchmarks.probe.lines import CLEAN, LINES, SHORT, Line, random_line
from benchmarks.probe.render import newest
from benchmarks.probe.stand import Stand, stand
from tests.e2e.harness.firefox import MISSING
from tests.support.lateness import Watch, why_late

RESULTS = Path(__file__).parents[1] / "results"
CALM_S = 300.0
LIGHT = ("lan", "lte", "600k-80ms")
"""Lines of checks that use few bytes, three of each."""
LIGHT_RUNS = 3
SHORT_CALM_S = 1.0
FIREFOX_RATIO = 0.2
"""Of the runs of each line, at least one of several, where Firefox is installed."""
RANDOM_LINES = 40
PARTS = ("checks", "random", "light", "stalls", "steps", "calms")
FAULTS = (AssertionError, TimeoutError, PlaywrightError)
"""What ends a run and not the benchmark."""

T = TypeVar("T", CheckRun, StepRun, CalmRun, StallRun)
Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe")
    parser.add_argument("--runs", type=int, default=10, help="checks of each line")
    parser.add_argument(
        "--calls", type=int, help="runs of each change and stall; as many as checks"
    )
    parser.add_argument(
        "--calms", type=int, default=1, help="calls of five minutes on each line that stays good"
    )
    parser.add_argument(
        "--only", nargs="+", choices=sorted(LINES), help="checks of these lines; no result"
    )
    parser.add_argument(
        "--again",
        nargs="+",
        choices=PARTS,
        help="these, with the newest result's others; of `checks` those of `--only`",
    )
    parser.add_argument(
        "--missing",
        action="store_true",
        help="checks that the newest result lacks of `--runs`, with all that it has",
    )
    parser.add_argument("--short", action="store_true", help="two lines and a call; no result")
    asked = parser.parse_args()
    reason = unavailable_reason()
    if reason:
        raise SystemExit(reason)
    load, began = os.getloadavg()[0], time.monotonic()
    found = asyncio.run(short() if asked.short else _all(asked))
    if asked.again or asked.missing or not (asked.short or asked.only):
        _write(result_of(found, load))
    took_s = time.monotonic() - began
    print(f"void: {found.runs.void}, failed: {len(found.failed)}; {took_s:.0f} s")
    print(json.dumps(line_of(found.runs)))


class Found:
    """Runs as they come, each told at once; those that failed are counted and not hidden."""

    def __init__(self) -> None:
        self.runs = Runs()
        self.failed: list[str] = []

    async def add(self, name: str, runs: list[T], held: Awaitable[T]) -> None:
        """Await one run; it is void where the machine was late meanwhile."""
        began, watch = time.monotonic(), Watch()
        try:
            run = await held
        except FAULTS as fault:
            return self.fail(name, fault)
        finally:
            late_ms = watch.end()
        if not isinstance(run, StallRun):
            run = replace(run, machine=why_late(late_ms))
        runs.append(run)
        print(f"{name}: {_brief(run)}; {time.monotonic() - began:.0f} s", flush=True)

    def fail(self, name: str, fault: Exception) -> None:
        """Note what could not be measured."""
        self.failed.append(f"{name}: {str(fault).partition(chr(10))[0] or type(fault).__name__}")
        print(f"FAILED {self.failed[-1]}", flush=True)


def _brief(run: CheckRun | StepRun | CalmRun | StallRun) -> str:
    """Say a run in one line: what was told, and what was true."""
    if not isinstance(run, CheckRun):
        return str(run)
    quality, first_s = run.report.quality, run.first_verdict_s
    judged = {name: judge(run) for name, judge in JUDGES.items()}
    wrong = [name for name, is_right in judged.items() if is_right is False]
    pairs = by_line([replace(run, machine=None)])[run.line]["told"]["told_and_true"]
    numbers = ", ".join(f"{name} {told} ({true})" for name, (told, true) in pairs.items())
    return (
        f"{numbers}; {quality.level} {quality.cause}{' (close)' if quality.borderline else ''}, "
        f"right {run.right.level}; first after {first_s and round(first_s, 1)} s, "
        f"{run.report.took_ms / 1000:g} s, {run.report.size_bytes / 1e6:g} MB"
        f"{', wrong: ' + ' '.join(wrong) if wrong else ''}{', void' if run.is_void else ''}"
    )


async def _all(asked: argparse.Namespace) -> Found:
    again = asked.again or ()
    found = kept(again, asked.only or LINES) if again or asked.missing else Found()
    parts = ["checks"] if asked.only or asked.missing else again or PARTS
    calls = asked.runs if asked.calls is None else asked.calls
    for name, line in LINES.items():
        if "checks" in parts and name in (asked.only or LINES):
            browsers = lacking(name, _browsers(asked.runs), found.runs.checks)
            if browsers:
                await _standing(found, partial(_checks, found, line, browsers))
    if "random" in parts:
        await _standing(found, partial(_random_checks, found))
    if "light" in parts:
        await _standing(found, partial(_light_checks, found))
    # Each call with an account of its own: what a long one takes to read delays the call.
    if "stalls" in parts:
        await _standing(found, partial(_stalled_checks, found, calls))
        await _standing(found, partial(_stalled_calls, found, calls))
    for change in CHANGES if "steps" in parts else ():
        await _standing(found, partial(_steps, found, change, calls))
    for profile in (CLEAN, LINES["loss-1"].profile) if "calms" in parts else ():
        await _standing(found, partial(_calms, found, profile, asked.calms))
    return found


def kept(again: Collection[str], lines: Collection[str]) -> Found:
    """Return what the newest result has besides the parts that are measured again.

    Args:
        lines: Of these the checks are, where checks are.
    """
    result = json.loads(newest().read_text())
    others = [run for run in result["checks"] if run["line"] not in lines]
    found = Found()
    found.runs = TypeAdapter(Runs).validate_python(
        result | {part: others if part == "checks" else [] for part in again}
    )
    found.failed = result["failed"]
    return found


async def short() -> Found:
    """Hold a few runs of every kind but stalls, within 50 s."""
    found = Found()

    async def held(it: Stand) -> None:
        for name in SHORT:
            await found.add(name, found.runs.checks, check(it, LINES[name]))
        async with in_contact(it, "Robin"):
            await found.add("calm", found.runs.calms, calm(it, CLEAN, SHORT_CALM_S))
            change = CHANGES[0]
            await found.add(change.name, found.runs.steps, step(it, change, briefly=True))

    await _standing(found, held)
    return found


def _browsers(runs: int) -> Sequence[str]:
    in_firefox = 0 if MISSING or runs < 2 else max(1, round(FIREFOX_RATIO * runs))
    return [CHROMIUM] * (runs - in_firefox) + [FIREFOX] * in_firefox


def lacking(line: str, browsers: Sequence[str], held: Sequence[CheckRun]) -> Sequence[str]:
    """Return the browsers in which checks of a line, less those that were not void, remain."""
    remain = Counter(browsers)
    remain.subtract(run.browser for run in held if run.line == line and not run.is_void)
    return list(remain.elements())


async def _standing(found: Found, hold: Callable[[Stand], Awaitable[None]]) -> None:
    """Put up a product and browsers for some runs."""
    try:
        with tempfile.TemporaryDirectory(prefix="visavis-probe-") as folder:
            async with stand(Path(folder)) as it:
                await hold(it)
    except FAULTS as fault:
        found.fail("runs that were to follow", fault)


async def _checks(found: Found, line: Line, browsers: Sequence[str], it: Stand) -> None:
    for browser in browsers:
        name = f"{line.name}, {browser}"
        await found.add(name, found.runs.checks, check(it, line, browser))


async def _random_checks(found: Found, it: Stand) -> None:
    for seed in range(1, RANDOM_LINES + 1):
        line = random_line(seed)
        await found.add(f"{line.name}, {line.profile.says}", found.runs.random, check(it, line))


async def _light_checks(found: Found, it: Stand) -> None:
    for name in LIGHT:
        for _ in range(LIGHT_RUNS):
            held = check(it, LINES[name], light=True)
            await found.add(f"{name}, few bytes", found.runs.light, held)


async def _stalled_checks(found: Found, runs: int, it: Stand) -> None:
    for stall in STALLS:
        for _ in range(runs):
            await found.add(stall.name, found.runs.stalls, stall_in_check(it, stall))


async def _steps(found: Found, change: Change, runs: int, it: Stand) -> None:
    async with in_contact(it, "Robin"):
        for _ in range(runs):
            await found.add(change.name, found.runs.steps, step(it, change))


async def _stalled_calls(found: Found, runs: int, it: Stand) -> None:
    async with in_contact(it, "Robin"):
        for stall in STALLS:
            for _ in range(runs):
                await found.add(stall.name, found.runs.stalls, stall_in_call(it, stall))


async def _calms(found: Found, profile: Profile, calls: int, it: Stand) -> None:
    for _ in range(calls):
        async with in_contact(it, "Robin"):
            await found.add(profile.name, found.runs.calms, calm(it, profile, CALM_S))


def result_of(found: Found, load: float) -> Figures:
    """Return all that a result's file has."""
    runs = found.runs
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "load_average_before": round(load, 2),
        **line_of(runs),
        "beside": beside(runs),
        "void": runs.void,
        "failed": found.failed,
        "lines": by_line(runs.checks),
        "steps": [asdict(run) for run in runs.steps],
        "calms": [asdict(run) for run in runs.calms],
        "stalls": [asdict(run) for run in runs.stalls],
        "light": [_raw(run) for run in runs.light],
        "random": [_raw(run) for run in runs.random],
        "checks": [_raw(run) for run in runs.checks],
    }


def _write(result: Figures) -> None:
    path = RESULTS / f"probe-{result['measured_at'][:10]}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")


def _raw(run: Any) -> Figures:
    return asdict(run) | {"report": run.report.model_dump(mode="json")}


if __name__ == "__main__":
    main()
