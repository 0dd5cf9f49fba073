"""Prepare a data folder with a demo therapist, three patients and an operator."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime

from control.auth.messages import OperatorForm, Registration
from control.auth.ports import Trusted
from control.control import Control
from control.http.paging import Asked
from control.patients.messages import NewPatient

EMAIL = "demo@visavis.local"
OPERATOR = "operator@visavis.local"
PATIENTS = (
    NewPatient(name="Alex M.", language="en"),
    NewPatient(name="Bruna T.", language="it"),
    NewPatient(name="Carlo F.", language="en"),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """What to print."""

    email: str
    operator: str
    """Logs in at `/ops`, with the same password."""
    password: str
    links: tuple[tuple[str, str], ...]
    """Patient's name and link."""


async def prepare(control: Control, *, now: datetime) -> Demo:
    """Make the demo therapist, patients and operator where they are missing, with a fresh password.

    Only a password's hash is kept, so each start gives a new one, unless
    `VISAVIS_DEMO_PASSWORD` fixes it.
    """
    password = os.environ.get("VISAVIS_DEMO_PASSWORD") or secrets.token_urlsafe(12)
    form = Registration(email=EMAIL, password=password, name="Dr. Rossi", language="en")
    await control.operators.provide(OperatorForm(email=OPERATOR, password=password), now=now)
    me = Trusted((await control.registration.provide(form, now=now)).id)
    links = []
    for form_of_patient in PATIENTS:
        asked = Asked(search=form_of_patient.name)
        found = (await control.patients.find(me, asked, now=now)).items
        patient = next((one for one in found if one.name == form_of_patient.name), None)
        if patient is None:
            patient = await control.patients.add(me, form_of_patient, now=now)
        if patient.link_state != "valid":
            await control.invitations.renew(me, patient.id, now=now)
        link = await control.invitations.link(me, patient.id, now=now)
        links.append((patient.name, link.url))
    return Demo(EMAIL, OPERATOR, password, tuple(links))
