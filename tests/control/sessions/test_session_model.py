"""A session's state, derived from its facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control.errors import Conflict
from control.sessions.model import (
    InConversation,
    Outcome,
    Pause,
    SessionFacts,
    SessionRecord,
    State,
    clock_after_gap,
    participant_id,
)
from sfu.messages import ClockState, Role

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = START + timedelta(minutes=5)
OPEN = SessionFacts(opened_at=START)
ENTERED = OPEN.enter(START)
IN_CONTACT = ENTERED.accept(START, patient_present=True, elsewhere=None)
HELD = IN_CONTACT.hold(START)


def refusal(move: str, facts: SessionFacts, **arguments: object) -> str:
    with pytest.raises(Conflict) as caught:
        getattr(facts, move)(**arguments)
    return caught.value.code


def test_states_follow_from_the_facts() -> None:
    states = [facts.state for facts in (OPEN, ENTERED, IN_CONTACT, HELD, HELD.end(LATER))]
    assert states == [State.OPEN, State.OPEN, State.IN_CONTACT, State.HELD, State.ENDED]


def test_accept_needs_the_therapist_entered() -> None:
    assert refusal("accept", OPEN, now=LATER, patient_present=True, elsewhere=None) == "not_entered"


def test_accept_needs_the_patient_present() -> None:
    assert (
        refusal("accept", ENTERED, now=LATER, patient_present=False, elsewhere=None)
        == "patient_absent"
    )


def test_accept_is_refused_while_another_conversation_goes_on() -> None:
    with pytest.raises(InConversation) as caught:
        ENTERED.accept(LATER, patient_present=True, elsewhere="s9")
    assert (caught.value.code, caught.value.session_id) == ("in_conversation", "s9")


def test_who_was_sent_back_is_known_until_let_in_again() -> None:
    assert HELD.sent_back_at == START
    assert HELD.accept(LATER, patient_present=True, elsewhere=None).sent_back_at is None
    assert IN_CONTACT.close_gate(START).sent_back_at is None
    assert HELD.end(LATER).sent_back_at == START


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def let_in(facts: SessionFacts, number: int) -> SessionFacts:
    return facts.accept(minute(number), patient_present=True, elsewhere=None)


def test_every_while_without_contact_is_kept_and_who_made_it() -> None:
    facts = let_in(IN_CONTACT.hold(minute(1)), 2)
    facts = let_in(facts.close_gate(minute(3)), 5).close_gate(minute(6)).close_gate(minute(7))
    assert facts.end(minute(9)).pauses == (
        Pause(minute(1), minute(2), sent_back=True),
        Pause(minute(3), minute(5)),
        Pause(minute(6)),
    )
    assert (OPEN.pauses, IN_CONTACT.pauses, IN_CONTACT.end(LATER).pauses) == ((), (), ())


def test_second_accept_changes_nothing() -> None:
    assert IN_CONTACT.accept(LATER, patient_present=False, elsewhere=None) is IN_CONTACT


def test_contact_after_a_hold_keeps_the_first_instant() -> None:
    again = HELD.accept(LATER, patient_present=True, elsewhere=None)
    assert (again.state, again.contact_at) == (State.IN_CONTACT, START)


def test_hold_needs_contact() -> None:
    assert refusal("hold", ENTERED, now=LATER) == "not_in_contact"
    assert refusal("hold", HELD, now=LATER) == "not_in_contact"


def test_a_patient_who_came_and_was_not_let_in_had_no_contact() -> None:
    waited = replace(OPEN, came_at=START)
    assert waited.end(LATER).outcome is Outcome.NO_CONTACT
    assert waited.enter(START).end(LATER).outcome is Outcome.NO_CONTACT


@pytest.mark.parametrize(
    ("move", "arguments"),
    [
        ("enter", {"now": LATER}),
        ("accept", {"now": LATER, "patient_present": True, "elsewhere": None}),
        ("hold", {"now": LATER}),
        ("end", {"now": LATER}),
    ],
)
def test_nothing_moves_after_the_end(move: str, arguments: dict[str, object]) -> None:
    assert refusal(move, IN_CONTACT.end(LATER), **arguments) == "ended"


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (IN_CONTACT, Outcome.ATTENDED),
        (HELD, Outcome.ATTENDED),
        (ENTERED, Outcome.NO_SHOW),
        (OPEN, Outcome.CANCELLED),
    ],
)
def test_outcome_says_how_it_went(facts: SessionFacts, outcome: Outcome) -> None:
    assert facts.end(LATER).outcome is outcome


@given(st.lists(st.sampled_from(["enter", "accept", "hold", "end"]), max_size=12))
def test_gate_is_open_only_in_contact_whatever_the_moves(moves: list[str]) -> None:
    facts = OPEN
    arguments: dict[str, dict[str, object]] = {
        "enter": {"now": LATER},
        "accept": {"now": LATER, "patient_present": True, "elsewhere": None},
        "hold": {"now": LATER},
        "end": {"now": LATER},
    }
    for move in moves:
        try:
            facts = getattr(facts, move)(**arguments[move])
        except Conflict:
            continue
        assert facts.gate_open == (facts.state is State.IN_CONTACT)
        assert (facts.ended_at is None) == (facts.outcome is None)
        assert not facts.gate_open or facts.entered_at is not None


def record(clock: ClockState | None = None) -> SessionRecord:
    return SessionRecord("s1", "p1", "t1", IN_CONTACT, 1, clock=clock, clock_saved_at=START)


def test_time_without_a_node_is_lost_by_the_server() -> None:
    clock = ClockState(started_at=START, wall_s=60, connected_s=50)
    moved = clock_after_gap(record(clock), START + timedelta(seconds=5))
    assert moved is not None
    assert (moved.wall_s, moved.connected_s, moved.lost.server) == (65, 50, 5)


def test_time_without_a_node_is_nobodys_loss_while_the_gate_is_closed() -> None:
    clock = ClockState(started_at=START, wall_s=60, connected_s=50)
    held = replace(record(clock), facts=IN_CONTACT.hold(START))
    moved = clock_after_gap(held, START + timedelta(seconds=5))
    assert moved is not None
    assert (moved.wall_s, moved.connected_s, moved.lost.server) == (65, 50, 0)


def test_without_a_node_only_the_time_of_an_open_gate_is_lost() -> None:
    clock = ClockState(started_at=START, wall_s=60, connected_s=50)
    again = let_in(let_in(IN_CONTACT.hold(minute(1)), 3).hold(minute(4)), 9)
    for facts, until, lost_s in ((again, 10, 180), (again.hold(minute(10)), 12, 180)):
        moved = clock_after_gap(replace(record(clock), facts=facts), minute(until))
        assert moved is not None
        assert (moved.wall_s, moved.lost.server) == (60 + until * 60, lost_s)


def test_without_contact_there_is_no_clock_to_hand_on() -> None:
    assert clock_after_gap(record(), LATER) is None


def test_participants_are_opaque_and_differ_by_role_session_and_device() -> None:
    ids = {participant_id("s1", role, "v1") for role in Role}
    ids.add(participant_id("s2", Role.PATIENT, "v1"))
    ids.add(participant_id("s1", Role.PATIENT, "v2"))
    assert len(ids) == 4
    assert all("v1" not in one and "t1" not in one and len(one) == 32 for one in ids)
