"""What the server knows of a silence: speech and its absence, and another address."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sfu.engine.monitor import LineMonitor
from sfu.engine.paths import SETTLED_AFTER_S, Paths
from sfu.messages import Role, Transit
from sfu.relay.seam import PacketCore, Received
from tests.support.plane import World

HOME, AWAY = ("192.0.2.1", 40_000, 0), ("198.51.100.9", 1, 0)


class Levels:
    """A core that receives sound of a level."""

    level_dbfs: float | None = None

    def take_received(self, peer: int) -> Received:
        return Received((), (), ())

    def report(self, peer: int, now: float) -> Any:
        return SimpleNamespace(
            tracks={},
            audio_last_at=now - 0.02,
            level_dbfs=self.level_dbfs,
            rtt_s=None,
            reached_at=None,
        )


def test_speech_is_remembered_and_a_quiet_room_is_none() -> None:
    core = Levels()
    monitor = LineMonitor(cast(PacketCore, core), 1, 0.0)
    for now, level, loud_at in ((1.0, None, None), (2.0, -72.0, None), (3.0, -50.0, 2.98)):
        core.level_dbfs = level
        monitor.gather(now)
        assert monitor.loud_at == loud_at
    core.level_dbfs = -72.0
    monitor.gather(4.0)
    assert monitor.loud_at == 2.98


def test_packets_that_go_on_from_another_address_are_told(world: World) -> None:
    _, patient = world.pair(gate_open=True)
    world.run(SETTLED_AFTER_S + 1.0)
    assert patient.state.moved_age_ms is None
    world.network.move(patient.browser, ("192.0.2.99", 55_555, 0))  # as a NAT does
    world.run(2.0)
    assert patient.state.connected
    assert patient.state.moved_age_ms == pytest.approx(1_960, abs=60)
    assert world.room.peers[0].role is Role.THERAPIST
    assert world.room.peers[0].moved_age_ms is None


def test_the_choice_among_first_addresses_is_no_move() -> None:
    paths = Paths(lambda _: Transit.UDP, 0.0)
    paths.select(HOME, 0.1)
    paths.select(AWAY, 0.2)
    paths.note_keys(0.3)
    paths.select(HOME, 2.0)
    assert paths.moved_age_ms(9.0) is None


def test_a_link_that_went_and_came_back_elsewhere_is_a_move_and_the_same_is_none() -> None:
    paths = Paths(lambda _: Transit.TCP, 0.0)
    paths.select(HOME, 0.1)
    paths.note_keys(0.2)
    paths.select(None, 8.0)
    paths.select(HOME, 9.0)
    assert paths.moved_age_ms(9.0) is None
    paths.select(None, 10.0)
    assert paths.transit is None
    paths.select(AWAY, 11.0)
    assert paths.moved_age_ms(12.5) == 1_500
