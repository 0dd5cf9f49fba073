"""One track to a receiver: the numbers of its retransmissions."""

from __future__ import annotations

from aiortc.rtp import unwrap_rtx

from sfu.base.media import Slot
from sfu.relay.core import PythonCore
from tests.sfu.relay.far_end import make_pair, nack


def test_the_numbers_of_retransmissions_wrap() -> None:
    world, a, b = make_pair(PythonCore)
    world.picture(a, range(10), key=True)
    assert isinstance(world.core, PythonCore)
    world.core._leg(2).downs[Slot.CAMERA]._rtx_seq = 0xFFFE
    asked = [packet.sequence_number for packet in b.of(Slot.CAMERA)[2:6]]
    nack(world, b, Slot.CAMERA, *asked)
    resent = b.rtx_of(Slot.CAMERA)
    assert [packet.sequence_number for packet in resent] == [0xFFFE, 0xFFFF, 0, 1]
    originals = [unwrap_rtx(packet, payload_type=120, ssrc=1) for packet in resent]
    assert [packet.sequence_number for packet in originals] == asked
