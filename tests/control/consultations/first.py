"""A first consultation under way, the usual start of a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfu.messages import Role
from tests.control.stage import Live, Page, Stage

NOTE = "Called on Friday, sent by a colleague"


@dataclass(slots=True)
class First:
    """A therapist, a consultation of hers, and the guest's browser."""

    stage: Stage
    therapist: Page
    id: str
    token: str
    guest: Page

    @classmethod
    async def begin(cls, stage: Stage, therapist: Page | None = None) -> First:
        therapist = therapist or await stage.therapist()
        one = await therapist.post("/api/consultations", {"note": NOTE}, 201)
        link = await therapist.get(f"/api/patients/{one['id']}/invitation")
        token = link["url"].partition("#")[2]
        return cls(stage, therapist, one["id"], token, stage.page())

    @property
    def path(self) -> str:
        return f"/api/consultations/{self.id}"

    @property
    def link(self) -> str:
        return f"/api/patients/{self.id}/invitation"

    async def read(self) -> Any:
        return await self.therapist.get(self.path)

    async def look(self, page: Page | None = None, expect: int = 200) -> Any:
        """Open the link, as a person, a scanner or anybody does."""
        body = {"token": self.token}
        return await (page or self.guest).post("/api/visit/preview", body, expect)

    async def press_continue(
        self, name: str | None = "Giulia", page: Page | None = None, expect: int = 200, **more: Any
    ) -> Any:
        body = {"token": self.token, "name": name} | more
        return await (page or self.guest).post("/api/visit", body, expect)

    async def arrive(self) -> Live:
        await self.press_continue()
        live = await self.guest.live("/api/visit/live")
        assert (await live.next())["type"] == "visit"
        return live

    async def session(self) -> Any:
        """Return the open session."""
        (session,) = (await self.therapist.get("/api/sessions/open"))["sessions"]
        return session

    async def meet(self) -> tuple[Live, str]:
        """Bring both in contact; return the guest's socket and the session's path."""
        waiting = await self.arrive()
        session_id = (await self.session())["id"]
        path = f"/api/sessions/{session_id}"
        await self.guest.offer("/api/visit/offer")
        await self.therapist.offer(f"{path}/offer")
        await self.stage.media.connect(session_id, Role.PATIENT)
        await self.stage.media.connect(session_id, Role.THERAPIST)
        await self.therapist.post(f"{path}/enter")
        await self.therapist.post(f"{path}/accept")
        await waiting.visit("in_contact")
        return waiting, path
