"""The whole media plane under damaged, repeated, misdirected and made-up datagrams."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfu.base.address import Address
from sfu.messages import PeerClosed, Role
from tests.fuzz.strategies import Edit, damage, edits
from tests.support.plane import STRANGER, World

MAX_ANSWERS = 200
"""Datagrams that one may bring about."""
CONNECTED_S = 0.3
SOURCES = [("192.0.2.1", 40_001, 0), ("192.0.2.1", 40_002, 0), STRANGER]


def call(world: World, seconds: float) -> list[bytes]:
    """Let both join and this much happen; return what they sent and received, all arrived."""
    tap: list[bytes] = []
    people = []
    for role, port in ((Role.THERAPIST, 40_001), (Role.PATIENT, 40_002)):
        person = world.person(role, port, port)
        person.path.tap = tap
        person.join()
        people.append(person)
    world.gate(True)
    world.run(seconds)
    for person in people:
        person.path.tap = None
    world.run(0.05)
    return tap


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.floats(0.03, 1.0),
    st.lists(
        st.tuples(st.integers(0, 0xFFFF), edits, st.sampled_from(SOURCES)),
        max_size=60,
    ),
)
def test_no_datagrams_raise_or_are_answered_without_bound(
    seconds: float, trouble: list[tuple[int, list[Edit], Address]]
) -> None:
    world = World()
    traffic = call(world, seconds)
    for part, changes, source in trouble:
        datagram = damage(traffic[part * len(traffic) >> 16], changes)
        world.engine.receive_datagram(datagram, source, world.now)
        answers = 0
        while (answer := world.engine.poll_transmit()) is not None:
            answers += 1
            assert answer[1] != STRANGER
        assert answers <= MAX_ANSWERS
    told = world.run(3.0)
    if seconds >= CONNECTED_S:  # before, garbage from a peer's own address may end its handshake
        assert not [event for event in told if isinstance(event, PeerClosed)]
        assert all(peer.connected for peer in world.room.peers)


@given(st.binary(max_size=100))
def test_any_bytes_of_strangers_meet_silence(data: bytes) -> None:
    world = World()
    world.engine.receive_datagram(data, STRANGER, world.now)
    assert world.engine.poll_transmit() is None
    assert world.engine.next_event() is None
