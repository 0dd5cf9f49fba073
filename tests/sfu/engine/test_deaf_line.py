"""A line that is dead in one direction only, downwards: told as that, and of no other line."""

from __future__ import annotations

import pytest

from sfu.base.media import Slot
from sfu.engine.engine import EngineEvent
from sfu.engine.outputs import HeartbeatAsked
from sfu.messages import Cause, Level, LineQuality, PeerConnected, PeerLost, Role
from sfu.rtp import rtcp
from tests.sfu.engine import calls
from tests.sfu.engine.calls import Call, Caller
from tests.support.plane import Person, World

WIDE_BPS = 10e6
WARN_S, CLEAR_S = 4, 15


def watch(call: Call, person: Caller, seconds: int) -> list[LineQuality]:
    """Return what is told of someone's line, second by second."""
    told = []
    for _ in range(seconds):
        call.run(1.0)
        told.append(call.quality(person))
    return told


@pytest.fixture
def call() -> Call:
    call = Call(WIDE_BPS, queue_s=0.3)
    call.run(8.0)
    return call


@pytest.mark.parametrize("films", [True, False], ids=["picture", "sound alone"])
def test_a_line_dead_downwards_is_no_call_for_loss_down_until_it_lives_again(
    call: Call, films: bool
) -> None:
    call.therapist.films = films
    call.run(4.0)
    call.patient.path.down_loss = 1.0
    told = watch(call, call.patient, 14)
    bad = told[WARN_S - 1 :]
    assert {(each.level, each.cause) for each in bad} == {(Level.NO_CALL, Cause.LOSS_DOWN)}
    assert bad[-1].down.loss_ratio == 1.0
    assert {each.cause for each in told} <= {Cause.NONE, Cause.LOSS_DOWN}
    assert call.quality(call.therapist).level is Level.GOOD
    assert call.patient.state.connected
    call.patient.path.down_loss = 0.0
    told = watch(call, call.patient, CLEAR_S)
    assert told[-1].level is Level.GOOD
    assert told[-1].down.loss_ratio == 0.0


def test_a_long_line_dead_downwards_is_told_a_round_trip_later() -> None:
    call = Call(WIDE_BPS, queue_s=0.3)
    call.patient.path.delay_s = 0.25
    call.run(12.0)
    before = call.quality(call.patient)
    call.patient.path.down_loss = 1.0
    told = watch(call, call.patient, WARN_S + 1)
    assert before.cause is Cause.DELAY
    assert told[0].level is before.level
    assert (told[-1].level, told[-1].cause) == (Level.NO_CALL, Cause.LOSS_DOWN)


def test_feedback_lost_on_a_bad_uplink_is_no_dead_downlink(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FEEDBACK_S", 0.25)
    call.patient.path.up_loss = 0.3
    told = watch(call, call.patient, 30)
    assert {each.cause for each in told[10:]} <= {Cause.LOSS_UP, Cause.CAPACITY_UP}
    assert {each.down.loss_ratio for each in told} == {0.0}


def test_a_tab_in_the_background_that_sends_no_picture_and_gets_none_is_well(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FEEDBACK_S", 0.25)
    call.patient.films = call.therapist.films = False
    assert {each.level for each in watch(call, call.patient, 30)} == {Level.GOOD}


def test_a_closed_gate_and_a_partner_who_is_lost_leave_nothing_to_tell_of(call: Call) -> None:
    call.world.gate(False)
    assert {each.level for each in watch(call, call.patient, 8)} == {Level.GOOD}
    call.world.gate(True)
    assert {each.level for each in watch(call, call.patient, 5)} == {Level.GOOD}
    call.therapist.path.loss = 1.0
    assert {each.level for each in watch(call, call.patient, 8)} == {Level.GOOD}
    call.therapist.path.loss = 0.0
    assert {each.level for each in watch(call, call.patient, 5)} == {Level.GOOD}


class Seldom(Person):
    """Sound alone, no transport-cc feedback: one report on what came each 7 s."""

    def join(self, participant: str = "") -> None:
        super().join(participant)
        self.asked: tuple[float, int, int] | None = None
        self.browser.tells_round_trip = True
        self.browser._answer_rrtr = self._keep  # type: ignore[method-assign]
        self.world.network.call_at(self.world.now + 7.0, self._report)

    def _keep(self, compound: bytes) -> None:
        for packet_type, _, start, end in rtcp.split(compound):
            if packet_type == rtcp.XR and (asked := rtcp.read_xr(compound, start, end)[0]):
                self.asked = self.world.now, rtcp.sender_ssrc(compound), rtcp.ntp_middle(asked)

    def _report(self) -> None:
        """Echo the last time of ours, however long ago that came."""
        if self.asked is not None:
            at, ssrc, middle = self.asked
            own = self.browser.lines[Slot.AUDIO].up_ssrc or 0
            echo = (ssrc, middle, round((self.world.now - at) * 65536))
            self.browser.send_rtcp(rtcp.write_rr(own, []) + rtcp.write_dlrr(own, [echo]))
        self.world.network.call_at(self.world.now + 7.0, self._report)


def told_of(world: World, person: Person, seconds: int) -> list[LineQuality]:
    told = []
    for _ in range(seconds):
        world.run(1.0)
        quality = person.state.quality
        assert quality is not None
        told.append(quality)
    return told


def test_a_browser_that_reports_seldom_is_dead_only_after_several_reports_are_missing() -> None:
    world = World()
    therapist, _ = world.pair(gate_open=True)
    world.engine.leave("room", world.room.peers[1].id, world.now)
    patient = Seldom(world, Role.PATIENT, ("192.0.2.1", 40_003, 0), 3)
    patient.join()
    world.network.run_until(lambda: patient.browser.connected)
    world.engine.channels_opened(patient.id, world.now)
    world.gate(True)
    patient.path.up_loss = 0.005
    assert {each.level for each in told_of(world, patient, 60)[5:]} == {Level.GOOD}
    patient.path.down_loss = 1.0
    told = told_of(world, patient, 50)
    assert (told[-1].level, told[-1].cause) == (Level.NO_CALL, Cause.LOSS_DOWN)
    assert told[14].level is Level.GOOD
    assert therapist.state.connected
    patient.path.down_loss = 0.0
    assert told_of(world, patient, CLEAR_S + 7)[-1].level is Level.GOOD


def test_a_page_that_hears_nothing_but_is_heard_stays_and_its_time_counts() -> None:
    """It sends: nobody is lost. Its own page sees the silence, and says so."""
    world = World()
    _, patient = world.pair(gate_open=True)
    world.run(2.0)
    patient.path.down_loss = 1.0
    told = world.run(30.0)
    assert not [e for e in told if isinstance(e, PeerLost | PeerConnected | HeartbeatAsked)]
    assert patient.state.connected


def test_a_silent_page_that_hears_nothing_is_lost_once_and_back_when_it_answers() -> None:
    """Its checks come each 2.5 s, and prove only the way up."""
    world = World()
    _, patient = world.pair(gate_open=True)
    world.run(2.0)
    patient.talks = False
    told, asked = run_answering(world, patient, 5.0)
    assert not told
    patient.path.down_loss = 1.0
    told, _ = run_answering(world, patient, 30.0)
    assert [type(event) for event in told] == [PeerLost]
    told, asked = run_answering(world, patient, 10.0)
    assert not told
    assert 3 <= asked <= 5, "once for each check"
    patient.path.down_loss = 0.0
    told, _ = run_answering(world, patient, 5.0)
    assert [type(event) for event in told] == [PeerConnected]


def test_a_page_that_was_lost_silent_and_sends_again_needs_no_asking() -> None:
    world = World()
    _, patient = world.pair(gate_open=True)
    world.run(2.0)
    patient.talks = False
    patient.path.down_loss = 1.0
    world.run(5.0)
    assert not patient.state.connected
    patient.talks = True
    world.run(0.2)
    assert patient.state.connected


def run_answering(world: World, patient: Person, seconds: float) -> tuple[list[EngineEvent], int]:
    """Let time pass in which its SCTP answers what it hears.

    Returns what was told of peers, and how often this one was asked for a sign of life.
    """
    told: list[EngineEvent] = []
    asked = 0
    for _ in range(round(seconds / 0.01)):
        events = world.run(0.01)
        told += [event for event in events if isinstance(event, PeerLost | PeerConnected)]
        if HeartbeatAsked(patient.id) in events:
            asked += 1
            before = len(patient.browser.received_data)
            world.engine.send_data(patient.id, b"HEARTBEAT", world.now)
            world.run(0.02)
            if len(patient.browser.received_data) > before:
                patient.browser.send_data(b"HEARTBEAT ACK")
    return told, asked
