"""The contract itself: cores that are wrong in one way fail it, and all of its tests are run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sfu.base.address import Address
from sfu.relay.core import PythonCore
from sfu.relay.down.departures import DepartureLog
from sfu.relay.down.track import DownTrack
from sfu.relay.seam import FeedbackBatch
from sfu.relay.totals import Totals
from sfu.rtp.packet import is_rtcp
from sfu.rtp.transport_cc import Feedback
from tests.sfu.relay.contract import PacketCoreContract
from tests.sfu.relay.far_end import MakeCore


class Ungated(PythonCore):
    """Opens each gate that it is told to close."""

    def set_gate(self, peer: int, open: bool, now: float) -> None:
        super().set_gate(peer, True, now)


class Misnumbering(PythonCore):
    """Sends every packet on under twice its number."""

    def _relay(self, down: DownTrack, packet: bytes, start: int, number: int, *rest: Any) -> None:
        super()._relay(down, packet, start, 2 * number, *rest)


class Mute(PythonCore):
    """Sends no RTCP."""

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        while (item := super().poll_transmit()) is not None and is_rtcp(item[0]):
            pass
        return item


class Deaf(PythonCore):
    """Reads no RTCP."""

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        if not is_rtcp(data):
            super().receive_datagram(data, addr, now)


class Secretive(PythonCore):
    """Tells nobody what receivers told of our packets."""

    def take_feedback(self, peer: int) -> list[FeedbackBatch]:
        return []


class Insistent(PythonCore):
    """Asks for pictures while their line is full."""

    def repair(self, peer: int, wanted: bool, now: float) -> None:
        pass


class Obeying(PythonCore):
    """Resends nothing that nobody asked for."""

    def add_peer(self, peer: int, *args: Any, **named: Any) -> None:
        super().add_peer(peer, *args, **named)
        self._leg(peer).departures = Oblivious(0)


class Oblivious(DepartureLog):
    """Does not know what is missing."""

    def match(self, feedback: Feedback, now: float) -> tuple[FeedbackBatch | None, list[int]]:
        return super().match(feedback, now)[0], []


class Forgetful(PythonCore):
    """Tells of present peers alone."""

    def remove_peer(self, peer: int, now: float) -> None:
        super().remove_peer(peer, now)
        self._totals = Totals()


Rule = PacketCoreContract


def few_missing(contract: PacketCoreContract) -> None:
    contract.test_few_pictures_that_feedback_misses_are_resent_unasked_and_many_are_not(1, 1)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (Ungated, Rule.test_a_closed_gate_lets_nothing_pass_yet_measures_what_arrives),
        (Ungated, Rule.test_the_gate_of_either_end_is_enough_to_stop_media),
        (Misnumbering, Rule.test_reordered_packets_keep_their_places),
        (Mute, Rule.test_asking_is_repeated_a_few_times_and_then_given_up),
        (Mute, Rule.test_references_leave_once_a_second),
        (Deaf, Rule.test_one_packet_is_not_resent_again_within_ten_ms),
        (Deaf, Rule.test_a_pli_is_not_said_again_to_who_sends_no_pictures),
        (Secretive, Rule.test_feedback_is_taken_once_and_does_not_pile_up),
        (Insistent, Rule.test_while_a_line_is_full_no_picture_is_asked_for_and_sound_is),
        (Obeying, few_missing),
        (Forgetful, Rule.test_who_leaves_and_streams_that_end_stay_in_the_sums),
    ],
)
def test_a_broken_core_fails(broken: MakeCore, rule: Callable[[PacketCoreContract], None]) -> None:
    class Judged(PacketCoreContract):
        make_core = broken

    with pytest.raises(AssertionError):
        rule(Judged())


def test_no_part_hides_a_test_of_another() -> None:
    names = [
        name
        for part in PacketCoreContract.__bases__
        for name in vars(part)
        if name.startswith("test_")
    ]
    assert sorted(names) == sorted(set(names))
