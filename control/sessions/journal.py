"""The log of sessions: one line per step, opaque ids alone; a session's id is its room's."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from control.sessions.model import SessionFacts, SessionRecord

log = logging.getLogger(__name__)


def write(before: SessionRecord, after: SessionRecord) -> None:
    """Log what a move that is written has changed."""
    for step in _steps(before.facts, after.facts):
        tell(after.id, step)


def tell(session_id: str, step: str) -> None:
    log.info("session %s: %s", session_id, step, extra={"session": session_id})


def _steps(before: SessionFacts, after: SessionFacts) -> Iterator[str]:
    if before.entered_at is None and after.entered_at is not None:
        yield "the therapist entered"
    if after.gate_open and not before.gate_open:
        yield "the patient is let in"
    if before.gate_open and not after.gate_open and after.ended_at is None:
        yield "no contact any more"
    if after.outcome is not None and before.outcome is None:
        yield f"ended, {after.outcome}"
