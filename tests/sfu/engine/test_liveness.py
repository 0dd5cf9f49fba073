"""The verdicts on any pattern of silence; `test_peer` tests what follows from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfu.engine.liveness import (
    ASK_AFTER_S,
    ASKINGS,
    CLOSED_AFTER_S,
    LOST_AFTER_S,
    Liveness,
    Verdict,
)


def run(
    liveness: Liveness, until: float, *, lost: bool = False, can_ask: bool = True
) -> list[tuple[float, Verdict]]:
    """Look whenever it wants, up to `until` or until it is lost."""
    verdicts: list[tuple[float, Verdict]] = []
    while (at := liveness.next_look_at) <= until:
        verdict = liveness.judge(at, lost=lost, can_ask=can_ask, sends=True)
        verdicts.append((at, verdict))
        if verdict is Verdict.LOST and not lost:
            break
    return verdicts


@given(st.lists(st.floats(0.001, 2.0), min_size=1, max_size=30), st.booleans())
def test_verdict_comes_in_time_and_never_before_its_askings(
    gaps: list[float], can_ask: bool
) -> None:
    liveness, now = Liveness(0.0), 0.0
    for gap in gaps:
        verdicts = run(liveness, now + gap, can_ask=can_ask)
        lost_at = [at for at, verdict in verdicts if verdict is Verdict.LOST]
        asked_at = [at for at, verdict in verdicts if verdict is Verdict.ASK]
        if lost_at:
            assert now + LOST_AFTER_S - 1e-6 <= lost_at[0] <= now + LOST_AFTER_S + 1e-6
            assert len(asked_at) == (ASKINGS if can_ask else 0)
            return
        assert gap <= LOST_AFTER_S + 1e-6
        assert all(at >= now + ASK_AFTER_S - 1e-6 for at in asked_at)
        now += gap
        liveness.note_packet(now)


@pytest.mark.parametrize("last_s", [0.0, 0.1, 0.39, 0.41, 1.0, 1.3])
def test_last_packet_is_missed_within_the_bound_whenever_it_came(last_s: float) -> None:
    liveness = Liveness(0.0)
    run(liveness, last_s)
    liveness.note_packet(last_s)
    at, verdict = run(liveness, 10.0)[-1]
    assert verdict is Verdict.LOST
    assert at - last_s == pytest.approx(LOST_AFTER_S)


def test_lost_one_that_was_excused_is_not_taken_for_here() -> None:
    liveness = Liveness(0.0)
    run(liveness, 5.0)
    liveness.excuse(10.0)
    assert liveness.judge(10.0, lost=True, can_ask=True, sends=True) is Verdict.WAIT
    liveness.note_packet(10.1)
    assert liveness.judge(10.2, lost=True, can_ask=True, sends=True) is Verdict.HERE


def test_two_minutes_of_silence_are_the_end() -> None:
    liveness = Liveness(0.0)
    at, verdict = run(liveness, CLOSED_AFTER_S + 1, lost=True)[-1]
    assert verdict is Verdict.OVER
    assert at >= CLOSED_AFTER_S
