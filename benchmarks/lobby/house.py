"""The people of a full house, put into a data folder before control is started on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from control.auth.messages import Registration
from control.auth.model import Therapist
from control.auth.ports import Trusted
from control.composition import build, connect_node
from control.config import Config
from control.control import Control, Outside
from control.patients.messages import NewPatient

PASSWORD = "a house that is full"


@dataclass(frozen=True, slots=True)
class Guest:
    """A patient, and the token of the link."""

    patient_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Host:
    """A therapist with a login, and the patients."""

    cookie: str
    guests: tuple[Guest, ...]


async def fill(folder: Path, therapists: int, patients: int) -> list[Host]:
    """Make so many of both, the patients spread evenly; each therapist is logged in."""
    config = Config(
        data_dir=folder,
        public_url="http://localhost",
        database_url=f"sqlite:///{folder / 'visavis.db'}",
        key_file=folder / "visavis.key",
    )
    node = connect_node(config.sfu_url, config.sfu_token)
    control = build(config, Outside(media=node, password_memory_kib=64))  # nobody types them
    try:
        await control.start()
        return [
            await _host(control, number, len(range(number, patients, therapists)))
            for number in range(therapists)
        ]
    finally:
        await control.close()


async def _host(control: Control, number: int, patients: int) -> Host:
    now = datetime.now(UTC)
    form = Registration(email=f"t{number}@example.org", password=PASSWORD, name=f"Dr. {number}")
    therapist = await control.registration.provide(form, now=now)
    login = await control.auth.welcome(therapist, now=now)
    return Host(login.cookie, tuple([await _guest(control, therapist) for _ in range(patients)]))


async def _guest(control: Control, therapist: Therapist) -> Guest:
    me, now = Trusted(therapist.id), datetime.now(UTC)
    patient = await control.patients.add(me, NewPatient(name="Somebody Who Waits"), now=now)
    link = await control.invitations.link(me, patient.id, now=now)
    await asyncio.sleep(0)
    return Guest(patient.id, link.url.partition("#")[2])
