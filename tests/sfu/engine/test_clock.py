"""The clock of a room: contact, connected time, and whose line lost the rest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.engine.clock import Facts, RoomClock
from sfu.messages import ClockState, LostTime

CONTACT_AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)

BOTH = Facts(gate_open=True, therapist_connected=True, patient_connected=True)
PATIENT_AWAY = Facts(gate_open=True, therapist_connected=True)
THERAPIST_AWAY = Facts(gate_open=True, patient_connected=True)
BOTH_AWAY = Facts(gate_open=True)
HELD = Facts(therapist_connected=True, patient_connected=True)


def clock_in_contact(now: float = 100.0) -> RoomClock:
    clock = RoomClock(now=0.0)
    clock.update(BOTH, now, CONTACT_AT)
    return clock


def state_of(clock: RoomClock, now: float) -> ClockState:
    state = clock.state(now)
    assert state is not None
    return state


def test_clock_does_not_start_while_the_gate_is_closed() -> None:
    clock = RoomClock(now=0.0)
    assert not clock.update(HELD, 1.0, CONTACT_AT)
    assert clock.state(60.0) is None


def test_clock_does_not_start_with_one_side_alone() -> None:
    clock = RoomClock(now=0.0)
    assert not clock.update(PATIENT_AWAY, 1.0, CONTACT_AT)
    assert clock.state(60.0) is None


def test_clock_starts_at_contact_and_says_so_once() -> None:
    clock = RoomClock(now=0.0)
    assert clock.update(BOTH, 100.0, CONTACT_AT)
    assert not clock.update(BOTH, 101.0, LATER)
    state = state_of(clock, 110.0)
    assert state.started_at == CONTACT_AT
    assert (state.wall_s, state.connected_s) == (10.0, 10.0)


def test_time_before_contact_is_not_counted() -> None:
    clock = RoomClock(now=0.0)
    clock.update(PATIENT_AWAY, 10.0, CONTACT_AT)
    clock.update(BOTH, 50.0, CONTACT_AT)
    assert state_of(clock, 51.0).wall_s == 1.0


@pytest.mark.parametrize(
    ("facts", "lost"),
    [
        (PATIENT_AWAY, LostTime(patient=7.0)),
        (THERAPIST_AWAY, LostTime(therapist=7.0)),
        (BOTH_AWAY, LostTime(server=7.0)),
    ],
)
def test_seconds_apart_are_booked_on_whose_side_it_was(facts: Facts, lost: LostTime) -> None:
    clock = clock_in_contact(100.0)
    clock.update(facts, 105.0, LATER)
    clock.update(BOTH, 112.0, LATER)
    state = state_of(clock, 115.0)
    assert state.lost == lost
    assert state.connected_s == 8.0
    assert state.wall_s == 15.0


@pytest.mark.parametrize("apart", [HELD, Facts(patient_connected=True), Facts()])
def test_elapsed_time_goes_on_while_the_gate_is_closed_and_connected_time_does_not(
    apart: Facts,
) -> None:
    clock = clock_in_contact(100.0)
    clock.update(apart, 110.0, LATER)
    assert state_of(clock, 200.0).wall_s == 100.0
    clock.update(BOTH, 400.0, LATER)
    state = state_of(clock, 401.0)
    assert (state.wall_s, state.connected_s, state.started_at) == (301.0, 11.0, CONTACT_AT)
    assert state.lost == LostTime()


def test_time_in_which_the_process_stood_still_is_lost_by_the_server() -> None:
    clock = clock_in_contact(100.0)
    clock.note_stall(4.0, 110.0)
    state = state_of(clock, 112.0)
    assert (state.wall_s, state.connected_s, state.lost) == (12.0, 8.0, LostTime(server=4.0))


def test_standing_still_while_held_is_nobodys_loss() -> None:
    clock = clock_in_contact(100.0)
    clock.update(HELD, 105.0, LATER)
    clock.note_stall(4.0, 110.0)
    state = state_of(clock, 112.0)
    assert (state.wall_s, state.connected_s, state.lost) == (12.0, 5.0, LostTime())


def test_reading_the_clock_changes_nothing() -> None:
    often, seldom = clock_in_contact(), clock_in_contact()
    for tenth in range(1000, 1100):
        often.state(tenth / 10)
    assert state_of(often, 120.0).wall_s == pytest.approx(state_of(seldom, 120.0).wall_s)


def test_time_that_steps_back_books_nothing() -> None:
    clock = clock_in_contact(100.0)
    assert state_of(clock, 110.0).wall_s == 10.0
    assert state_of(clock, 105.0).wall_s == 10.0
    assert state_of(clock, 111.0).wall_s == 11.0


def test_resumed_clock_goes_on_from_the_sums_it_was_given() -> None:
    left = ClockState(
        started_at=CONTACT_AT, wall_s=60.0, connected_s=50.0, lost=LostTime(patient=10.0)
    )
    clock = RoomClock(now=0.0, resumed=left)
    assert not clock.update(BOTH, 0.0, LATER)
    state = state_of(clock, 5.0)
    assert state.started_at == CONTACT_AT
    assert (state.wall_s, state.connected_s, state.lost) == (65.0, 55.0, left.lost)


def test_time_until_both_came_to_the_new_node_is_lost_by_the_server() -> None:
    left = ClockState(started_at=CONTACT_AT, wall_s=60.0, connected_s=60.0)
    clock = RoomClock(now=0.0, resumed=left)
    clock.update(BOTH_AWAY, 0.0, LATER)
    clock.update(PATIENT_AWAY, 2.0, LATER)  # the therapist is here, the patient not yet
    clock.update(BOTH, 3.0, LATER)
    clock.update(PATIENT_AWAY, 10.0, LATER)  # now it is the patient's own line
    state = state_of(clock, 14.0)
    assert state.lost == LostTime(server=3.0, patient=4.0)
    assert state.connected_s == 67.0


def test_held_time_is_carried_to_another_node_as_what_no_sum_explains() -> None:
    left = ClockState(started_at=CONTACT_AT, wall_s=66.0, connected_s=60.0)
    state = state_of(RoomClock(now=0.0, resumed=left), 4.0)
    assert state.lost == LostTime()
    assert (state.wall_s, state.connected_s) == (70.0, 60.0)


@given(
    st.lists(
        st.tuples(
            st.builds(Facts, st.booleans(), st.booleans(), st.booleans()),
            st.floats(0, 1000, allow_nan=False),
        )
    )
)
def test_every_second_of_wall_time_has_one_owner(steps: list[tuple[Facts, float]]) -> None:
    clock, now, since_contact_s, held_s = RoomClock(now=0.0), 0.0, 0.0, 0.0
    for facts, passed in steps:
        clock.update(facts, now, CONTACT_AT)
        since_contact_s += passed if clock.started else 0.0
        held_s += passed if clock.started and not facts.gate_open else 0.0
        now += passed
    state = clock.state(now)
    if state is None:
        return
    lost = state.lost
    assert state.wall_s == pytest.approx(since_contact_s)
    assert state.wall_s == pytest.approx(
        state.connected_s + held_s + lost.patient + lost.therapist + lost.server
    )
