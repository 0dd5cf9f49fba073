"""Visits arranged in one line: a fresh therapist, a fresh patient, their tabs."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext

from tests.e2e.harness.browser import Browsers, new_device
from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import CONTACT_MS, Patient, Therapist
from tests.e2e.harness.product import Product

OF_PICTURES = "picture paused so that the sound stays clear|no picture arrives"
"""What a busy machine's line may add to what is said of the other side."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Two people who may meet."""

    therapist: Therapist
    patient: Patient
    name: str
    patient_id: str
    link: str

    async def room(self, product: Product) -> dict[str, Any]:
        """Return the node's own account of this visit's room, with both peers connected."""
        path = f"/api/sessions?patient={self.patient_id}"
        ids = {session["id"] for session in (await self.therapist.call("GET", path))["items"]}

        async def both() -> dict[str, Any] | None:
            for room in await product.rooms():
                connected = [peer for peer in room["peers"] if peer["connected"]]
                if room["id"] in ids and len(connected) == 2:
                    return room
            return None

        return await eventually(both, "both peers in the node's room")


class Visits:
    """Makes visits and closes every device that they used."""

    def __init__(self, product: Product, browsers: Browsers) -> None:
        self._product, self._browsers = product, browsers
        self._devices: list[BrowserContext] = []

    async def device(self, browser: Browser, **how: Any) -> BrowserContext:
        context = await new_device(browser, **how)
        self._devices.append(context)
        return context

    async def new_patient(self, browser: Browser | None = None, **how: Any) -> Patient:
        """Return a tab on a device of a patient's own."""
        device = await self.device(browser or self._browsers.patient, **how)
        return Patient(await device.new_page())

    async def new_therapist(self, **how: Any) -> Therapist:
        device = await self.device(self._browsers.therapist, **how)
        return Therapist(await device.new_page(), self._product.url)

    async def registered_therapist(self) -> Therapist:
        """Return a new one, logged in and on Home."""
        therapist = await self.new_therapist()
        invitation = await self._product.invite() if self._product.sends_mail else ""
        email = f"{secrets.token_hex(6)}@example.org"
        await therapist.register(email, invitation=invitation)
        return therapist

    async def arranged(
        self, name: str = "Alex M.", browser: Browser | None = None, **how: Any
    ) -> Visit:
        """Return a logged-in therapist on Home, and a patient with a link not yet opened.

        `how` is the patient's device, see `new_device`.
        """
        therapist, patient = await asyncio.gather(
            self.registered_therapist(), self.new_patient(browser, **how)
        )
        patient_id, link = await therapist.add_patient(name)
        return Visit(therapist, patient, name, patient_id, link)

    async def in_contact(self, browser: Browser | None = None) -> Visit:
        """Return two people who see and hear each other."""
        visit = await self.arranged(browser=browser)
        await self.meet(visit)
        return visit

    async def meet(self, visit: Visit) -> None:
        await visit.patient.come(visit.link)
        await visit.therapist.open_waiting_room_from_home(visit.name)
        await visit.therapist.enter()
        await visit.therapist.accept()
        await assert_face_to_face(visit)

    async def close(self) -> None:
        await asyncio.gather(*(context.close() for context in self._devices))


def of_the_other(*words: str) -> re.Pattern[str]:
    """Exactly these words of the other side, but for what the line may add of pictures."""
    if not words:
        return re.compile(f"^({OF_PICTURES})?$")
    return re.compile(f"^{' · '.join(map(re.escape, words))}( · ({OF_PICTURES}))?$")


async def assert_face_to_face(visit: Visit, within_s: float = CONTACT_MS / 1000) -> None:
    """What each shows and plays is what the other sends."""
    sides = ((visit.therapist, "patient"), (visit.patient, "therapist"))
    await asyncio.gather(*(side.sees(other, within_s) for side, other in sides))
    await asyncio.gather(*(side.hears(other, within_s) for side, other in sides))
