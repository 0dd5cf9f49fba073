"""Bodies of the calls about messages."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from control.http.wire import WireModel
from control.notifications.model import Channel, Failure, State

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
