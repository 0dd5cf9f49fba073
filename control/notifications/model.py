"""A letter to one person, and what becomes of it. PURE."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

Channel = Literal["email", "sms"]
CHANNELS: tuple[Channel, ...] = ("email", "sms")

DAY = timedelta(days=1)
KEPT_FOR = timedelta(days=30)  # from writing to erasing, whatever became of it
TRANSACTION_LASTS = timedelta(seconds=3)  # at most, from enqueue to commit (data.database)
CLAIM_LASTS = timedelta(seconds=120)  # longer than any gateway takes
FIRST_PAUSE_S = 5  # before the second try; each later pause is twice as long
LONGEST_PAUSE_S = 600
LONGEST_LINE = 200  # of a subject or a sender's name; RFC 5322 allows 998 bytes


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    """A gateway has taken it; an e-mail may come back still."""
    REFUSED = "refused"
    """The recipient's side does not take it."""
    FAILED = "failed"
    """It was handed over, but nobody can tell whether it was taken."""
    EXPIRED = "expired"
    """It did not get through while it was of use."""
    KEPT = "kept"
    """It waits on the page of messages for somebody to send it by hand."""
    REMOVED = "removed"
    """It was taken off that page."""


class Failure(StrEnum):
    """Why a message did not get through, so far or for good."""

    NO_SUCH_ADDRESS = "no_such_address"
    MAILBOX_FULL = "mailbox_full"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    """The gateway did not answer, or asked to come back later."""
    GATEWAY = "gateway"
    """The gateway does not take messages from us: login, sender, credit."""
    GIVEN_UP = "given_up"
    """The gateway took it and tried for days: the recipient's server did not."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Letter:
    """What another noun wants sent."""

    kind: str
    """One word of what it is about, as "alert"; never personal."""
    channel: Channel
    to: str
    """An e-mail address, or a phone number as E.164."""
    subject: str
    """Empty for an SMS."""
    text: str
    sender_name: str
    therapist_id: str | None
    """Whose it is: it shows in her lists, and goes when her account goes."""
    patient_id: str | None
    once: str | None
    """Names the cause: there is one letter for each of these and channel, however often asked."""
    lasts: timedelta = DAY
    """How long it is of use; not sent later."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed message, for a gateway."""

    id: str
    to: str
    subject: str
    text: str
    sender_name: str
    attempts: int
    """With this one."""
    written_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gateway made of one try; a state of QUEUED means that another try may help."""

    state: State
    failure: Failure | None = None


DELIVERED = Outcome(State.DELIVERED)
UNKNOWN = Outcome(State.FAILED, Failure.UNKNOWN)


def later(failure: Failure) -> Outcome:
    return Outcome(State.QUEUED, failure)


def refused(failure: Failure) -> Outcome:
    return Outcome(State.REFUSED, failure)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries."""
    doublings = min(attempts - 1, 16)
    return timedelta(seconds=min(FIRST_PAUSE_S * 2**doublings, LONGEST_PAUSE_S))


def after_try(parcel: Parcel, outcome: Outcome, now: datetime) -> tuple[Outcome, datetime]:
    """Return what stands after a try, and when to try again."""
    again_at = now + pause_after(parcel.attempts)
    if outcome.state == State.QUEUED and again_at >= parcel.expires_at:
        return Outcome(State.EXPIRED, outcome.failure), again_at
    return outcome, again_at


def one_line(text: str) -> str:
    """Return the text fit for a header: no line breaks, no control characters, not too long.

    Line breaks in a subject or a name would begin headers of somebody else's choice.
    """
    visible = "".join(" " if unicodedata.category(sign) in _BREAKS else sign for sign in text)
    return " ".join(visible.split())[:LONGEST_LINE].rstrip()


_BREAKS = ("Cc", "Cf", "Cs", "Zl", "Zp")
