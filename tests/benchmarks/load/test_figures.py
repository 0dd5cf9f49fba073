"""Gaps, delays and clocks, from what was said and heard."""

from __future__ import annotations

from collections.abc import Set

import pytest

from benchmarks.load.figures import (
    FRAME_S,
    PLAYOUT_S,
    Clock,
    Report,
    Voice,
    clock_error_s,
    judge,
    report,
)

LOOP = 50
DELAY_S = 0.03


NONE: frozenset[int] = frozenset()


def talk(frames: int, *, lost: Set[int] = NONE, late_s: dict[int, float] | None = None) -> Voice:
    """Let somebody say so many frames, of which some never came, or came so much later."""
    voice, heard = Voice(LOOP), []
    for number in range(frames):
        at = number * FRAME_S
        voice.say(at, at)
        if number not in lost:
            heard.append((at + DELAY_S + (late_s or {}).get(number, 0.0), number))
            voice.hear(number % LOOP, heard[-1][0])
    return voice


def test_all_that_came_in_time_is_no_gap() -> None:
    heard = judge(talk(200), 0.0, 10.0)
    assert (heard.frames, heard.missed, heard.longest_gap_s, heard.gap_ratio) == (200, 0, 0.0, 0.0)
    assert max(heard.delays_s) == pytest.approx(DELAY_S)


def test_what_never_came_is_a_gap_as_long_as_its_frames() -> None:
    heard = judge(talk(200, lost={10, 50, 51, 52, 199}), 0.0, 10.0)
    assert heard.missed == 5
    assert heard.longest_gap_s == pytest.approx(3 * FRAME_S)
    assert heard.gap_ratio == pytest.approx(5 / 200)


def test_a_frame_too_late_to_be_played_is_a_gap_and_one_within_the_buffer_is_none() -> None:
    late = {20: PLAYOUT_S - 0.01, 40: PLAYOUT_S + 0.01}
    assert judge(talk(60, late_s=late), 0.0, 10.0).missed == 1


def test_people_go_on_talking_while_there_is_no_connection() -> None:
    voice = talk(20)
    for number in range(20, 45):
        voice.say(number * FRAME_S)  # not sent
    heard = judge(voice, 0.0, 10.0)
    assert heard.frames == 45
    assert heard.longest_gap_s == pytest.approx(25 * FRAME_S)


def test_what_the_load_itself_sends_late_is_no_gap_but_told() -> None:
    voice = Voice(LOOP)
    for number in range(30):
        due_at = number * FRAME_S
        voice.say(due_at, due_at + 0.5)
        voice.hear(number % LOOP, due_at + 0.5 + DELAY_S)
    assert judge(voice, 0.0, 10.0).missed == 0
    assert max(voice.behind_s(0.0, 10.0)) == pytest.approx(0.5)


def test_a_sound_of_the_loop_is_the_newest_of_its_place() -> None:
    voice = talk(LOOP + 10, lost=set(range(LOOP + 10)))
    voice.hear(5, 99.0)
    assert [n for n, at in enumerate(voice.heard_at) if at == 99.0] == [LOOP + 5]
    voice.hear(20, 99.5)  # not said again yet: the one before
    assert [n for n, at in enumerate(voice.heard_at) if at == 99.5] == [20]


def test_a_frame_counts_once_and_only_when_it_was_sent() -> None:
    voice = Voice(LOOP)
    voice.hear(3, 1.0)  # nothing was said
    voice.say(0.0)
    voice.hear(0, 1.0)  # nothing was sent
    assert voice.first_heard(0.0) is None
    voice.say(FRAME_S, FRAME_S)
    voice.hear(1, 1.0)
    voice.hear(1, 2.0)
    assert list(voice.heard_at)[1] == 1.0


def test_the_first_heard_is_of_what_was_said_since_then() -> None:
    voice = talk(100)
    assert voice.first_heard(1.0) == pytest.approx(1.0 + DELAY_S)
    assert voice.first_heard(0.0) == pytest.approx(DELAY_S)
    assert voice.first_heard(5.0) is None


def test_a_clock_is_off_by_what_accept_itself_does_not_explain() -> None:
    exact = [Clock(at=12.0 + n, elapsed_s=2.0 + n) for n in range(5)]
    assert clock_error_s(exact, accepted_at=9.9, answered_at=10.1) == 0.0
    slow = [*exact, Clock(at=20.0, elapsed_s=9.2)]
    assert clock_error_s(slow, accepted_at=9.9, answered_at=10.1) == pytest.approx(0.7)
    fast = [*exact, Clock(at=20.0, elapsed_s=11.1)]
    assert clock_error_s(fast, accepted_at=9.9, answered_at=10.1) == pytest.approx(1.0)
    assert clock_error_s([], accepted_at=9.9, answered_at=10.1) is None


def summed(
    *voices: Voice,
    accepted_at: float = 0.0,
    foreign: int = 0,
    packets: tuple[int, int] = (0, 0),
    clock_error: float | None = None,
) -> Report:
    return report(
        voices, 0.0, 10.0,
        accepted_at=accepted_at, foreign=foreign, packets=packets, clock_error=clock_error,
    )  # fmt: skip


def test_a_visit_is_both_directions() -> None:
    voices = talk(100), talk(100, lost={7, 8})
    found = summed(*voices, packets=(400, 398), clock_error=0.002)
    assert found.gap_ratio == pytest.approx(0.01)
    assert found.longest_gap_ms == pytest.approx(40.0)
    assert found.delay_ms == pytest.approx(DELAY_S * 1000)
    assert found.loss_ratio == pytest.approx(0.005)
    assert found.clock_error_ms == pytest.approx(2.0)


def test_a_visit_in_which_nothing_was_heard_is_all_gap() -> None:
    voices = [talk(100, lost=set(range(100))) for _ in range(2)]
    found = summed(*voices)
    assert (found.gap_ratio, found.delay_ms) == (1.0, None)
    assert found.longest_gap_ms == pytest.approx(2000.0)


def test_sound_of_others_or_before_accept_is_let_through_by_mistake() -> None:
    voices = talk(100), talk(100)
    assert summed(*voices).leaked == 0
    early = 3 * FRAME_S + DELAY_S
    assert summed(*voices, accepted_at=early - 1e-6).leaked == 6
    assert summed(*voices, accepted_at=early - 1e-6, foreign=5).leaked == 11
