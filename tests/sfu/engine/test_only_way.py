"""Browsers with one way alone to the node, TCP or a relay: checked before a call, and in it."""

from __future__ import annotations

import json

import pytest

from sfu.base.address import Address
from sfu.engine.recipient import hear_page
from sfu.io.tcp import FIRST_TCP_LINK
from sfu.messages import (
    Cause,
    CheckState,
    Level,
    Path,
    PathReach,
    PathState,
    Role,
    Transit,
)
from tests.support.plane import Person, World

RELAY: Address = ("203.0.113.5", 61_000, 0)
LINK: Address = ("192.0.2.7", 41_000, FIRST_TCP_LINK)
NOT_TRIED, BLOCKED = PathReach(), PathReach(state=PathState.BLOCKED)


def meet(world: World, address: Address, **words: object) -> tuple[Person, Person]:
    """Connect a therapist by UDP, and a patient by an address; the patient's page says words."""
    therapist = world.person(Role.THERAPIST, 40_001, 1)
    patient = Person(world, Role.PATIENT, address, 2)
    for person in (therapist, patient):
        person.browser.tells_round_trip = True
        person.join()
    world.network.run_until(lambda: therapist.browser.connected and patient.browser.connected)
    for person in (therapist, patient):
        world.engine.channels_opened(person.id, world.now)
    said = json.dumps({"type": "page", **words})
    hear_page(world.engine.peers, patient.id, said, world.now)
    return therapist, patient


@pytest.mark.parametrize(
    ("address", "words", "transit", "in_use"),
    [
        (LINK, {"tried": ["udp", "tcp"]}, Transit.TCP, Path.TCP),
        (RELAY, {"tried": ["udp", "turn"], "relayed": True}, Transit.UDP, Path.TURN),
    ],
    ids=["tcp only", "turn only"],
)
def test_the_only_way_is_told_in_a_check_and_in_a_call(
    world: World, address: Address, words: dict[str, object], transit: Transit, in_use: Path
) -> None:
    therapist, patient = meet(world, address, **words)
    world.run(12.0)
    check = patient.state.check
    assert check is not None
    assert check.reach is not None
    assert (check.state, check.transit, check.reach.in_use) == (CheckState.DONE, transit, in_use)
    ways = check.reach.model_dump(include={"udp", "tcp", "turn"})
    reached = {way: told["took_ms"] for way, told in ways.items() if told["state"] == "reached"}
    assert reached == {in_use.value: pytest.approx(10, abs=2)}
    assert check.reach.udp == BLOCKED
    others = {Path.TCP: check.reach.turn, Path.TURN: check.reach.tcp}
    assert others[in_use] == NOT_TRIED
    world.gate(True)
    world.run(6.0)
    quality = patient.state.quality
    assert quality is not None
    assert (quality.level, quality.cause) == (Level.GOOD, Cause.NONE)
    assert patient.state.transit is transit
    assert therapist.state.transit is Transit.UDP


def test_a_tcp_link_that_ends_leaves_no_transit_until_another_one_is_checked(world: World) -> None:
    therapist, patient = meet(world, LINK, tried=["udp", "tcp"])
    world.gate(True)
    world.run(3.0)
    world.network.move(patient.browser, (LINK[0], LINK[1] + 1, LINK[2] + 1))
    world.engine.forget_address(LINK, world.now)
    assert patient.state.transit is None
    patient.browser.restart_ice(world.now)
    world.run(2.0)
    assert patient.state.connected
    assert patient.state.transit is Transit.TCP
    assert therapist.state.connected
