"""A call under way, the usual start of a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfu.messages import Role, RoomState
from tests.control.stage import Live, Page, Stage, Visiting


@dataclass(slots=True)
class Call:
    """A therapist and a patient in contact, with everything connected."""

    stage: Stage
    therapist: Page
    visiting: Visiting
    home: Live
    waiting: Live
    id: str

    @classmethod
    async def begin(cls, stage: Stage) -> Call:
        therapist = await stage.therapist()
        home = await therapist.live("/api/live")
        visiting = await stage.visit(therapist)
        waiting = await visiting.arrive()
        session_id = (await therapist.get("/api/sessions"))["items"][0]["id"]
        await visiting.page.offer("/api/visit/offer")
        await therapist.offer(f"/api/sessions/{session_id}/offer")
        await stage.media.connect(session_id, Role.PATIENT)
        await stage.media.connect(session_id, Role.THERAPIST)
        await therapist.post(f"/api/sessions/{session_id}/enter")
        await therapist.post(f"/api/sessions/{session_id}/accept")
        await waiting.visit("in_contact")
        await home.session(lambda one: one["state"] == "in_contact")
        return cls(stage, therapist, visiting, home, waiting, session_id)

    @property
    def path(self) -> str:
        return f"/api/sessions/{self.id}"

    @property
    def room(self) -> RoomState:
        room = self.stage.media.room(self.id)
        assert room is not None
        return room

    async def read(self) -> Any:
        return await self.therapist.get(self.path)
