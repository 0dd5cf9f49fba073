"""A walk past the desk of a therapist who has been at work: what a camera would not find new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.e2e.harness.past import FAILED, MEETINGS, write_past
from tests.e2e.harness.people import Therapist
from tests.e2e.harness.walk import Walk

SHEETS = {
    "en": "Name,E-mail,Phone\nNicolò Rizzi,nicolo@example.org,\nAlex M.,,\nEva Lind,,12\n",
    "it": "Nome;E-mail;Telefono\nNicolò Rizzi;nicolo@example.org;\nAlex M.;;\nEva Lind;;12\n",
}
NOTES = {"en": "Called on Friday", "it": "Ha telefonato venerdì"}
PAINTED_MS = 60_000
CHAT = ("Ciao!", f"https://example.org/{'a-long-address-' * 8}")
SESSIONS = ("session-page", "session-page-server", "session-page-own")
"""Of `MEETINGS`, in their order."""


async def press(target: Locator) -> None:
    """Click it; after many sizes Chromium may paint no frame for a while, and a click waits."""
    await target.click(timeout=PAINTED_MS)


@dataclass(frozen=True, slots=True)
class DeskWalk(Walk):
    """The walk's therapist with a past, which `past` writes."""

    database: Path = Path()

    async def desk_pages(self) -> None:
        """Home with something to decide, a session's own page, and the dialogs of the lists.

        On each stand notes of messages that did not arrive.
        """
        therapist = await self.visits.new_therapist(**self.device)
        await self._register(therapist)
        await self._add_patients(therapist)
        await self._keep_chat(therapist)
        await self._add_guest(therapist)
        patients = (await therapist.call("GET", "/api/patients"))["items"]
        guests = (await therapist.call("GET", "/api/consultations"))["items"]
        ids = [[one["id"] for one in some] for some in (patients, guests)]
        await write_past(self.database, *ids)
        await self._go(therapist, "/", "desk-home")
        failed = therapist.page.get_by_test_id("failed-message")
        await expect(failed).to_have_count(len(FAILED))
        await self._session_pages(therapist)
        await self._go(therapist, "/patients", "patients-checked")
        await self._patients_dialogs(therapist)
        await self._go(therapist, "/sessions", "sessions-past")
        await self._open(therapist.page, "export-sessions", "sessions-export")

    async def _session_pages(self, therapist: Therapist) -> None:
        page = therapist.page
        ended = (await therapist.call("GET", "/api/sessions?ended=1"))["items"]
        met = [one["id"] for one in ended if not one["is_guest"]][: len(MEETINGS)]
        for name, session_id in zip(SESSIONS, met, strict=True):
            await page.goto(f"{therapist.url}/sessions/{session_id}")
            await expect(page.locator(".axis-line")).to_have_count(2)
            if name == SESSIONS[0]:
                await expect(page.get_by_test_id("kept-chat").locator("dd")).to_have_count(2)
                await expect(page.locator(".sent-for li")).to_have_count(1)
            await self.look(name, page)

    async def _add_guest(self, therapist: Therapist) -> None:
        form = {"language": self.language, "note": NOTES[self.language]}
        guest = await therapist.call("POST", "/api/consultations", form)
        session = await therapist.call("POST", "/api/sessions", {"patient_id": guest["id"]})
        await therapist.call("POST", f"/api/sessions/{session['id']}/end")

    async def _keep_chat(self, therapist: Therapist) -> None:
        patient = (await therapist.call("GET", "/api/patients"))["items"][0]
        session = await therapist.call("POST", "/api/sessions", {"patient_id": patient["id"]})
        path = f"/api/sessions/{session['id']}"
        for number, text in enumerate(CHAT):
            await therapist.call("POST", f"{path}/chat", {"id": f"{number:016}", "text": text})
        await therapist.call("POST", f"{path}/chat/keep")
        await therapist.call("POST", f"{path}/end")

    async def _patients_dialogs(self, therapist: Therapist) -> None:
        page = therapist.page
        await page.goto(f"{therapist.url}/patients")
        await press(page.get_by_test_id("import-patients"))
        content = SHEETS[self.language].encode("cp1252")
        sheet = FilePayload(name="patients.csv", mimeType="text/csv", buffer=content)
        await page.get_by_test_id("import-file").set_input_files(sheet)
        await expect(page.get_by_test_id("import-row")).to_have_count(3)
        await self.look("patients-import", page)
        await page.keyboard.press("Escape")
        await press(page.get_by_test_id("patient-row").first.get_by_role("link"))
        await expect(page.get_by_test_id("last-check")).to_be_visible()
        await self.look("patient-checked", page)
        await self._open(page, "archive-patient", "patient-archive")
        await self._open(page, "delete-patient", "patient-delete")

    async def _open(self, page: Page, button: str, name: str) -> None:
        await press(page.get_by_test_id(button))
        await expect(page.get_by_role("dialog")).to_be_visible()
        await self.look(name, page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
