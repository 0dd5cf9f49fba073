"""One peer: connected, lost, back, and the ways it ends."""

from __future__ import annotations

import pytest

from sfu.base.stats import TransportEnd
from sfu.engine.liveness import (
    ASK_AFTER_S,
    ASK_EVERY_S,
    ASKINGS,
    CLOSED_AFTER_S,
    LOST_AFTER_S,
    UNASKED_LOST_AFTER_S,
)
from sfu.engine.peer import HANDSHAKE_LIMIT_S, LINGER_S, Peer
from sfu.engine.peer_events import (
    Asked,
    Checked,
    Connected,
    Data,
    Ended,
    Forgotten,
    Lost,
    PeerEvent,
)
from sfu.errors import StateError
from sfu.messages import PeerClosedReason, Transit
from sfu.transport import (
    AddressChecked,
    AddressForgotten,
    AddressSelected,
    DataReceived,
    TransportClosed,
    TransportEvent,
)
from tests.sfu.engine.fakes import ADDRESS, KEYS, FakeCore, FakeTransport, make_peer

OTHER = ("192.0.2.1", 40_001, 0)


class World:
    """A peer with what it joins, and a way to let time pass."""

    def __init__(self) -> None:
        self.core = FakeCore()
        self.transport = FakeTransport()
        self.peer: Peer = make_peer(self.core, self.transport)
        self.now = 0.0

    def say(self, *events: TransportEvent) -> list[PeerEvent]:
        """Let the transport say something at the present moment."""
        self.transport.events.extend(events)
        self.peer.receive_datagram(b"\x16", ADDRESS, self.now)
        return self.drain()

    def connect(self) -> None:
        self.say(AddressChecked(ADDRESS), AddressSelected(ADDRESS), KEYS)
        self.core.take()

    def run(self, until: float) -> list[tuple[float, PeerEvent]]:
        """Meet every deadline up to `until`; what happened, with its time."""
        happened = []
        while (at := self.peer.next_timeout()) <= until:
            self.now = at
            self.peer.handle_timeout(at)
            happened += [(at, event) for event in self.drain()]
            if self.peer.gone(at):
                break
        self.now = until
        return happened

    def drain(self) -> list[PeerEvent]:
        events = []
        while (event := self.peer.next_event()) is not None:
            events.append(event)
        return events


@pytest.fixture
def world() -> World:
    return World()


def test_keys_make_the_peer_connected_and_known_to_the_core(world: World) -> None:
    assert world.say(AddressChecked(ADDRESS), AddressSelected(ADDRESS)) == [Checked(ADDRESS)]
    assert world.core.take() == []
    world.transport.checked_addresses = (ADDRESS,)
    assert world.say(KEYS) == [Connected(first=True)]
    assert world.core.take() == [("add", 1), ("admit", 1, ADDRESS), ("address", 1, ADDRESS)]
    assert world.peer.connected


def test_address_checked_after_the_handshake_goes_to_the_core_at_once(world: World) -> None:
    world.connect()
    assert world.say(AddressChecked(OTHER), AddressSelected(OTHER)) == [Checked(OTHER)]
    assert world.core.take() == [("admit", 1, OTHER), ("address", 1, OTHER)]


def test_address_that_the_transport_forgot_is_given_up(world: World) -> None:
    world.connect()
    assert world.say(AddressForgotten(ADDRESS), AddressChecked(OTHER)) == [
        Forgotten(ADDRESS),
        Checked(OTHER),
    ]


def test_selected_address_that_is_forgotten_is_sent_nothing_any_more(world: World) -> None:
    world.connect()
    world.say(AddressForgotten(OTHER))
    assert world.core.take() == []
    world.say(AddressForgotten(ADDRESS))
    assert world.core.take() == [("address", 1, None)]


def test_peer_that_sent_and_has_no_channels_is_lost_without_asking(world: World) -> None:
    world.connect()
    assert world.run(10.0) == [(LOST_AFTER_S, Lost())]
    assert not world.peer.connected


ASKED_AT = [ASK_AFTER_S + n * ASK_EVERY_S for n in range(ASKINGS)]


def test_silent_peer_is_asked_three_times_and_then_lost_within_the_bound(world: World) -> None:
    world.connect()
    world.peer.channels_open = True
    *asked, (lost_at, lost) = world.run(10.0)
    assert [event for _, event in asked] == [Asked()] * 3
    assert [at for at, _ in asked] == pytest.approx(ASKED_AT)
    assert lost == Lost()
    assert lost_at == pytest.approx(LOST_AFTER_S)
    assert lost_at < 1.5 - 0.03  # the timers' own lateness fits in


def test_peer_that_is_never_silent_is_never_asked(world: World) -> None:
    world.connect()
    world.peer.channels_open = True
    for step in range(1, 100):
        world.core.received_at[1] = step * 0.35
        assert world.run(step * 0.35) == []


@pytest.mark.parametrize("after_s", [0.05, 0.3, 0.6, 1.0])
def test_idle_peer_that_answers_is_never_lost(world: World, after_s: float) -> None:
    world.connect()
    world.peer.channels_open = True
    world.core.sends = False
    answers: list[float] = []
    asked = 0
    while world.now < 60.0:
        due = world.peer.next_timeout()
        if answers and answers[0] <= due:
            world.now = answers.pop(0)
            (event,) = world.say(DataReceived(b"heartbeat ack"))
            assert event == Data(b"heartbeat ack")
            continue
        for at, event in world.run(due):
            assert event == Asked()
            asked += 1
            answers.append(at + after_s)
    assert world.peer.connected
    assert asked > 60 / (ASK_AFTER_S + after_s) / 2


@pytest.mark.parametrize("answered", range(ASKINGS))
def test_answer_to_any_one_of_the_askings_is_enough(world: World, answered: int) -> None:
    world.connect()
    world.peer.channels_open = True
    assert len(world.run(ASKED_AT[answered] + 0.01)) == answered + 1
    world.say(DataReceived(b"heartbeat ack"))
    silent_from = world.now
    happened = world.run(silent_from + LOST_AFTER_S - 0.01)
    assert [event for _, event in happened] == [Asked()] * 3


def test_lost_peer_is_not_asked(world: World) -> None:
    world.connect()
    world.peer.channels_open = True
    world.run(LOST_AFTER_S + 0.01)
    assert world.run(60.0) == []


def test_idle_peer_without_channels_gets_the_time_of_its_slowest_reports(world: World) -> None:
    world.connect()
    world.core.sends = False
    world.core.received_at[1] = 3.6
    assert world.run(7.5) == []
    assert world.run(20.0) == [(3.6 + UNASKED_LOST_AFTER_S, Lost())]


def test_channels_that_open_late_are_asked_from_then_on(world: World) -> None:
    world.connect()
    world.core.sends = False
    world.run(2.0)
    world.peer.channels_open = True
    world.say(DataReceived(b"cookie ack"))
    happened = world.run(10.0)
    assert [event for _, event in happened] == [Asked()] * 3 + [Lost()]
    assert happened[-1][0] <= 2.0 + LOST_AFTER_S + ASK_AFTER_S


def test_media_keeps_the_peer_connected(world: World) -> None:
    world.connect()
    for second in range(1, 20):
        world.core.received_at[1] = float(second)
        assert world.run(second + 0.9) == []
    assert world.run(30.0) == [(19.0 + LOST_AFTER_S, Lost())]


def test_media_brings_a_lost_peer_back_within_a_tenth_of_a_second(world: World) -> None:
    world.connect()
    world.run(5.0)
    world.core.received_at[1] = 5.0
    ((at, event),) = world.run(5.1)
    assert event == Connected(first=False)
    assert at < 5.1
    assert world.peer.connected


@pytest.mark.parametrize("kind", ["data", "check"])
def test_data_or_a_check_brings_a_lost_peer_back_at_once(world: World, kind: str) -> None:
    world.connect()
    world.run(5.0)
    if kind == "data":
        assert world.say(DataReceived(b"ping")) == [Connected(first=False), Data(b"ping")]
    else:
        world.transport.last_check_at = 5.0
        assert world.say() == [Connected(first=False)]


def test_a_lost_peer_is_sent_nothing_and_is_again_once_it_is_heard(world: World) -> None:
    world.connect()
    world.run(10.0)
    assert ("suspend", 1) in world.core.take()
    world.peer.send_data(b"to nobody", world.now)
    assert world.transport.sent == []
    world.say(DataReceived(b"here I am"))
    assert ("resume", 1) in world.core.take()
    world.peer.send_data(b"hello", world.now)
    assert world.transport.sent == [b"hello"]


def test_datagram_that_proves_nothing_does_not_bring_a_lost_peer_back(world: World) -> None:
    world.connect()
    world.run(5.0)
    assert world.say() == []
    assert not world.peer.connected


def test_peer_times_out_after_two_minutes_of_silence(world: World) -> None:
    world.connect()
    happened = world.run(CLOSED_AFTER_S + 0.2)
    assert happened[0] == (LOST_AFTER_S, Lost())
    at, event = happened[1]
    assert event == Ended(PeerClosedReason.TIMED_OUT)
    assert CLOSED_AFTER_S <= at <= CLOSED_AFTER_S + 0.1


def test_excused_peer_gets_the_usual_time_to_be_heard(world: World) -> None:
    world.connect()
    world.now = 300.0  # nobody read its packets for so long
    world.peer.excuse(world.now)
    world.peer.handle_timeout(world.now)
    assert world.drain() == []
    world.core.received_at[1] = 301.0
    assert world.run(302.0) == []
    assert world.run(303.0) == [(301.0 + LOST_AFTER_S, Lost())]


@pytest.mark.parametrize(
    ("checked", "end"), [(True, TransportEnd.TIMED_OUT), (False, TransportEnd.NO_CHECK)]
)
def test_peer_without_a_handshake_fails_after_thirty_seconds(
    world: World, checked: bool, end: TransportEnd
) -> None:
    if checked:
        world.say(AddressChecked(ADDRESS))
    ((at, event),) = world.run(HANDSHAKE_LIMIT_S + 1)
    assert (at, event) == (HANDSHAKE_LIMIT_S, Ended(PeerClosedReason.FAILED))
    assert world.peer.end is end


@pytest.mark.parametrize(
    ("connected", "reason"), [(True, PeerClosedReason.LEFT), (False, PeerClosedReason.FAILED)]
)
def test_transport_that_closes_ends_the_peer(
    world: World, connected: bool, reason: PeerClosedReason
) -> None:
    if connected:
        world.connect()
    assert world.say(TransportClosed(TransportEnd.ALERT)) == [Ended(reason)]
    assert world.peer.end is TransportEnd.ALERT


def test_closed_peer_has_no_media_but_its_last_words_leave(world: World) -> None:
    world.connect()
    world.peer.close(PeerClosedReason.REPLACED, 1.0)
    assert world.core.take() == [("remove", 1)]
    world.peer.send_data(b"goodbye", 1.1)
    assert world.transport.sent == [b"goodbye"]
    assert not world.peer.gone(1.0 + LINGER_S - 0.01)
    assert world.run(5.0) == []
    assert world.transport.closed_at == 1.0 + LINGER_S
    assert world.peer.gone(1.0 + LINGER_S)


def test_closed_peer_says_nothing_more(world: World) -> None:
    world.connect()
    world.peer.close(PeerClosedReason.LEFT, 1.0)
    assert world.say(DataReceived(b"late"), TransportClosed(TransportEnd.ALERT)) == []


def test_peer_is_closed_only_once(world: World) -> None:
    world.peer.close(PeerClosedReason.LEFT, 1.0)
    with pytest.raises(StateError):
        world.peer.close(PeerClosedReason.LEFT, 1.0)


def test_data_before_the_handshake_is_not_sent(world: World) -> None:
    world.peer.send_data(b"early", 0.0)
    assert world.transport.sent == []


def test_state_before_the_handshake_proves_nothing(world: World) -> None:
    state = world.peer.state(1.0)
    assert not state.connected
    assert state.proof.heard_age_ms is None
    assert state.forwarded_packets == 0


def test_state_tells_what_the_core_measured(world: World) -> None:
    world.connect()
    state = world.peer.state(1.0)
    assert state.connected
    assert (state.proof.heard_age_ms, state.proof.level_dbfs) == (20, -30.0)
    assert state.proof.seen_age_ms is None
    assert state.rtt_ms == pytest.approx(50.0)
    assert state.forwarded_packets == 7


def test_state_tells_by_which_way_it_is_reached_and_since_when_nothing_came(world: World) -> None:
    assert (world.peer.state(1.0).transit, world.peer.state(1.0).packet_age_ms) == (None, None)
    world.connect()
    assert world.peer.state(1.0).transit is Transit.UDP
    assert world.peer.state(1.5).packet_age_ms == 1500
    world.core.received_at[1] = 1.4  # media comes past the peer, to the core
    assert world.peer.state(1.5).packet_age_ms == 100
