"""A report to begin from."""

from benchmarks.netlab.fatelog import Report, Totals


def report(void: str | None = None) -> Report:
    """Make the report of a run in which nothing was sent."""
    nothing = Totals(sent=0, copies=0, bytes_in=0, fates={})
    return Report(
        profile="lan",
        seed=1,
        seconds=1.0,
        up=nothing,
        down=nothing,
        lateness_ms_p50=0.0,
        lateness_ms_p99=0.0,
        wake_ms_p99=0.0,
        kernel_drops=0,
        unlogged=0,
        realtime=True,
        void=void,
    )
