"""From runs to the figures that are published. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Any

from benchmarks.netlab.fatelog import VOID_ABOVE_MS
from benchmarks.probe.levels import CAPACITY_BPS, Numbers, Right, right_of
from benchmarks.probe.lines import LINES, Line, line_named
from benchmarks.probe.oracles import ORACLES, Seen
from benchmarks.probe.truth import Truth
from sfu.messages import CheckReport, CheckState, DirectionQuality

RTT_ERROR, RTT_ERROR_MS = 0.05, 3.0
JITTER_ERROR, JITTER_ERROR_MS = 0.15, 1.5
DOWNLINK_ERROR, ROUGH_DOWNLINK_ERROR = 0.10, 0.15
UPLINK_BELOW, UPLINK_ABOVE, UPLINK_LOSS = 0.20, 0.10, 0.02
DIRECTION_POINTS = 0.03
"""What counts as exact (issue 12, "Proof")."""

Floats = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check of one line."""

    line: str
    browser: str
    report: CheckReport
    first_verdict_s: float | None
    """From the start of the check until a level was told; None when none was before its end."""
    usual: Truth
    """Before the line was filled on purpose."""
    whole: Truth
    """Of the whole check."""
    machine: str | None = None
    """Why the machine was too busy for it (`tests.support.lateness`), if it was."""

    @property
    def is_void(self) -> bool:
        return _is_void(self.whole.lateness_ms_p99, self.machine)

    @property
    def of(self) -> Line:
        return line_named(self.line)

    @property
    def numbers(self) -> Numbers:
        """What happened in this run: losses of all its time, delays before the line was filled."""
        up, down = self.whole.up, self.whole.down
        return replace(
            self.usual.numbers(self.of),
            loss_up=up.loss_ratio or 0.0,
            loss_down=down.loss_ratio or 0.0,
            packets=min(up.packets, down.packets),
        )

    @property
    def right(self) -> Right:
        """What these numbers call for."""
        return right_of(self.numbers)


@dataclass(frozen=True, slots=True)
class StepRun:
    """What was told in contact of a line that became bad and then clean again."""

    step: str
    warn_s: float | None
    """From the step until a level below good was told; None when none was."""
    clear_s: float | None
    """From the line's recovery until it was good again; None when it was not while watched."""
    cause: str
    """That was told with the warning."""
    is_cause_right: bool
    lateness_ms_p99: float
    machine: str | None = None

    @property
    def is_void(self) -> bool:
        return _is_void(self.lateness_ms_p99, self.machine)


@dataclass(frozen=True, slots=True)
class CalmRun:
    """A call on a line that is good: each change to a level below good is a false alarm."""

    line: str
    seconds: float
    alarms: int
    lateness_ms_p99: float
    machine: str | None = None

    @property
    def is_void(self) -> bool:
        return _is_void(self.lateness_ms_p99, self.machine)


@dataclass(frozen=True, slots=True)
class StallRun:
    """What was told while the node was stopped again and again, or once for long.

    However busy the machine is, no line is to be blamed meanwhile: no such run is void.
    """

    stall: str
    named: bool
    """Whether the node was named as the cause."""
    blamed: int
    """How often somebody's line was."""

    @property
    def is_right(self) -> bool:
        return self.named and self.blamed == 0


@dataclass(frozen=True, slots=True)
class Runs:
    """All that was measured."""

    checks: list[CheckRun] = field(default_factory=list)
    steps: list[StepRun] = field(default_factory=list)
    calms: list[CalmRun] = field(default_factory=list)
    stalls: list[StallRun] = field(default_factory=list)
    light: list[CheckRun] = field(default_factory=list)
    """Checks of people who pay for what is sent (`Save-Data`)."""
    random: list[CheckRun] = field(default_factory=list)
    """One check each of lines that nothing was tuned to."""

    @property
    def void(self) -> int:
        voids = [run.is_void for run in (*self.checks, *self.light, *self.random)]
        voids += [run.is_void for run in self.steps]
        return sum(voids + [run.is_void for run in self.calms])


def _is_void(lateness_ms_p99: float, machine: str | None) -> bool:
    return machine is not None or lateness_ms_p99 > VOID_ABOVE_MS


def line_of(runs: Runs) -> dict[str, float | int | None]:
    """Return the figures that are printed last; None where no run tells."""
    checks = [run for run in runs.checks if not run.is_void]
    steps = [run for run in runs.steps if not run.is_void]
    calms = [run for run in runs.calms if not run.is_void]
    causes = [_is_cause_right(run) for run in checks]
    causes += [run.is_cause_right for run in steps if run.warn_s is not None]
    causes += [run.is_right for run in runs.stalls]
    hours = sum(run.seconds for run in calms) / 3600
    return {
        **{name: share(map(judge, checks)) for name, judge in JUDGES.items()},
        "level_off_by_two": sum(run.right.levels_off(run.report.quality) > 1 for run in checks)
        if checks
        else None,
        "cause_ok": share(causes),
        "first_verdict_s_p95": p95([_first_s(run) for run in checks]),
        "check_s_p95": p95([run.report.took_ms / 1000 for run in checks]),
        "check_mb_max": max((run.report.size_bytes / 1e6 for run in checks), default=None),
        "warn_s_p95": p95([run.warn_s for run in steps]),
        "clear_s_p95": p95([run.clear_s for run in steps]),
        "false_alarms_per_h": round(sum(run.alarms for run in calms) / hours, 2) if hours else None,
    }


# Each judges one run; None where the run cannot tell.


def rtt_ok(run: CheckRun) -> bool | None:
    """Whether the median round trip is right."""
    true_ms, told_ms = run.usual.rtt_ms, run.report.quality.rtt_ms
    if true_ms is None:
        return None
    error_ms = max(RTT_ERROR_MS, RTT_ERROR * true_ms)
    return told_ms is not None and abs(told_ms - true_ms) <= error_ms


def loss_in_interval(run: CheckRun) -> bool | None:
    """Whether what was lost, each way, lies in the interval that was told."""
    pairs = (
        (run.whole.up.loss_ratio, run.report.quality.up),
        (run.whole.down.loss_ratio, run.report.quality.down),
    )
    known = [_has(told, true) for true, told in pairs if true is not None]
    return all(known) if known else None


def loss_direction(run: CheckRun) -> bool | None:
    """Whether the direction that lost more by three points was told to be the one that did."""
    up, down = run.whole.up.loss_ratio, run.whole.down.loss_ratio
    if up is None or down is None or abs(up - down) < DIRECTION_POINTS:
        return None
    told = run.report.quality
    if told.up.loss_ratio is None or told.down.loss_ratio is None:
        return False
    more_up = told.up.loss_ratio - told.down.loss_ratio
    return more_up > 0 if up > down else more_up < 0


def jitter_ok(run: CheckRun) -> bool | None:
    """Whether mean |D| is right, each way where the account has it."""
    pairs = (
        (run.usual.up.jitter_ms, run.report.quality.up),
        (run.usual.down.jitter_ms, run.report.quality.down),
    )
    known = [_is_jitter_right(told.jitter_ms, true) for true, told in pairs if true is not None]
    return all(known) if known else None


def downlink_ok(run: CheckRun) -> bool | None:
    """Whether the capacity down is right."""
    error = ROUGH_DOWNLINK_ERROR if run.of.is_rough else DOWNLINK_ERROR
    return _is_capacity_right(run.report.quality.down, run.of.down.rate_bps, error, error)


def uplink_ok(run: CheckRun) -> bool | None:
    """Whether the capacity up is right; not judged where more than 2 % are lost on the way."""
    if run.of.numbers.loss_up > UPLINK_LOSS:
        return None
    told, true = run.report.quality.up, run.of.up.rate_bps
    return _is_capacity_right(told, true, UPLINK_BELOW, UPLINK_ABOVE)


def level_ok(run: CheckRun) -> bool | None:
    """Whether the level is the one that the numbers of the run call for."""
    return run.right.has_level(run.report.quality)


JUDGES: dict[str, Callable[[CheckRun], bool | None]] = {
    "rtt_ok": rtt_ok,
    "loss_in_interval": loss_in_interval,
    "loss_direction": loss_direction,
    "jitter_ok": jitter_ok,
    "downlink_ok": downlink_ok,
    "uplink_ok": uplink_ok,
    "level_ok": level_ok,
}


def by_line(runs: Iterable[CheckRun]) -> dict[str, dict[str, Any]]:
    """Return what was found of each line, in the order of the lines."""
    runs = list(runs)
    found = {}
    for name in dict.fromkeys([*LINES, *(run.line for run in runs)]):
        line, own = line_named(name), [run for run in runs if run.line == name]
        sound = [run for run in own if not run.is_void]
        if own:
            found[name] = {
                "says": line.profile.says,
                "level": line.right.level,
                "causes": sorted(set().union(*line.right.causes.values())),
                "runs": len(own),
                "void": len(own) - len(sound),
                **{it: share(map(judge, sound)) for it, judge in JUDGES.items()},
                "level_of_line_ok": share(
                    run.of.right.has_level(run.report.quality) for run in sound
                ),
                "cause_ok": share(map(_is_cause_right, sound)),
                "told": _told(sound),
                "others": {it: _others_right(it, sound) for it in ORACLES},
            }
    return found


def seen_of(run: CheckRun) -> Seen:
    """Return what the formulas of others are given: the account's numbers, not ours."""
    numbers, usual = run.numbers, run.usual
    return Seen(
        rtt_ms=numbers.rtt_ms,
        loss_up=numbers.loss_up,
        loss_down=numbers.loss_down,
        jitter_ms=max(usual.up.jitter_ms or 0.0, usual.down.jitter_ms or 0.0),
        capacity_up_bps=numbers.capacity_up_bps or float("inf"),
        capacity_down_bps=numbers.capacity_down_bps or float("inf"),
    )


def _told(runs: Sequence[CheckRun]) -> dict[str, Any]:
    """Return means of what was told and of what was true, and every level with its cause."""
    levels: dict[str, int] = {}
    for run in runs:
        words = f"{run.report.quality.level} {run.report.quality.cause}"
        levels[words] = levels.get(words, 0) + 1
    qualities = [run.report.quality for run in runs]
    pairs: dict[str, tuple[Floats, Floats]] = {
        "rtt_ms": ([it.rtt_ms for it in qualities], [run.usual.rtt_ms for run in runs]),
        "loss_up": _both(runs, "up", "loss_ratio", "whole"),
        "loss_down": _both(runs, "down", "loss_ratio", "whole"),
        "jitter_up_ms": _both(runs, "up", "jitter_ms"),
        "jitter_down_ms": _both(runs, "down", "jitter_ms"),
        "capacity_up_bps": (
            [it.up.capacity_bps for it in qualities],
            [run.of.up.rate_bps for run in runs],
        ),
        "capacity_down_bps": (
            [it.down.capacity_bps for it in qualities],
            [run.of.down.rate_bps for run in runs],
        ),
    }
    means = {name: [_mean(told), _mean(true)] for name, (told, true) in pairs.items()}
    return {"levels": levels, "told_and_true": means}


def _both(
    runs: Sequence[CheckRun], way: str, name: str, time: str = "usual"
) -> tuple[Floats, Floats]:
    told = [getattr(getattr(run.report.quality, way), name) for run in runs]
    return told, [getattr(getattr(getattr(run, time), way), name) for run in runs]


def _others_right(name: str, runs: Sequence[CheckRun]) -> dict[str, Any]:
    said = [ORACLES[name](seen_of(run)) for run in runs]
    levels = {level: said.count(level) for level in sorted(set(said))}
    right = [level in run.right.causes for level, run in zip(said, runs, strict=True)]
    return {"levels": levels, "right": share(right)}


def _is_cause_right(run: CheckRun) -> bool:
    """By the line's own numbers where the level is: its queue makes jitter too, and is no cause."""
    told, own = run.report.quality, run.of.right
    return (own if told.level in own.causes else run.right).has_cause(told)


def _first_s(run: CheckRun) -> float:
    """A check that told nothing before its end told it then."""
    if run.first_verdict_s is not None:
        return run.first_verdict_s
    return run.report.took_ms / 1000 if run.report.state is CheckState.DONE else float("inf")


def _has(told: DirectionQuality, true: float) -> bool:
    if told.loss_low is None or told.loss_high is None:
        return False
    return told.loss_low - 1e-9 <= true <= told.loss_high + 1e-9


def _is_jitter_right(told_ms: float | None, true_ms: float) -> bool:
    error_ms = max(JITTER_ERROR_MS, JITTER_ERROR * true_ms)
    return told_ms is not None and abs(told_ms - true_ms) <= error_ms


def _is_capacity_right(
    told: DirectionQuality, true_bps: float | None, below: float, above: float
) -> bool:
    """A bound is right where it is none too high, and reaches the highest threshold of a level."""
    if told.capacity_bps is None:
        return False
    if true_bps is None:
        return told.capacity_bps >= CAPACITY_BPS[0]
    if told.capacity_bps > true_bps * (1 + above):
        return False
    least = true_bps * (1 - below)
    return told.capacity_bps >= (min(least, CAPACITY_BPS[0]) if told.capacity_is_bound else least)


def share(judged: Iterable[bool | None]) -> float | None:
    known = [it for it in judged if it is not None]
    return round(sum(known) / len(known), 4) if known else None


def p95(values: Sequence[float | None]) -> float | None:
    """Return the 95th percentile, nearest rank; None without values, or where it never came."""
    if not values:
        return None
    ordered = sorted(float("inf") if it is None else it for it in values)
    worst = ordered[max(-(-95 * len(ordered) // 100) - 1, 0)]
    return None if worst == float("inf") else round(worst, 2)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [it for it in values if it is not None]
    return round(fmean(known), 4) if known else None
