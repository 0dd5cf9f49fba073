"""Every error of the control plane: a stable code for programs, a text safe to show.

    ControlError(code, text) ── NotFound Forbidden Conflict Invalid Unavailable
                                Unauthenticated (a Forbidden)   SlowDown (an Unavailable)

`middleware` maps the class to the HTTP status. `ConfigError` is for the operator at start-up.
"""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path


def describe(error: BaseException) -> str:
    """Say an error's class, and file and line of each step to it, for a log.

    Its text is left out: that may quote a request, a row or an address.
    """
    steps = traceback.extract_tb(error.__traceback__)
    path = " > ".join(f"{Path(step.filename).name}:{step.lineno}" for step in steps)
    return f"{type(error).__name__} at {path}" if path else type(error).__name__


def is_being_cancelled() -> bool:
    """Whether a `CancelledError` means this task, and not something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class ConfigError(Exception):
    """A setting is missing, malformed or impossible; the text says what to do."""


class ControlError(Exception):
    """Base of what a request may end in.

    Args:
        code: A stable word for programs.
        text: A sentence that may be shown to the person in front of the page.
    """

    status = 500
    session_id: str | None = None
    """The session that stands in the way, where one does."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class NotFound(ControlError):
    """There is no such thing, or not for you: the two look the same."""

    status = 404


class Forbidden(ControlError):
    """You are known, and may not."""

    status = 403


class Unauthenticated(Forbidden):
    """You are not known: log in, or open the link."""

    status = 401


class Conflict(ControlError):
    """The present state does not allow it."""

    status = 409


class Ended(Conflict):
    """The session is over: nothing can be done in it any more."""

    def __init__(self) -> None:
        super().__init__("ended", "This session has ended.")


class Invalid(ControlError):
    """The request cannot be understood."""

    status = 400


class TooLarge(Invalid):
    """The body is over the limit."""

    status = 413


class TooSlow(Invalid):
    """The body did not arrive in time."""

    status = 408


class Unsupported(Invalid):
    """The body is in a form that is not read here."""

    status = 415


class Unavailable(ControlError):
    """Something we need is away; try again."""

    status = 503


class SlowDown(Unavailable):
    """Too many failures from here; wait `retry_after_s` seconds."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("slow_down", "Too many tries. Please wait a moment and try again.")
        self.retry_after_s = retry_after_s
