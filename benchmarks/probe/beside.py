"""What the published figures leave out, of the same runs. Pure."""

from __future__ import annotations

from math import exp, factorial

from benchmarks.probe.figures import JUDGES, CheckRun, Runs, level_ok, line_of, p95, share


def beside(runs: Runs) -> dict[str, float | int | None]:
    """Return what the published figures leave out; None where no run tells."""
    checks = [run for run in runs.checks if not run.is_void]
    light = [run for run in runs.light if not run.is_void]
    calms = [run for run in runs.calms if not run.is_void]
    hours = sum(run.seconds for run in calms) / 3600
    most = most_expected(sum(run.alarms for run in calms))
    return {
        "level_exact": share(run.report.quality.level is run.right.level for run in checks),
        "line_mb_max": max(map(_line_mb, checks), default=None),
        "light_checks": len(light) or None,
        "light_s_p95": p95([run.report.took_ms / 1000 for run in light]),
        "light_mb_max": max((run.report.size_bytes / 1e6 for run in light), default=None),
        "light_line_mb_max": max(map(_line_mb, light), default=None),
        "light_level_ok": share(map(level_ok, light)),
        **{f"random_{name}": told for name, told in _of_random(runs.random).items()},
        "stalls": len(runs.stalls),
        "stalls_named": sum(run.named for run in runs.stalls),
        "stalls_blamed": sum(run.blamed > 0 for run in runs.stalls),
        "call_hours": round(hours, 2),
        "false_alarms_per_h_at_most": round(most / hours, 1) if hours else None,
    }


def _of_random(runs: list[CheckRun]) -> dict[str, float | int | None]:
    told = line_of(Runs(checks=runs))
    names = [*JUDGES, "level_off_by_two", "cause_ok"]
    count = sum(not run.is_void for run in runs) or None
    return {"checks": count} | {name: told[name] for name in names}


def most_expected(count: int) -> float:
    """Return the mean above which so few would be seen once in twenty times at most (Poisson)."""
    low, high = 0.0, 10.0 + 3 * count
    while high - low > 1e-6:
        mean = (low + high) / 2
        so_few = sum(exp(-mean) * mean**each / factorial(each) for each in range(count + 1))
        low, high = (mean, high) if so_few > 0.05 else (low, mean)
    return high


def _line_mb(run: CheckRun) -> float:
    """All that crossed the line in a check's time, of which the page sends sound anyway."""
    bps = run.whole.up.rate_bps + run.whole.down.rate_bps
    return round(bps * run.report.took_ms / 8e9, 3)
