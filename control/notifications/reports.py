"""Delivery status notifications (RFC 3464): what a mail server says became of a message. PURE.

They come from strangers: whoever has seen an envelope sender can write to it. So as little as
possible is believed: the kind of report, the action and the status of its recipients, and the
addresses and the envelope id that say which message is meant. Their texts are never kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from enum import StrEnum

from control.notifications.model import Failure

READ_BYTES = 128 * 1024  # from the start; what we send returns within it, below the report
MOST_BOUNDARIES = 16  # parsing costs lines by depth; a report and what it returns have four or so
MOST_BLOCKS = 64  # of a report; ours are about one recipient, who may be a list
DELIVERY_STATUS = "message/delivery-status"
STATUS_PARTS = (DELIVERY_STATUS, "message/global-delivery-status")  # RFC 6533, 3
ADDRESSED = ("To", "Delivered-To", "X-Original-To", "Envelope-To")
"""Where the address that a report went to may stand; the last three are of the way it came."""
STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
REPLY = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
SENDERS_FAULT = (7, 8)  # RFC 3463, 3.2: about our address, not theirs
NO_ROUTE = (1, 4, 310)  # class 5 alone: Exchange Online's unknown recipient; no such domain (twice)
UNKNOWN_ADDRESS = (550, 551, 553)  # RFC 5321, 4.2.3: mailbox unavailable, not local, not allowed
OVER_QUOTA = 552  # RFC 5321, 4.2.3: exceeded storage allocation


class Action(StrEnum):
    """What a report says happened; RFC 3464, 2.3.3."""

    FAILED = "failed"
    DELAYED = "delayed"
    OTHER = "other"
    """It was delivered, relayed or expanded, or the word is not known."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one report says, of whatever message."""

    action: Action
    failure: Failure | None
    """Why, where it failed."""
    names: tuple[str, ...]
    """Texts of which one holds the token of the message."""


def read_report(raw: bytes) -> Report | None:
    """Read a message that came to a bounce address; None for what is no report of a delivery."""
    try:
        return _read(raw[:READ_BYTES])
    except (ValueError, LookupError, RecursionError):  # MIME that the library cannot make sense of
        return None


def reason_of(said: str, code: int | None = None) -> Failure:
    """Return why a server does not take a message, by what it said.

    Args:
        said: Holds an enhanced status code (RFC 3463), perhaps; anything else is passed over.
        code: The reply code of SMTP, for where there is none, or one that says nothing.
    """
    for kind, subject, detail in _statuses(said):
        found = _by_status(kind, subject, detail)
        if found is not None:
            return found
    if code in UNKNOWN_ADDRESS:
        return Failure.NO_SUCH_ADDRESS
    return Failure.MAILBOX_FULL if code == OVER_QUOTA else Failure.REFUSED


def _read(raw: bytes) -> Report | None:
    if raw.lower().count(b"boundary") > MOST_BOUNDARIES:
        return None
    message = message_from_bytes(raw)
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    if str(message.get_param("report-type", "delivery-status")).lower() != "delivery-status":
        return None  # as a read receipt, RFC 8098
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    status = next((part for part in parts if part.get_content_type() in STATUS_PARTS), None)
    if status is None:
        return None
    blocks = _blocks(status)
    names = [str(text) for block in blocks for text in block.get_all("Original-Envelope-Id", [])]
    names += [str(text) for header in ADDRESSED for text in message.get_all(header, [])]
    return _judge(blocks, tuple(names))


def _blocks(status: Message) -> list[Message]:
    """Return the fields about the message, then those about each recipient."""
    payload = status.get_payload()
    blocks = [block for block in payload if isinstance(block, Message)]
    if status.get_content_type() != DELIVERY_STATUS:
        # The library takes the internationalised kind for one message: the rest is its text.
        text = "\n".join(str(block.get_payload()) for block in blocks)
        rest = re.split(r"\r?\n[ \t]*\r?\n", text.strip(), maxsplit=MOST_BLOCKS)
        blocks += [HeaderParser().parsestr(block) for block in rest]
    return blocks[:MOST_BLOCKS]


def _judge(blocks: list[Message], names: tuple[str, ...]) -> Report:
    actions = [(_word(block, "Action"), block) for block in blocks]
    failed = [block for action, block in actions if action == Action.FAILED]
    if failed:
        return Report(Action.FAILED, _why(failed[0]), names)
    is_delayed = any(action == Action.DELAYED for action, _ in actions)
    return Report(Action.DELAYED if is_delayed else Action.OTHER, None, names)


def _why(block: Message) -> Failure:
    """Return why it failed for a recipient.

    Many servers report 5.0.0 and say more in what the next server told them.
    """
    said = str(block.get("Diagnostic-Code", ""))
    code = REPLY.search(said)
    return reason_of(f"{block.get('Status', '')} {said}", None if code is None else int(code[1]))


def _statuses(said: str) -> list[tuple[int, int, int]]:
    return [(int(found[1]), int(found[2]), int(found[3])) for found in STATUS.finditer(said)]


def _by_status(kind: int, subject: int, detail: int) -> Failure | None:
    """Return what an enhanced status code means; None for one that says nothing."""
    if (subject, detail) == (2, 2):
        return Failure.MAILBOX_FULL
    if kind == 4 or (subject, detail) == (4, 7):  # tried for days
        return Failure.GIVEN_UP
    if (subject == 1 and detail not in SENDERS_FAULT) or (subject == 4 and detail in NO_ROUTE):
        return Failure.NO_SUCH_ADDRESS
    if (subject, detail) == (2, 1):  # a mailbox that is no longer used
        return Failure.NO_SUCH_ADDRESS
    return None if subject == 0 else Failure.REFUSED


def _word(block: Message, field: str) -> str:
    return str(block.get(field, "")).strip().lower()
