"""A database of one therapist after years of work, written through the product's tables."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from control.auth.messages import Registration
from control.composition import build
from control.config import Config
from control.data.encryption import Place, Vault
from control.invitations.store import invitations
from control.patients.store import patients
from control.sessions.store import sessions
from control.settings.store import settings

EMAIL = "pressure@example.org"
PASSWORD = "many patients, many years"
PATIENTS = 2_000
SESSIONS = 50_000
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
FIRST = ("Alex", "Bruna", "Łukasz", "Zoë", "Søren", "Nicolò", "Mehmet", "Ana", "Hans", "Ines")
LAST = ("O'Brien", "D’Amico", "Müller", "Yıldız", "Nguyễn", "Rossi", "Smith-Jones", "Novák")


async def fill(folder: Path) -> None:
    """Make the database and the key in this folder, as control will look for them."""
    config = Config(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'visavis.db'}",
        key_file=folder / "visavis.key",
    )
    control = build(config)
    try:
        await control.start()  # migrates, and keeps the key
        form = Registration(email=EMAIL, password=PASSWORD, name="Dr. Rossi")
        me = await control.registration.provide(form, now=datetime.now(UTC))
        chance = random.Random(1)
        people = [_patient(control.vault, me.id, number, chance) for number in range(PATIENTS)]
        ids = [person["id"] for person in people]
        async with control.database.write() as tx:
            await tx.execute(insert(patients), people)
            await tx.execute(insert(settings), [_setting(one) for one in ids])
            await tx.execute(insert(invitations), [_invitation(one) for one in ids])
            met = [_session(me.id, chance.choice(ids), number) for number in range(SESSIONS)]
            await tx.execute(insert(sessions), met)
    finally:
        await control.close()


def _patient(vault: Vault, therapist_id: str, number: int, chance: random.Random) -> dict[str, Any]:
    row_id = uuid4().hex
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {number}"
    clear = {"name": name, "email": f"p{number}@example.org", "phone": f"+39 333 {number:07}"}
    sealed = {key: vault.seal(text, Place("patients", key, row_id)) for key, text in clear.items()}
    fixed = {"id": row_id, "therapist_id": therapist_id, "language": "en", "created_at": BEGAN}
    return fixed | sealed


def _setting(patient_id: str) -> dict[str, Any]:
    row = {"patient_id": patient_id, "version": 1, "created_at": BEGAN}
    return row | {"self_view": True, "clock": True}


def _invitation(patient_id: str) -> dict[str, Any]:
    return {
        "id": uuid4().hex,
        "patient_id": patient_id,
        "generation": 1,
        "token_hash": uuid4().bytes + uuid4().bytes,
        "created_at": BEGAN,
        "expires_at": BEGAN + timedelta(days=10_000),
    }


def _session(therapist_id: str, patient_id: str, number: int) -> dict[str, Any]:
    opened_at = BEGAN + timedelta(hours=number)
    return {
        "id": uuid4().hex,
        "patient_id": patient_id,
        "therapist_id": therapist_id,
        "setting_version": 1,
        "opened_at": opened_at,
        "entered_at": opened_at,
        "contact_at": opened_at,
        "gate_open": False,
        "ended_at": opened_at + timedelta(minutes=50),
        "outcome": "attended",
        "clock_started_at": opened_at,
        "wall_s": 3000.0,
        "connected_s": 2990.0,
        "clock_saved_at": opened_at,
    }
