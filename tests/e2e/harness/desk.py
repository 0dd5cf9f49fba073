"""A walk past the desk of a therapist who has been at work: what a camera would not find new."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import FilePayload, Page, expect

from tests.e2e.harness.people import Therapist
from tests.e2e.harness.walk import Walk

SHEETS = {
    "en": "Name,E-mail,Phone\nNicolò Rizzi,nicolo@example.org,\nAlex M.,,\nEva Lind,,12\n",
    "it": "Nome;E-mail;Telefono\nNicolò Rizzi;nicolo@example.org;\nAlex M.;;\nEva Lind;;12\n",
}
NOTES = {"en": "Called on Friday", "it": "Ha telefonato venerdì"}
CHAT = ("Ciao!", f"https://example.org/{'a-long-address-' * 8}")
FAILED = (("link", "sms", "expired", "no_answer"), ("alert", "email", "refused", "given_up"))
"""Of the guest and of who was met before: the longest words there are."""
LENGTH_S, WAITED_S, SENT_BACK_S = 3000, 190, 2700


@dataclass(frozen=True, slots=True)
class DeskWalk(Walk):
    """The walk's therapist with a past, which is written into the tables."""

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
        ended = (await therapist.call("GET", "/api/sessions?ended=1"))["items"]
        guests = (await therapist.call("GET", "/api/consultations"))["items"]
        await asyncio.to_thread(write_past, self.database, [one["id"] for one in guests])
        await self._go(therapist, "/", "desk-home")
        page = therapist.page
        await expect(page.get_by_test_id("failed-message")).to_have_count(len(FAILED))
        await page.goto(f"{therapist.url}/sessions/{ended[0]['id']}")
        await expect(page.get_by_test_id("kept-chat").locator("dd")).to_have_count(2)
        await expect(page.locator(".sent-for li")).to_have_count(1)
        await self.look("session-page", page)
        await self._patients_dialogs(therapist)
        await self._go(therapist, "/sessions", "sessions-past")
        await self._open(therapist.page, "export-sessions", "sessions-export")

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
        await page.get_by_test_id("import-patients").click()
        content = SHEETS[self.language].encode("cp1252")
        sheet = FilePayload(name="patients.csv", mimeType="text/csv", buffer=content)
        await page.get_by_test_id("import-file").set_input_files(sheet)
        await expect(page.get_by_test_id("import-row")).to_have_count(3)
        await self.look("patients-import", page)
        await page.keyboard.press("Escape")
        await page.get_by_test_id("patient-row").first.get_by_role("link").click()
        await self._open(page, "archive-patient", "patient-archive")
        await self._open(page, "delete-patient", "patient-delete")

    async def _open(self, page: Page, button: str, name: str) -> None:
        await page.get_by_test_id(button).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        await self.look(name, page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()


def write_past(database: Path, guests: list[str]) -> None:
    """Make every session that has ended one of an hour: a day ago, a guest's of this morning."""
    with sqlite3.connect(database, timeout=20) as tables:
        ended = "SELECT id, patient_id FROM sessions WHERE ended_at IS NOT NULL"
        newest_first = tables.execute(f"{ended} ORDER BY opened_at DESC").fetchall()
        for number, (session_id, patient_id) in enumerate(newest_first):
            days = 0 if patient_id in guests else 1
            came = datetime.now(UTC) - timedelta(days=days, hours=3 + 2 * number)
            _write_meeting(tables, session_id, came, lost_s=80 * (1 - number % 2))
            if number < len(FAILED):
                _write_failed(tables, patient_id, came, *FAILED[number])
    tables.close()


def _write_meeting(
    tables: sqlite3.Connection, session_id: str, came: datetime, lost_s: float
) -> None:
    met = came + timedelta(seconds=WAITED_S)
    sent_back = met + timedelta(seconds=SENT_BACK_S)
    pause = {"since": sent_back.isoformat(), "until": None, "sent_back": True}
    values = {
        "opened_at": _text(came - timedelta(seconds=70)),
        "came_at": _text(came),
        "entered_at": _text(met - timedelta(seconds=50)),
        "contact_at": _text(met),
        "sent_back_at": _text(sent_back) if lost_s else None,
        "pauses": json.dumps([pause] if lost_s else []),
        "ended_at": _text(met + timedelta(seconds=LENGTH_S)),
        "outcome": "attended",
        "clock_started_at": _text(met),
        "wall_s": LENGTH_S,
        "connected_s": LENGTH_S - lost_s,
        "lost_patient_s": lost_s,
    }
    written = ", ".join(f"{name} = ?" for name in values)
    tables.execute(f"UPDATE sessions SET {written} WHERE id = ?", [*values.values(), session_id])


def _write_failed(
    tables: sqlite3.Connection,
    patient_id: str,
    at: datetime,
    kind: str,
    channel: str,
    state: str,
    failure: str,
) -> None:
    said = (secrets.token_hex(16), patient_id, kind, channel, state, failure)
    tables.execute(
        "INSERT INTO messages (id, therapist_id, patient_id, kind, channel, state, failure,"
        " attempts, next_at, expires_at, created_at) SELECT ?, therapist_id, ?, ?, ?, ?, ?,"
        " 1, ?, ?, ? FROM patients WHERE id = ?",
        [*said, *[_text(at)] * 3, patient_id],
    )


def _text(at: datetime) -> str:
    """As SQLAlchemy writes it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
