"""A session as the therapist's page reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from control.chat.messages import ChatState
from control.http.wire import WireModel
from control.invitations.model import LinkStateName
from control.presence.messages import Devices
from control.sessions.model import Outcome, State
from control.settings.messages import Setting
from sfu.messages import CheckReport, LineQuality, PageWord, PeerState, Transit


class NewSession(WireModel):
    """Body of `POST /api/sessions`."""

    patient_id: str


class SoundFirst(WireModel):
    """Body of `PUT /api/sessions/{id}/sound-first`."""

    on: bool


class Proof(WireModel):
    """What arrives at the media node from one side, measured there."""

    connected: bool
    heard_age_ms: int | None
    level_dbfs: float | None
    loud_age_ms: int | None
    """Since the level last reached that of speech; None when it never did."""
    seen_age_ms: int | None
    frames_per_s: float
    rtt_ms: float | None
    transit: Transit | None
    """How its packets travel: over TCP where its network lets no UDP pass."""
    packet_age_ms: int | None
    """Since the last sign of life; None before the first."""
    moved_age_ms: int | None
    """Since it went on from another network address; None when it never did."""
    quality: LineQuality | None
    """Of the last ten seconds; None before there is anything to tell, and from an older node."""
    check: CheckReport | None
    """The last check before the call, also a running one; None without one."""
    page: PageWord | None
    """What the page itself says of the last seconds; None where it says nothing."""

    @classmethod
    def of(cls, peer: PeerState) -> Proof:
        return cls(
            connected=peer.connected,
            rtt_ms=peer.rtt_ms,
            transit=peer.transit,
            packet_age_ms=peer.packet_age_ms,
            moved_age_ms=peer.moved_age_ms,
            quality=peer.quality,
            check=peer.check,
            page=peer.page,
            **peer.proof.model_dump(),
        )


class LineCheck(WireModel):
    """Both lines as the media node had them when it was asked."""

    checked_at: datetime
    therapist: Proof | None
    """None where that side has no connection."""
    patient: Proof | None


class Lost(WireModel):
    """Seconds without connection, by whose side it was."""

    patient: float
    therapist: float
    server: float


class Pause(WireModel):
    """A while after the first contact in which the two were kept apart."""

    since: datetime
    until: datetime | None
    """When the patient was let in again; None while it lasts, and where the session ended in it."""
    sent_back: bool
    """The therapist sent the patient back to the waiting room; else one of the two had gone."""


class Session(WireModel):
    """One meeting, with what is known about it now."""

    id: str
    patient_id: str
    patient_name: str
    """Empty for a guest who has given none yet."""
    is_guest: bool
    """A first consultation: this person is not a patient yet."""
    is_first: bool
    """Not ended, and nobody has been in contact with this patient before this session."""
    state: State
    therapist_entered: bool
    therapist_present: bool
    patient_present: bool
    patient_reconnecting: bool
    """In contact, and the patient's line is down."""
    patient_left_at: datetime | None
    """When the patient said goodbye; None for one who is here or was cut off."""
    link_state: LinkStateName
    gate_open: bool
    sent_back_at: datetime | None
    """When the therapist last sent the patient back; None where they were let in since."""
    pauses: list[Pause]
    """Oldest first."""
    sound_first: bool
    """In contact no picture travels, as the therapist chose."""
    waiting_since: datetime | None
    opened_at: datetime
    came_at: datetime | None
    """The patient's first arrival in the waiting room."""
    entered_at: datetime | None
    """The therapist's first ENTER."""
    contact_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    wall_s: float
    connected_s: float
    lost: Lost
    patient_devices: Devices | None
    therapist_devices: Devices | None
    closing: bool
    """Closed here, and not at the media node yet, which does not answer."""
    patient_proof: Proof | None
    therapist_proof: Proof | None
    setting: Setting
    chat: ChatState


class SessionPage(WireModel):
    """Part of a list of sessions, newest first."""

    items: list[Session]
    next: str | None
    """The `cursor` of the next page; None where this is the last."""


class SessionsMessage(WireModel):
    """To the therapist: all sessions not ended, as they are at `now`."""

    type: Literal["sessions"] = "sessions"
    now: datetime
    sessions: list[Session]


class SessionMessage(WireModel):
    """To the therapist, once: a session has ended."""

    type: Literal["session"] = "session"
    session: Session
