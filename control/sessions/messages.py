"""A session as the therapist's page reads it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from control.http.wire import WireModel
from control.sessions.model import Outcome, State
from control.settings.messages import Setting


class NewSession(WireModel):
    """Body of `POST /api/sessions`."""

    patient_id: str


class Device(StrEnum):
    """What the browser says about one device."""

    UNKNOWN = "unknown"
    ASKING = "asking"
    ON = "on"
    OFF = "off"
    DENIED = "denied"
    MISSING = "missing"
    BUSY = "busy"


class Devices(WireModel):
    """What the patient's browser allowed, as the page says."""

    microphone: Device
    camera: Device


class Proof(WireModel):
    """What arrives at the media node from one side, measured there."""

    connected: bool
    heard_age_ms: int | None
    level_dbfs: float | None
    seen_age_ms: int | None
    frames_per_s: float
    rtt_ms: float | None


class Lost(WireModel):
    """Seconds without connection, by whose side it was."""

    patient: float
    therapist: float
    server: float


class Session(WireModel):
    """One meeting, with what is known about it now."""

    id: str
    patient_id: str
    patient_name: str
    state: State
    therapist_entered: bool
    therapist_present: bool
    patient_present: bool
    patient_reconnecting: bool
    """In contact, and the patient's line is down."""
    gate_open: bool
    waiting_since: datetime | None
    opened_at: datetime
    contact_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    wall_s: float
    connected_s: float
    lost: Lost
    patient_devices: Devices | None
    patient_proof: Proof | None
    therapist_proof: Proof | None
    setting: Setting
