"""One call across a line, ours or direct: one that falls and rises, or one that stays as it is."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, Literal

from benchmarks.congestion.figures import Course, Heard, Steady, figures, steady_figures
from benchmarks.netlab.fatelog import Direction, Report
from benchmarks.netlab.profiles import BASE, Profile, both_ways, capacity_step, limited
from tests.e2e.harness.line import FarVisits, across
from tests.e2e.harness.page import Watched
from tests.support.media import MediaFiles

Route = Literal["ours", "direct"]
HIGH_BPS, LOW_BPS = 2e6, 4e5
FALL_S, RISE_S, END_S, STEADY_S = 20.0, 40.0, 60.0, 30.0
QUEUE_S = 0.3
"""That of `capacity_step`."""
SAMPLE_MS = 200
WINDOW: dict[str, Any] = {"width": 800, "height": 500}  # headless browsers paint by the processor
DIRECT = Path(__file__).with_name("direct.js").read_text()


async def measure(
    route: Route, media: dict[str, MediaFiles], folder: Path
) -> tuple[dict[str, object], Report]:
    """Hold one call; return its figures and the emulator's report."""
    line = both_ways("high", "before the call", limited(HIGH_BPS, QUEUE_S))
    async with across(line, media, folder) as far:
        _, patient = await _meet(route, far)
        course = _begin(far, capacity_step(FALL_S, RISE_S, HIGH_BPS, LOW_BPS))
        await patient.record(SAMPLE_MS)
        await asyncio.sleep(course.end_at - time.monotonic())
        heard = await _heard(patient)
        result = far.lab.result()
    return figures(course, result.log, heard), result.report


async def measure_steady(
    route: Route, rate_bps: float, queue_s: float, media: dict[str, MediaFiles], folder: Path
) -> tuple[dict[str, dict[str, object]], Report]:
    """Hold one call on a line that stays as it is; return its figures and the report."""
    line = both_ways("steady", "the same each way", limited(rate_bps, queue_s))
    async with across(line, media, folder) as far:
        therapist, patient = await _meet(route, far)
        now = time.monotonic()
        steady = Steady(now, now + STEADY_S, rate_bps, BASE.delay_s)
        for person in (therapist, patient):
            await person.record(SAMPLE_MS)
        await asyncio.sleep(steady.end_at - time.monotonic())
        heard = {Direction.UP: await _heard(therapist), Direction.DOWN: await _heard(patient)}
        result = far.lab.result()
    return steady_figures(steady, result.log, heard), result.report


def _begin(far: FarVisits, profile: Profile) -> Course:
    far.lab.apply(profile)
    now = time.monotonic()
    return Course(
        accepted_at=now,
        fall_at=now + FALL_S,
        rise_at=now + RISE_S,
        end_at=now + END_S,
        high_bps=HIGH_BPS,
        low_bps=LOW_BPS,
        delay_s=BASE.delay_s,
    )


async def _meet(route: Route, far: FarVisits) -> tuple[Watched, Watched]:
    """Let the two meet; returns therapist and patient the moment they may send as they like."""
    return await (_accept(far) if route == "ours" else _call(far))


async def _accept(far: FarVisits) -> tuple[Watched, Watched]:
    """Let the two meet as they do in the product; returns right after ACCEPT."""
    therapist = await far.visits.new_therapist(**WINDOW)
    await therapist.register("congestion@example.org")
    _, link = await therapist.add_patient("Alex")
    patient = await far.visits.new_patient(**WINDOW)
    await patient.come(link)
    await therapist.open_waiting_room_from_home("Alex")
    await therapist.enter()
    await therapist.accept()
    return therapist, patient


async def _call(far: FarVisits) -> tuple[Watched, Watched]:
    """Connect two pages directly; returns right after the answer."""
    therapist = await far.visits.new_therapist(**WINDOW)
    patient = await far.visits.new_patient(**WINDOW)
    for page in (therapist.page, patient.page):
        await page.goto(f"{far.product.url}/api/health")  # next to nothing to load
        await page.evaluate(DIRECT)
        await page.evaluate("window.__direct.prepare()")
    offer = await therapist.page.evaluate("window.__direct.offer()")
    answer = await patient.page.evaluate("sdp => window.__direct.answer(sdp)", offer)
    await therapist.page.evaluate("sdp => window.__direct.accept(sdp)", answer)
    return therapist, patient


async def _heard(person: Watched) -> list[Heard]:
    shift = time.monotonic() - time.time()
    rows = await person.recorded()
    return [Heard(row.at / 1000 + shift, row.audioPackets, row.audioLost) for row in rows]
