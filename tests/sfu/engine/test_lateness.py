"""A node that is met at every deadline is never late by its own rules, whatever its lines do."""

from __future__ import annotations

import pytest

from sfu.messages import Cause, CheckReport, Role
from tests.support.plane import World


@pytest.mark.parametrize("loss", [0.0, 0.1])
def test_a_check_over_a_satellite_and_a_line_that_is_lost_make_no_node_late(loss: float) -> None:
    world = World()
    people = [world.person(Role.THERAPIST, 40_001, 1), world.person(Role.PATIENT, 40_002, 2)]
    for person in people:
        person.path.delay_s, person.path.loss = 0.3, loss
        person.browser.tells_round_trip = True
        person.join()
    world.network.run_until(lambda: all(person.browser.connected for person in people))
    for person in people:
        world.engine.channels_opened(person.id, world.now)
    watch = world.engine.measuring.health
    for _ in range(10):
        world.run(1.0)
        assert watch.health(world.now).loop_lag_max_s == 0.0
    check = people[1].state.check
    assert isinstance(check, CheckReport)
    assert check.quality is not None
    assert check.quality.cause is not Cause.SERVER
    people[1].path.loss = 1.0
    world.run(3.0)
    people[1].path.loss = 0.0
    world.run(2.0)
    assert watch.health(world.now).loop_lag_max_s == 0.0
    assert world.engine.stalls == 0
