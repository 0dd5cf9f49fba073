"""One visit, measured in both pages.

Instants are `performance.timeOrigin` + monotonic time in either browser; on one machine both
come from the same clocks.
"""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.join.figures import Meeting, Received, seconds_to_rate
from tests.e2e.harness.page import Watched, eventually
from tests.e2e.harness.people import Therapist
from tests.e2e.harness.visits import Visits

WATCH_S = 12
SAMPLE_MS = 100
SETTLE_S = 2.0
WINDOW: dict[str, Any] = {"width": 800, "height": 500}  # headless browsers paint by the processor


async def meet(visits: Visits, therapist: Therapist, number: int) -> Meeting:
    """Let one new patient come and be accepted; ends the session."""
    name = f"Patient {number}"
    _, link = await therapist.add_patient(name)
    patient = await visits.new_patient(**WINDOW)
    await patient.come(link)
    await therapist.open_waiting_room_from_home(name)
    await therapist.enter()
    await therapist.accept_button.wait_for()
    await asyncio.sleep(SETTLE_S)  # so that both send as they do while waiting
    await therapist.accept()
    accepted_at = await click_on_accept(therapist)
    sides: tuple[Watched, Watched] = (patient, therapist)
    for side in sides:
        await side.record(SAMPLE_MS)
    frames = [await first_frame(side, accepted_at) for side in sides]
    rates = [await rate_reached(side, accepted_at) for side in sides]
    await therapist.end()
    await patient.page.context.close()
    return Meeting(frames[0], frames[1], rates[0], rates[1])


async def click_on_accept(therapist: Therapist) -> float:
    """Return the instant of the click itself, in epoch milliseconds."""
    clicks = await therapist.page.evaluate("window.__probe.clicks")
    return float(next(it["at"] for it in reversed(clicks) if it["text"].endswith("ACCEPT")))


async def first_frame(side: Watched, accepted_at: float) -> float:
    """Return milliseconds from ACCEPT to the first presented frame of the other side."""

    async def came() -> list[float] | None:
        frames: list[float] = await side.page.evaluate(
            "window.__probe.firstFrames.map(({ at }) => at)"
        )
        return [at for at in frames if at >= accepted_at] or None

    return min(await eventually(came, "the first frame")) - accepted_at


async def rate_reached(side: Watched, accepted_at: float) -> float | None:
    """Watch until this side received 1 Mbps, for at most `WATCH_S`; returns seconds from ACCEPT."""
    while True:
        stats = await side.recorded(stop=False)
        rows = [Received(row.at / 1000, row.videoBytes) for row in stats]
        reached = seconds_to_rate(accepted_at / 1000, rows)
        if reached is not None or (rows and rows[-1].at > accepted_at / 1000 + WATCH_S):
            await side.recorded(stop=True)
            return reached
        await asyncio.sleep(0.3)
