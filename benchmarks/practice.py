"""A practice of years: one therapist with many patients and sessions, and control in front of it.

What benchmarks of lists, of the desk and of control under pressure ask.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from control.auth.messages import Registration
from control.composition import build
from control.config import Config
from control.control import Control
from control.data.encryption import Place, Vault
from control.invitations.store import invitations
from control.patients.store import patients
from control.sessions.store import sessions
from control.settings.store import settings

EMAIL = "practice@example.org"
PASSWORD = "many patients, many years"
PEOPLE, MEETINGS = 2_000, 50_000
FIRST = ("Alex", "Bruna", "Łukasz", "Zoë", "Søren", "Đorđe", "Nicolò", "Mehmet", "Ana", "Hans")
LAST = ("O'Brien", "D’Amico", "Müller", "Yıldız", "Šimůnek", "Nguyễn", "Rossi", "Smith-Jones")
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)


async def make(
    folder: Path,
    people: int = PEOPLE,
    meetings: int = MEETINGS,
    public_url: str = "http://localhost",
) -> Control:
    """Make its database and key in this folder; return a control that does not run: close it."""
    control = build(
        Config(
            data_dir=folder,
            public_url=public_url,
            database_url=f"sqlite:///{folder / 'visavis.db'}",
            key_file=folder / "visavis.key",
        )
    )
    await control.start()  # migrates, and keeps the key
    await _fill(control, people, meetings)
    return control


@contextmanager
def apart(
    serve: Callable[[Connection, int, int], None], people: int, meetings: int
) -> Iterator[Connection]:
    """Let this serve a practice in a process of its own, until the end or the word None."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there, people, meetings))
    process.start()
    try:
        yield here
    finally:
        here.send(None)
        process.join()


def sizes(program: str) -> argparse.ArgumentParser:
    """Return a parser of how large the practice is."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--meetings", type=int, default=MEETINGS)
    return parser


async def _fill(control: Control, people: int, meetings: int) -> None:
    """Add a therapist with so many patients and sessions, spread over the years."""
    form = Registration(email=EMAIL, password=PASSWORD, name="Dr. Rossi", language="en")
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
