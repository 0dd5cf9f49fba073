"""Bodies of the calls about first consultations."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from control.consultations.model import Stage
from control.http.wire import Email, PatientLanguage, Phone, Remark, WireModel
from control.notifications.messages import Message
from control.notifications.model import Channel


class NewConsultation(WireModel):
    """Body of `POST /api/consultations`."""

    language: PatientLanguage = "en"
    """Of the guest's pages and of the letter."""
    note: Remark = ""
    """To the therapist herself."""
    message: Remark = ""
    """Goes with the link instead of our own words; `{link}` stands for the link."""


class ConsultationChange(WireModel):
    """Body of `PATCH /api/consultations/{id}`; what is left out stays."""

    language: PatientLanguage | None = None
    note: Remark | None = None
    message: Remark | None = None


class SendLink(WireModel):
    """Body of `POST /api/consultations/{id}/send`: one of the two."""

    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.email is None) == (self.phone is None):
            raise PydanticCustomError("one", "give an e-mail address or a phone number")
        return self


class Consultation(WireModel):
    """A first consultation as the therapist sees it. The id is also that of `patient_id`."""

    id: str
    name: str
    """As the guest gave it; empty before."""
    language: PatientLanguage
    email: str | None
    phone: str | None
    """Where the link was sent."""
    note: str
    message: str
    stage: Stage
    created_at: datetime
    """When it was begun."""
    sent_at: datetime
    """When the present link was made."""
    expires_at: datetime
    """When the link does."""
    claimed_at: datetime | None
    """When a device took the link."""
    waiting_since: datetime | None
    met_at: datetime | None
    """When the last contact began."""
    wall_s: float
    """How long that lasted."""
    session_id: str | None
    """The session that is open."""
    erase_at: datetime
    """When it is erased if nobody decides."""
    sent: Message | None
    """The last message with the link, and what became of it; pushed as `messages` too."""


class ConsultationList(WireModel):
    """All undecided consultations, newest first."""

    items: list[Consultation]


class ConsultationLetter(WireModel):
    """What goes out with the link, in the guest's language."""

    subject: str
    text: str
    sms: str
    channels: list[Channel]
    """By which this server can send it itself."""
