"""What each page is told of the pictures it shall send: codec and rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sfu.bandwidth.allocation import CEILING_BPS
from sfu.base.media import Codec, MediaLine, Slot
from sfu.engine.caps import LIFT_AFTER_S, WAITING_VIDEO_BPS
from sfu.engine.downlink import LOOK_S
from sfu.engine.outputs import StateMessage
from sfu.engine.peer import Peer
from sfu.engine.room import RoomOutput
from sfu.messages import Cause, Level, LineQuality, PeerClosedReason, Role, RoomCommand
from sfu.relay.seam import Intake
from sfu.sdp import Offer, Section
from tests.sfu.engine.fakes import OFFER
from tests.sfu.engine.room.world import P, T, World, said

PER_LOOK = 375  # 20 kbit/s in 0.15 s
THIN_LINE = [Intake(n * PER_LOOK, n, n, 0.0 if n < 6 else 0.2) for n in range(12) for _ in range(2)]


def caps(outputs: Sequence[RoomOutput]) -> list[object]:
    messages = [o.message for o in outputs if isinstance(o, StateMessage)]
    return [message["video_bps"] for message in messages if message["type"] == "cap"]


def offering(*names: str) -> Offer:
    camera = MediaLine(
        Slot.CAMERA,
        mid="1",
        codecs=tuple(Codec(name, 96 + n, 90_000) for n, name in enumerate(names)),
        up_ssrc=1,
        up_rtx_ssrc=None,
        down_ssrc=2,
        down_rtx_ssrc=3,
    )
    section = Section("video", "UDP/TLS/RTP/SAVPF", "1", (), camera, "sendrecv")
    return replace(OFFER, sections=(section,))


def codecs(outputs: Sequence[RoomOutput], peer: Peer) -> list[object]:
    return [message["video"] for message in said(outputs, peer) if message["type"] == "codec"]


@pytest.mark.parametrize(
    ("patients", "therapist_sends", "patient_sends"),
    [
        (("H264",), "H264", None),
        (("VP8",), None, None),
        (("VP8", "H264"), None, None),
        (("AV1",), None, None),  # nothing can help them; sound still can
    ],
)
def test_each_is_told_the_codec_that_the_other_has(
    patients: tuple[str, ...], therapist_sends: str | None, patient_sends: str | None
) -> None:
    world = World()
    therapist = world.add(Role.THERAPIST, T, offer=offering("VP8", "H264"))
    world.connect(therapist, 1.0)
    patient = world.add(Role.PATIENT, P, offer=offering(*patients))
    world.connect(patient, 2.0)
    outputs = world.drain()
    assert codecs(outputs, therapist) == [therapist_sends]
    assert codecs(outputs, patient) == [patient_sends]


def test_the_first_codec_is_sent_again_when_the_next_one_has_it() -> None:
    world = World()
    therapist = world.add(Role.THERAPIST, T, offer=offering("VP8", "H264"))
    world.connect(therapist, 1.0)
    patient = world.add(Role.PATIENT, P, offer=offering("H264"))
    world.connect(patient, 2.0)
    world.room.remove(patient, PeerClosedReason.REPLACED, 3.0)
    world.connect(world.add(Role.PATIENT, 3, offer=offering("VP8")), 4.0)
    assert codecs(world.drain(), therapist) == ["H264", None]


def test_caps_are_lifted_once_the_first_key_frame_had_its_time() -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.drain()
    assert world.run(5.2) == []
    outputs = world.run(5.3)
    for peer in (therapist, patient):
        assert said(outputs, peer) == [{"type": "cap", "video_bps": CEILING_BPS}]


def test_client_without_a_page_is_capped_by_the_core() -> None:
    world = World()
    peer = world.add(Role.PATIENT, P)
    peer.offer = replace(peer.offer, sctp_port=None)
    world.connect(peer, 0.0, greet=False)
    assert ("cap", P, WAITING_VIDEO_BPS) in world.core.take()
    world.connect(world.add(Role.THERAPIST, T), 1.0)
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    assert world.core.take()[-1] == ("cap", P, CEILING_BPS)


def test_gate_that_closes_again_at_once_lifts_no_cap() -> None:
    world = World()
    world.pair()
    world.room.set_gate(True, 5.0)
    world.room.set_gate(False, 5.1)
    world.drain()
    assert CEILING_BPS not in caps(world.run(7.0))


def test_page_that_comes_into_a_running_call_may_send_at_full_rate() -> None:
    world = World()
    world.pair()
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    world.room.remove(world.room.places[Role.PATIENT], PeerClosedReason.REPLACED, 6.5)
    world.drain()
    again = world.add(Role.PATIENT, 3, 7.0)
    world.connect(again, 7.0)
    assert {"type": "cap", "video_bps": CEILING_BPS} in said(world.drain(), again)


def told_caps(outputs: Sequence[RoomOutput], peer: Peer) -> list[object]:
    return [m["video_bps"] for m in said(outputs, peer) if m["type"] == "cap"]


def test_who_sends_to_nobody_yet_is_held_at_the_waiting_rate() -> None:
    world = World()
    therapist = world.add(Role.THERAPIST, T)
    world.connect(therapist, 1.0)
    world.room.set_gate(True, 5.0)
    assert set(told_caps(world.run(60.0), therapist)) == {WAITING_VIDEO_BPS}
    world.connect(world.add(Role.PATIENT, P), 60.0)
    assert told_caps(world.drain(), therapist) == []
    assert told_caps(world.run(60.0 + LIFT_AFTER_S + LOOK_S), therapist) == [CEILING_BPS]


@pytest.mark.parametrize("gone", ["lost", "left"])
def test_who_sends_to_nobody_any_more_is_held_at_the_waiting_rate_at_once(gone: str) -> None:
    world = World()
    therapist, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    if gone == "lost":
        world.lose(patient, 6.0)
    else:
        world.room.remove(patient, PeerClosedReason.LEFT, 6.0)
    assert told_caps(world.drain(), therapist) == [WAITING_VIDEO_BPS]
    assert told_caps(world.run(125.0), therapist) == []
    if gone == "lost":
        world.regain(patient, 125.0)
    else:
        world.connect(world.add(Role.PATIENT, 3), 125.0)
    assert told_caps(world.drain(), therapist) == []  # the first key frame stays small
    assert told_caps(world.run(125.0 + LIFT_AFTER_S + LOOK_S), therapist) == [CEILING_BPS]


def test_a_client_without_a_page_is_held_by_the_core_while_it_sends_to_nobody() -> None:
    world = World()
    peer = world.add(Role.PATIENT, P)
    peer.offer = replace(peer.offer, sctp_port=None)
    world.connect(peer, 0.0, greet=False)
    therapist = world.add(Role.THERAPIST, T)
    world.connect(therapist, 1.0)
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    world.lose(therapist, 6.0)
    assert world.core.take()[-1] == ("cap", P, WAITING_VIDEO_BPS)


def test_a_publisher_is_held_to_its_own_line_and_spared_resends_while_that_is_full() -> None:
    world = World()
    therapist, _ = world.pair()
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    world.core.take()
    world.core.intakes = list(THIN_LINE)
    told = [m["video_bps"] for m in said(world.run(8.0), therapist) if m["type"] == "cap"]
    assert told
    assert told[0] == 0  # no room for a picture beside the sound
    assert ("repair", T, False) in world.core.take()


def test_the_other_side_is_told_of_a_pause_and_of_its_end() -> None:
    world = World()
    _, patient = world.pair()
    world.room.set_gate(True, 5.0)
    world.run(6.0)
    world.core.intakes = list(THIN_LINE)
    outputs = world.run(8.0)
    paused = {"type": "other", "connected": True, "paused": True, "weak": False}
    assert next(m for m in said(outputs, patient) if m["type"] == "other") == paused
    world.room.remove(patient, PeerClosedReason.REPLACED, 8.0)
    again = world.add(Role.PATIENT, 3, 8.0)
    world.connect(again, 8.0)
    assert paused in said(world.drain(), again)
    world.room.set_gate(False, 9.0)
    going_on = {"type": "other", "connected": True, "paused": False, "weak": False}
    assert [m for m in said(world.drain(), again) if m["type"] == "other"] == [going_on]


def test_with_sound_first_no_picture_travels_whatever_the_lines_carry() -> None:
    world = World(RoomCommand(gate_open=True))
    therapist, patient = world.pair()
    world.run(1.0)
    world.core.take()
    world.room.command(RoomCommand(gate_open=True, sound_first=True), 1.0)
    assert world.room.state(1.0).sound_first
    assert world.core.take() == [
        ("refuse", number, slot, True) for number in (T, P) for slot in (Slot.CAMERA, Slot.SCREEN)
    ]
    outputs = world.run(3.0)
    for peer in (therapist, patient):
        assert {"type": "other", "connected": True, "paused": True, "weak": False} in said(
            outputs, peer
        )
        assert [m["video_bps"] for m in said(outputs, peer) if m["type"] == "cap"] == [0]
    world.room.command(RoomCommand(gate_open=True, sound_first=True), 3.0)
    assert world.core.take() == []  # said again it changes nothing
    world.room.command(RoomCommand(gate_open=True), 3.0)
    assert ("refuse", P, Slot.CAMERA, False) in world.core.take()
    outputs = world.run(4.0)
    assert {"type": "other", "connected": True, "paused": False, "weak": False} in said(
        outputs, patient
    )
    assert caps(outputs)
    assert 0 not in caps(outputs)


def test_sound_first_holds_for_who_comes_later_and_lets_no_forbidden_screen_through() -> None:
    world = World(RoomCommand(gate_open=True, sound_first=True, relay_patients_screen=False))
    patient = world.add(Role.PATIENT, P)
    world.connect(patient, 0.0)
    calls = world.core.take()
    assert ("refuse", P, Slot.CAMERA, True) in calls
    assert ("refuse", P, Slot.SCREEN, True) in calls
    assert caps(world.drain())[-1] == 0
    world.room.command(RoomCommand(gate_open=True, relay_patients_screen=False), 1.0)
    calls = world.core.take()
    assert ("refuse", P, Slot.CAMERA, False) in calls
    assert ("refuse", P, Slot.SCREEN, False) not in calls


def test_with_sound_first_a_closed_gate_still_lets_a_little_picture_come_for_the_proof() -> None:
    world = World(RoomCommand(sound_first=True))
    patient = world.add(Role.PATIENT, P)
    world.connect(patient, 0.0)
    assert caps(world.drain()) == [WAITING_VIDEO_BPS]


def test_a_small_picture_is_nothing_to_tell_the_other_side_of_and_loss_is() -> None:
    world = World(RoomCommand(gate_open=True))
    therapist, patient = world.pair()
    assert therapist.monitor is not None
    therapist.monitor.quality = LineQuality(level=Level.FAIR, cause=Cause.CAPACITY_UP)
    assert world.room.line_news(therapist) is None
    therapist.monitor.quality = LineQuality(level=Level.FAIR, cause=Cause.LOSS_UP)
    weak = {"type": "other", "connected": True, "paused": False, "weak": True}
    assert world.room.line_news(therapist) == StateMessage(patient.id, weak)
    assert world.room.line_news(therapist) is None
    assert world.room.line_news(patient) is None
