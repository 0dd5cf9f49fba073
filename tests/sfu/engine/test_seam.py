"""The seam at the packet core: what a media packet must not touch above it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sfu.base.media import Slot
from tests.support.plane import Person, World

BELOW = ("sfu.relay.", "sfu.rtp.")
WAY_IN_AND_OUT = {"sfu.engine.engine", "sfu.base.timers", "sfu.transport.demux"}
"""What hands a datagram to the core, takes one from it and asks when it is due again."""
PACKETS = 100


@contextmanager
def calls() -> Iterator[Counter[str]]:
    """Count the calls of our own functions, by module."""
    counted: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("sfu."):
            counted[module] += 1

    sys.setprofile(note)
    try:
        yield counted
    finally:
        sys.setprofile(None)


def sounds(sender: Person) -> list[bytes]:
    """Protect packets of sound, newer than all that were sent."""
    line = sender.browser.lines[Slot.AUDIO]
    assert line.up_ssrc is not None
    datagrams = []
    for seq in range(5000, 5000 + PACKETS):
        head = bytes((0x80, line.codecs[0].pt)) + seq.to_bytes(2, "big") + bytes(4)
        sender.browser.send_rtp(head + line.up_ssrc.to_bytes(4, "big") + b"opus")
        item = sender.browser.poll_transmit()
        assert item is not None
        datagrams.append(item[0])
    return datagrams


def test_a_media_packet_calls_nothing_above_the_core_but_the_way_in_and_out() -> None:
    world = World()
    sender, receiver = world.pair(gate_open=True)
    engine, datagrams = world.engine, sounds(sender)
    while engine.poll_transmit() is not None or engine.next_event() is not None:
        pass  # what was left of before
    forwarded = 0
    with calls() as counted:
        for data in datagrams:
            engine.receive_datagram(data, sender.address, world.now)
            while (sent := engine.poll_transmit()) is not None:
                forwarded += sent[1] == receiver.address
            assert engine.next_event() is None
            engine.next_timeout()
    assert forwarded == PACKETS
    assert counted["sfu.relay.core"] >= PACKETS  # so the counting works
    assert {module for module in counted if not module.startswith(BELOW)} <= WAY_IN_AND_OUT
