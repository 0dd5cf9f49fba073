"""A database with one therapist who has been at work for long."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from control.auth.messages import Registration
from control.control import Control
from control.data.encryption import Place, Vault
from control.invitations.store import invitations
from control.patients.store import patients
from control.sessions.store import sessions
from control.settings.store import settings

PASSWORD = "lists for a long time"
EMAIL = "lists@example.org"
FIRST = ("Alex", "Bruna", "Łukasz", "Zoë", "Søren", "Đorđe", "Nicolò", "Mehmet", "Ana", "Hans")
LAST = ("O'Brien", "D’Amico", "Müller", "Yıldız", "Šimůnek", "Nguyễn", "Rossi", "Smith-Jones")
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)


async def fill(control: Control, people: int, meetings: int) -> None:
    """Add a therapist with so many patients and sessions, spread over the years."""
    form = Registration(email=EMAIL, password=PASSWORD, name="Dr. Lists", language="en")
    me = await control.registration.provide(form, now=BEGAN)
    chance = random.Random(1)
    rows = [_patient(control.vault, me.id, number, chance) for number in range(people)]
    ids = [row["id"] for row in rows]
    async with control.database.write() as tx:
        await tx.execute(insert(patients), rows)
        await tx.execute(insert(settings), [_setting(one, n) for one in ids for n in range(1, 6)])
        await tx.execute(insert(invitations), [_invitation(one) for one in ids])
        met = [_session(me.id, chance.choice(ids), number, chance) for number in range(meetings)]
        await tx.execute(insert(sessions), met)


def _patient(vault: Vault, therapist_id: str, number: int, chance: random.Random) -> dict[str, Any]:
    row_id = uuid4().hex
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {number}"
    clear = {"name": name, "email": f"p{number}@example.org", "phone": f"+39 333 {number:07}"}
    sealed = {key: vault.seal(text, Place("patients", key, row_id)) for key, text in clear.items()}
    fixed = {"id": row_id, "therapist_id": therapist_id, "language": "en", "created_at": BEGAN}
    return fixed | sealed


def _setting(patient_id: str, version: int) -> dict[str, Any]:
    switches = {"self_view": True, "clock": version % 2 == 0, "created_at": BEGAN}
    return {"patient_id": patient_id, "version": version} | switches


def _invitation(patient_id: str) -> dict[str, Any]:
    until = BEGAN + timedelta(days=10_000)
    times = {"created_at": BEGAN, "expires_at": until}
    return {
        "id": uuid4().hex, "patient_id": patient_id, "generation": 1,
        "token_hash": uuid4().bytes + uuid4().bytes, **times,
    }  # fmt: skip


def _session(
    therapist_id: str, patient_id: str, number: int, chance: random.Random
) -> dict[str, Any]:
    opened_at = BEGAN + timedelta(hours=number)
    return {
        "id": uuid4().hex, "patient_id": patient_id, "therapist_id": therapist_id,
        "setting_version": chance.randint(1, 5), "opened_at": opened_at, "entered_at": opened_at,
        "contact_at": opened_at, "gate_open": False, "ended_at": opened_at + timedelta(minutes=50),
        "outcome": "attended", "clock_started_at": opened_at, "wall_s": 3000.0,
        "connected_s": 2990.0, "clock_saved_at": opened_at,
    }  # fmt: skip
