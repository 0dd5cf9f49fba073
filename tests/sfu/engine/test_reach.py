"""By which ways a browser reached the node, how soon, and what is said of the others."""

from __future__ import annotations

import json

import pytest

from sfu.base.address import Address
from sfu.engine.page import Page
from sfu.engine.paths import AT_ONCE_S, BLOCKED_AFTER_S, MAX_ADDRESSES, Paths
from sfu.engine.recipient import hear_page
from sfu.messages import CheckState, Path, PathReach, PathState, ReachReport, Role, Transit
from tests.support.plane import World, said

UDP: Address = ("192.0.2.1", 40_000, 0)
TCP: Address = ("192.0.2.1", 40_001, 1)
RELAY: Address = ("203.0.113.5", 61_000, 0)
NOT_TRIED, BLOCKED = PathReach(), PathReach(state=PathState.BLOCKED)


def reached(took_ms: int | None) -> PathReach:
    return PathReach(state=PathState.REACHED, took_ms=took_ms)


def paths(*checks: tuple[Address, float], use: Address | None = None) -> Paths:
    made = Paths(lambda addr: Transit.TCP if addr[2] else Transit.UDP, 10.0)
    for addr, at in checks:
        made.note_check(addr, at)
    if use is not None:
        made.select(use, checks[-1][1])
    return made


def page(**words: object) -> Page:
    made = Page()
    made.hear(json.dumps({"type": "page", **words}), 10.5)
    return made


RELAYS = [{"host": RELAY[0], "port": RELAY[1]}]


def ways(one: Paths, of: Page, now: float = 20.0) -> ReachReport:
    told = one.reach(of, now).ways
    assert told is not None
    return told


def test_each_way_has_the_time_of_its_first_check() -> None:
    checks = ((UDP, 10.02), (TCP, 10.06), (UDP, 10.07), (RELAY, 10.2), (RELAY, 12.0))
    told = ways(paths(*checks, use=UDP), page(relays=RELAYS))
    assert told == ReachReport(udp=reached(20), tcp=reached(60), turn=reached(200), in_use=Path.UDP)


def test_a_relay_is_udp_as_long_as_no_page_names_it() -> None:
    told = ways(paths((RELAY, 10.2), use=RELAY), Page())
    assert (told.udp, told.turn, told.in_use) == (reached(200), NOT_TRIED, Path.UDP)
    named = ways(paths((RELAY, 10.2), use=RELAY), page(relayed=True))
    assert (named.udp, named.turn, named.in_use) == (NOT_TRIED, reached(200), Path.TURN)


def test_what_a_browser_gave_up_because_another_way_works_is_not_called_blocked() -> None:
    told = ways(paths((UDP, 10.02), use=UDP), Page())
    assert (told.tcp, told.turn) == (NOT_TRIED, NOT_TRIED)
    behind_tcp = ways(paths((TCP, 10.3), use=TCP), page(tried=["tcp"]))
    assert (behind_tcp.udp, behind_tcp.tcp) == (NOT_TRIED, reached(300))


def test_udp_is_blocked_when_it_was_tried_and_nothing_came_while_tcp_got_through() -> None:
    one, says = paths((TCP, 10.3), use=TCP), page(tried=["udp", "tcp"])
    assert ways(one, says, 10.3 + BLOCKED_AFTER_S - 0.1).udp == NOT_TRIED
    assert ways(one, says, 10.3 + BLOCKED_AFTER_S).udp == BLOCKED
    one.note_check(UDP, 14.0)  # it was only slow
    assert ways(one, says).udp == reached(4_000)


def test_nothing_is_blocked_while_nothing_got_through() -> None:
    assert ways(paths(), page(tried=["udp", "tcp", "turn"])) == ReachReport()


def test_a_way_that_came_much_later_has_no_time_since_the_offer() -> None:
    told = ways(paths((UDP, 10.02), (TCP, 10.0 + AT_ONCE_S + 1), use=TCP), Page(), 60.0)
    assert (told.tcp, told.in_use) == (reached(None), Path.TCP)


def test_the_addresses_of_one_peer_are_not_remembered_for_ever() -> None:
    one = paths(*((("192.0.2.1", n, 0), 10.0 + n) for n in range(1, 500)))
    assert len(one._first_at) == MAX_ADDRESSES


def test_the_report_of_a_check_tells_the_ways(world: World) -> None:
    patient = world.person(Role.PATIENT, 40_002, 2)
    patient.join()
    world.network.run_until(lambda: patient.browser.connected)
    patient.browser.tells_round_trip = True
    world.engine.channels_opened(patient.id, world.now)
    world.run(1.0)
    relays = [{"host": "192.0.2.1", "port": 40_002}]
    words = {"type": "page", "relays": relays, "tried": ["turn", "tcp"], "relayed": True}
    hear_page(world.engine.peers, patient.id, json.dumps(words), world.now)
    told = world.run(11.0)
    check = patient.state.check
    assert check is not None
    assert check.reach is not None
    assert check.state is CheckState.DONE
    assert check.reach.turn.state is PathState.REACHED
    assert check.reach.turn.took_ms == pytest.approx(10, abs=2)
    assert (check.reach.tcp, check.reach.udp) == (BLOCKED, NOT_TRIED)
    assert check.reach.in_use is Path.TURN
    assert said(told, patient, "check")[-1]["reach"]["tcp"] == {"state": "blocked"}  # type: ignore[index]
