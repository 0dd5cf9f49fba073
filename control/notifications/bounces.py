"""What comes back to the envelope senders of our mail: told as a refusal is, or passed over.

Only a report of a delivery about one of our messages, by a token that only we can make, changes
anything, and only once. Everything else, such as an answering machine, a delay, a forged or a late
one, gets the same silence and is counted.
"""

from __future__ import annotations

import asyncio
import hmac
from datetime import datetime
from enum import StrEnum

from control.errors import Unauthenticated
from control.notifications.ports import Returned
from control.notifications.reports import Action, read_report
from control.notifications.return_path import ReturnPath


class Bounce(StrEnum):
    """What a message to a bounce address turned out to be."""

    FAILED = "failed"
    """It says that a message of ours did not arrive; the therapist is told."""
    DELAYED = "delayed"
    """A server goes on trying."""
    OTHER_REPORT = "other_report"
    NO_REPORT = "no_report"
    """As what an answering machine sends, or what nobody can read."""
    UNKNOWN = "unknown"
    """It names no message by a token of ours."""
    LATE = "late"
    """That message has failed already, or is erased."""
    TOO_LARGE = "too_large"


class BounceService:
    """Takes what the operator's mail server hands on.

    Args:
        token: What that server shows; empty: bounces are not set up, and nobody may.
    """

    def __init__(self, outbox: Returned, return_path: ReturnPath | None, token: str) -> None:
        self._outbox = outbox
        self._return_path = return_path
        self._token = token.encode()
        self._one_by_one = asyncio.Lock()

    def admit(self, authorization: str) -> None:
        """Let nobody pass but the operator's mail server.

        Raises:
            Unauthenticated: bad_token.
        """
        kind, _, shown = authorization.partition(" ")
        is_right = hmac.compare_digest(shown.strip().encode(errors="replace"), self._token)
        if not self._token or kind.lower() != "bearer" or not is_right:
            raise Unauthenticated("bad_token", "This call needs the token for bounces.")

    async def take(self, raw: bytes, *, now: datetime) -> Bounce:
        """Judge one message as it came; taking it twice changes nothing more."""
        async with self._one_by_one:  # one thread at most, whatever strangers send
            report = await asyncio.to_thread(read_report, raw)
        if report is None:
            return Bounce.NO_REPORT
        message_id = self._named(report.names)
        if message_id is None:
            return Bounce.UNKNOWN
        if report.action is Action.DELAYED:
            return Bounce.DELAYED
        if report.failure is None:
            return Bounce.OTHER_REPORT
        is_news = await self._outbox.bounce(message_id, report.failure, now=now)
        return Bounce.FAILED if is_news else Bounce.LATE

    def _named(self, names: tuple[str, ...]) -> str | None:
        if self._return_path is None:
            return None
        found = (self._return_path.message_id(text) for text in names)
        return next((one for one in found if one is not None), None)
