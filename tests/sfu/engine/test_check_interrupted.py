"""What happens around a check that nobody meant: a page that leaves, a clock that is set."""

from __future__ import annotations

from sfu.base.limits import CHECKS_AT_ONCE
from sfu.messages import CheckState
from tests.sfu.engine.test_check import CHECK_S, alone, report
from tests.support.plane import World


def test_a_page_that_leaves_in_mid_check_leaves_nothing_running(world: World) -> None:
    patient = alone(world)
    world.run(5.0)
    assert report(patient).state is CheckState.RUNNING
    world.engine.leave("room", patient.id, world.now)
    before = len(patient.browser.received_rtp)
    world.run(3.0)
    assert len(patient.browser.received_rtp) - before < 5
    assert world.engine.measuring._running == {}
    again = alone(world)
    world.run(CHECK_S)
    assert report(again).state is CheckState.DONE
    assert len(world.engine.measuring._running) < CHECKS_AT_ONCE


def test_a_clock_of_the_node_that_is_set_changes_no_duration(world: World) -> None:
    patient = alone(world)
    world.run(4.0)
    world.engine.utc_offset += 86_400.0
    world.run(CHECK_S)
    assert report(patient).state is CheckState.DONE
    assert 5_000 < report(patient).took_ms <= 10_000
