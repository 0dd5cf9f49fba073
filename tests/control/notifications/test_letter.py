"""The rules of the outbox, without one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from control.notifications.model import (
    DELIVERED,
    UNKNOWN,
    Failure,
    Outcome,
    State,
    after_try,
    later,
    one_line,
    pause_after,
)
from tests.control.notifications.letters import NOW, parcel


def test_pauses_double_up_to_ten_minutes() -> None:
    pauses = [pause_after(attempts).total_seconds() for attempts in (1, 2, 3, 8, 1000)]
    assert pauses == [5, 10, 20, 600, 600]


def test_what_may_yet_succeed_is_tried_again_after_its_pause() -> None:
    outcome, again_at = after_try(parcel(attempts=3), later(Failure.NO_ANSWER), NOW)
    assert outcome == later(Failure.NO_ANSWER)
    assert again_at == NOW + timedelta(seconds=20)


def test_what_could_only_be_tried_too_late_expires_at_once_with_its_reason() -> None:
    short = parcel(expires_at=NOW + timedelta(seconds=5))
    outcome, _ = after_try(short, later(Failure.GATEWAY), NOW)
    assert outcome == Outcome(State.EXPIRED, Failure.GATEWAY)


@pytest.mark.parametrize("outcome", [DELIVERED, UNKNOWN])
def test_a_final_outcome_stays(outcome: Outcome) -> None:
    assert after_try(parcel(expires_at=NOW), outcome, NOW)[0] == outcome


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Dr. Rossi\r\nBcc: all@example.org", "Dr. Rossi Bcc: all@example.org"),
        ("a\vb\x00c\u2028d\u2029e\u0085f", "a b c d e f"),
        ("\u202eissoR", "issoR"),
        ("  Élise   Müller ", "Élise Müller"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_header_is_one_line_of_visible_text(text: str, line: str) -> None:
    assert one_line(text) == line
