"""Bodies of the calls about messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from control.http.wire import Phone, WireModel
from control.notifications.model import Channel, Failure, State

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Way = Literal["sent", "kept", "off"]


class AlertChange(WireModel):
    """Body of `PUT /api/patients/{id}/alert`."""

    email: bool
    sms: bool
    text: str | None
    """With `{name}`, `{therapist}`, `{link}`; null or blank: the words of Visavis."""


class Ways(WireModel):
    """Where messages go: to a gateway, to the page of messages, or nowhere."""

    email: Way
    sms: Way


class Alert(WireModel):
    """How a patient hears that the therapist has entered; a version of the setting."""

    version: int
    email: bool
    sms: bool
    text: str | None
    subject: str
    default_email: str
    """What is sent where `text` is null, in the patient's language."""
    default_sms: str
    ways: Ways


class Message(WireModel):
    """One message to a patient, and what became of it."""

    id: str
    kind: str
    channel: Channel
    state: State
    failure: Failure | None
    created_at: datetime
    sent_at: datetime | None


class PatientMessages(WireModel):
    """The last messages to a patient, newest first."""

    items: list[Message]
    ways: Ways


class MessagesMessage(WireModel):
    """To the therapist: the last messages to a patient, as they stand."""

    type: Literal["messages"] = "messages"
    patient_id: str
    items: list[Message]


class LinkSending(WireModel):
    """Body of `POST /api/patients/{id}/link/send`."""

    channel: Channel


class KeptMessage(WireModel):
    """A message that waits to be sent by hand."""

    id: str
    kind: str
    channel: Channel
    to: str
    subject: str
    text: str
    created_at: datetime
    patient_id: str | None


class KeptMessages(WireModel):
    """The page of messages, newest first."""

    items: list[KeptMessage]
    ways: Ways


class FailedMessage(WireModel):
    """A message to a patient that did not arrive, or of which nobody knows."""

    id: str
    kind: str
    channel: Channel
    state: State
    failure: Failure | None
    created_at: datetime
    patient_id: str
    patient_name: str
    is_guest: bool
    phone: str | None
    """For calling instead."""


class FailedMessages(WireModel):
    """What did not arrive lately, newest first; without what was sent again since."""

    items: list[FailedMessage]


class FailuresMessage(WireModel):
    """To the therapist: the messages that did not arrive, as they stand."""

    type: Literal["failures"] = "failures"
    items: list[FailedMessage]


class Hours(WireModel):
    """From when until when, by the therapist's clock; past midnight where the end is earlier."""

    begin: TimeOfDay
    end: TimeOfDay


class NoticesChange(WireModel):
    """Body of `PUT /api/me/notices`."""

    wait_minutes: Annotated[int, Field(ge=1, le=120)] | None
    """Be told when somebody has waited so long and nobody has seen it; null for never."""
    email: bool
    sms: bool
    phone: Phone | None
    """Where her SMS go."""
    quiet: Hours | None
    """Nothing is sent to her then."""
    zone: Annotated[str, StringConstraints(max_length=64)]
    """Her time zone, as `Europe/Rome`."""


class Notices(WireModel):
    """What a therapist is told herself, and when not."""

    wait_minutes: int | None
    email: bool
    sms: bool
    phone: str | None
    quiet: Hours | None
    zone: str | None
    email_to: str
    """The account's address, where her e-mails go."""
    ways: Ways
