"""Checks before a call, over a line, as a waiting patient's page has them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from benchmarks.netlab.fatelog import Record
from benchmarks.probe.figures import CheckRun
from benchmarks.probe.lines import CLEAN, Line
from benchmarks.probe.stand import POLL_S, Stand, close, monotonic_of
from benchmarks.probe.truth import truth_of, usual_until
from sfu.messages import CheckReport, CheckState, Level, PeerState
from tests.e2e.harness.firefox import firefox

LIMIT_S = 30.0
"""For a check that should take ten."""
CHROMIUM, FIREFOX = "chromium", "firefox"


async def check(
    stand: Stand, line: Line, browser: str = CHROMIUM, *, light: bool = False
) -> CheckRun:
    """Hold one check and compare it with what became of its packets.

    Args:
        stand: Where.
        line: The line.
        browser: Which one the patient has.
        light: It was asked to use few bytes; Chromium alone.
    """
    known = {peer.id for peer in await stand.peers()}
    if browser == FIREFOX:
        applied_at, report, first_s = await _in_firefox(stand, line, known)
    else:
        applied_at, report, first_s = await _in_chromium(stand, line, known, light)
    stand.apply(CLEAN)
    return check_run(line, browser, report, first_s, stand.records(), applied_at)


def check_run(
    line: Line,
    browser: str,
    report: CheckReport,
    first_verdict_s: float | None,
    records: Iterable[Record],
    applied_at: float,
) -> CheckRun:
    """Return a run with what was true in its time."""
    started_at = monotonic_of(report.started_at)
    since, until = max(started_at, applied_at), started_at + report.took_ms / 1000
    records = [it for it in records if since <= it.time_in < until]
    return CheckRun(
        line=line.name,
        browser=browser,
        report=report,
        first_verdict_s=first_verdict_s,
        usual=truth_of(records, since, usual_until(records, since, until)),
        whole=truth_of(records, since, until),
    )


Held = tuple[float, CheckReport, float | None]
"""When the line was applied, what was reported, and after how long a level was."""


async def _in_chromium(stand: Stand, line: Line, known: set[str], light: bool) -> Held:
    patient = await stand.opened(await stand.new_link("Alex"), light=light)
    try:
        applied_at = stand.apply(line.profile)
        await patient.go_on()
        return applied_at, *await follow(stand, await stand.newcomer(known))
    finally:
        stand.apply(CLEAN)
        await close(patient)


async def _in_firefox(stand: Stand, line: Line, known: set[str]) -> Held:
    """Its page loads and goes on by itself: the line becomes what it is when its peer is there."""
    link = await stand.new_link("Alex")
    async with firefox(link, namespace=stand.far.lab.client.name):
        peer = await stand.newcomer(known)
        applied_at = stand.apply(line.profile)
        try:
            return applied_at, *await follow(stand, peer)
        finally:
            stand.apply(CLEAN)


async def follow(stand: Stand, peer: PeerState) -> tuple[CheckReport, float | None]:
    """Wait for the end of a check; also return how long it took until a level was told.

    Of someone who connected anew meanwhile the last check counts.
    """
    first_s: float | None = None
    give_up = time.monotonic() + LIMIT_S
    while True:
        now = await stand.peer_of(peer.participant)
        report = now.check if now else None
        if report is not None:
            if report.state is not CheckState.RUNNING:
                return report, first_s
            if first_s is None and report.quality.level is not Level.UNKNOWN:
                first_s = (datetime.now(UTC) - report.started_at).total_seconds()
        assert time.monotonic() < give_up, f"no check ended within {LIMIT_S:g} s: {report}"
        await asyncio.sleep(POLL_S)
