"""What every run needs: a line, a node that is a process of its own, and a therapist on Home."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.netlab.fatelog import Record
from benchmarks.netlab.profiles import Profile
from benchmarks.probe.lines import CLEAN
from sfu.messages import PeerState, Role, RoomState
from tests.e2e.harness.line import FarVisits, across
from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import Patient, Therapist
from tests.support.media import write_busy_media

NODE = "sfu"
POLL_S = 0.1
WINDOW: dict[str, Any] = {"width": 800, "height": 500}  # headless browsers paint by the processor


@dataclass(frozen=True, slots=True)
class Stand:
    """Where runs are held, one after another; each has a patient and a link of its own."""

    far: FarVisits
    therapist: Therapist

    def apply(self, profile: Profile) -> float:
        """Change the line; returns when, in seconds of CLOCK_MONOTONIC."""
        self.far.lab.apply(profile)
        return time.monotonic()

    def records(self) -> Iterable[Record]:
        """Return the emulator's account so far."""
        return self.far.lab.result().log

    def pause_node(self) -> None:
        self.far.product.pause(NODE)

    def resume_node(self) -> None:
        self.far.product.resume(NODE)

    async def peers(self) -> list[PeerState]:
        """Return all peers of the node, by its own account."""
        rooms = [RoomState.model_validate(room) for room in await self.far.product.rooms()]
        return [peer for room in rooms for peer in room.peers]

    async def new_link(self, name: str) -> str:
        """Return the link of a new patient."""
        _, link = await self.therapist.add_patient(name)
        return link

    async def opened(self, link: str, *, light: bool = False) -> Patient:
        """Return a patient's page that has loaded over a clean line, and has not gone on yet.

        Args:
            link: The patient's own.
            light: Of a browser that was asked to use few bytes.
        """
        self.apply(CLEAN)
        patient = await self.far.visits.new_patient(**WINDOW)
        if light:
            await patient.page.context.set_extra_http_headers({"Save-Data": "on"})
        await patient.open(link)
        return patient

    async def newcomer(self, known: set[str], within_s: float = 40.0) -> PeerState:
        """Wait until the node has a patient's peer that is not among those known."""

        async def appeared() -> PeerState | None:
            peers = await self.peers()
            return next(
                (it for it in peers if it.role is Role.PATIENT and it.id not in known), None
            )

        return await eventually(appeared, "the patient's peer", within_s, every_s=POLL_S / 2)

    async def peer_of(self, participant: str) -> PeerState | None:
        """Return the newest peer of someone, who may have connected anew; None without one."""
        own = [peer for peer in await self.peers() if peer.participant == participant]
        return own[-1] if own else None


@asynccontextmanager
async def stand(folder: Path, *, speech: Path | None = None) -> AsyncIterator[Stand]:
    """Put it up, with a clean line.

    Args:
        folder: For all that is written.
        speech: What the therapist says; else a tone.
    """
    media = {role: write_busy_media(role, folder) for role in ("therapist", "patient")}
    if speech is not None:
        media["therapist"] = replace(media["therapist"], audio=speech)
    async with across(CLEAN, media, folder, split=True) as far:
        therapist = await far.visits.new_therapist(**WINDOW)
        await therapist.register("probe@example.org")
        yield Stand(far, therapist)


async def close(patient: Patient) -> None:
    """Let a patient leave, and forget the device."""
    await patient.page.context.close()


def monotonic_of(instant: datetime) -> float:
    """Return an instant in seconds of CLOCK_MONOTONIC."""
    return time.monotonic() - (datetime.now(UTC) - instant).total_seconds()


async def sleep_until(at: float) -> None:
    """Sleep until a time of CLOCK_MONOTONIC."""
    await asyncio.sleep(max(0.0, at - time.monotonic()))
