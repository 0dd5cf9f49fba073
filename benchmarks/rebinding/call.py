"""One call whose patient's network changes again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from benchmarks.netlab.fatelog import Report
from benchmarks.netlab.lab import Lab
from benchmarks.rebinding.figures import Count, cost
from tests.e2e.harness.firefox import FirefoxPatient, firefox
from tests.e2e.harness.line import FarVisits, across
from tests.e2e.harness.page import Stats, Watched, eventually
from tests.e2e.harness.people import Patient
from tests.e2e.harness.visits import Visit
from tests.support.media import MediaFiles

Kind = Literal["chromium-before", "chromium-after", "firefox"]
"""The patient's browser; Chromium with permission given before joining, or after."""
Change = Literal["rebound", "moved"]

EVERY_MS = 50
SETTLE_S, LOOK_S = 4.0, 6.0
LINE = "dsl"
RECORD = f"window.__probe.record({EVERY_MS})"
LATE_PERMISSION = """
    const media = navigator.mediaDevices;
    const ask = media.getUserMedia.bind(media);
    const given = new Promise((resolve) => (window.__permit = resolve));
    media.getUserMedia = async (wanted) => (await given, ask(wanted));
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one change cost, in milliseconds: of sound and of picture."""

    change: Change
    to_therapist: dict[str, float]
    to_patient: dict[str, float]


@dataclass(slots=True)
class Scene:
    """A call, and how to learn what came at either end."""

    lab: Lab
    therapist: Callable[[], Awaitable[list[Stats]]]
    patient: Callable[[], Awaitable[list[Stats]]]
    restarts: Callable[[], Awaitable[int]]
    """How often the patient's page restarted ICE."""
    changes: list[tuple[Change, float, float]] = field(default_factory=list)
    """Each, when it was, and until when it was looked at what it cost."""

    async def change(self, change: Change, look_s: float) -> None:
        """Let the network change, and what follows pass."""
        at = time.monotonic()
        if change == "rebound":
            at = self.lab.rebind()
        else:
            self.lab.move_client()
        await asyncio.sleep(look_s)
        self.changes.append((change, at, time.monotonic()))

    async def costs(self) -> list[Cost]:
        to_therapist = _counts(await self.therapist())
        to_patient = _counts(await self.patient())
        return [
            Cost(change, cost(to_therapist, *when), cost(to_patient, *when))
            for change, *when in self.changes
        ]


async def measure(
    kind: Kind, changes: Sequence[Change], media: dict[str, MediaFiles], folder: Path
) -> tuple[list[Cost], Report]:
    """Hold one call through these changes; returns what each cost and the emulator's report."""
    async with in_call(kind, media, folder) as scene:
        await asyncio.sleep(SETTLE_S)
        for number, change in enumerate(changes):
            # Spread over the periods of whatever repeats: reports, pings, checks.
            await scene.change(change, LOOK_S + 0.137 * number)
        return await scene.costs(), scene.lab.result().report


async def idle_restarts(
    profile: str, seconds: float, media: dict[str, MediaFiles], folder: Path
) -> tuple[int, Report]:
    """Hold one call on a line that stays as it is; returns how often the patient restarted ICE."""
    async with across(profile, media, folder) as far:
        visit = await far.visits.arranged()
        await visit.patient.come(visit.link)
        await _accept(visit)
        await visit.patient.sees("therapist")
        await asyncio.sleep(seconds)
        return await visit.patient.restarts(), far.lab.result().report


@asynccontextmanager
async def in_call(kind: Kind, media: dict[str, MediaFiles], folder: Path) -> AsyncIterator[Scene]:
    """Let two people meet, the patient with that browser, and record what comes at both ends."""
    late = kind == "chromium-after"
    async with across(LINE, media, folder, permits=not late) as far:
        made = _with_firefox(far) if kind == "firefox" else _with_chromium(far, late=late)
        async with made as scene:
            yield scene


@asynccontextmanager
async def _with_chromium(far: FarVisits, *, late: bool) -> AsyncIterator[Scene]:
    visit = await far.visits.arranged()
    patient = visit.patient
    await (_come_without_permission if late else Patient.come)(patient, visit.link)
    await _accept(visit)
    await patient.sees("therapist")
    await visit.therapist.sees("patient")
    for person in (visit.therapist, patient):
        await person.record(EVERY_MS)
    yield Scene(far.lab, _recorded(visit.therapist), _recorded(patient), patient.restarts)


async def _come_without_permission(patient: Patient, link: str) -> None:
    """Give the permission once the page has a path."""
    await patient.page.add_init_script(LATE_PERMISSION)
    await patient.come(link)
    await eventually(patient.route, "a path before the permission")
    await patient.page.context.grant_permissions(["camera", "microphone"])
    await patient.page.evaluate("window.__permit()")


async def _accept(visit: Visit) -> None:
    await visit.therapist.open_waiting_room_from_home(visit.name)
    await visit.therapist.enter()
    await visit.therapist.accept()


def _recorded(person: Watched) -> Callable[[], Awaitable[list[Stats]]]:
    async def recorded() -> list[Stats]:
        return await person.recorded(stop=False)

    return recorded


@asynccontextmanager
async def _with_firefox(far: FarVisits) -> AsyncIterator[Scene]:
    visit = await far.visits.arranged()
    inside = far.lab.client.name
    async with firefox(visit.link, namespace=inside, script=RECORD) as patient:
        assert await patient.said() == {"waiting": True}
        await _accept(visit)
        await patient.sees_therapist()
        await visit.therapist.record(EVERY_MS)
        told = _Told()
        collecting = asyncio.create_task(_collect(patient, told))

        async def rows() -> list[Stats]:
            await asyncio.sleep(2)  # a line comes each second
            return told.rows

        async def restarts() -> int:
            return told.restarts

        try:
            yield Scene(far.lab, _recorded(visit.therapist), rows, restarts)
        finally:
            collecting.cancel()
            with suppress(asyncio.CancelledError):
                await collecting


@dataclass(slots=True)
class _Told:
    """What a Firefox has said so far."""

    rows: list[Stats] = field(default_factory=list)
    restarts: int = 0


async def _collect(patient: FirefoxPatient, told: _Told) -> None:
    while True:
        with suppress(AssertionError):  # a socket to control that broke is an error on the page
            words: dict[str, Any] = await patient.said()
            told.rows += [Stats(**row) for row in words["rows"]]
            told.restarts = words["restarts"]


def _counts(rows: list[Stats]) -> list[Count]:
    shift = time.monotonic() - time.time()
    return [Count(row.at / 1000 + shift, row.audioPackets, row.framesReceived) for row in rows]
