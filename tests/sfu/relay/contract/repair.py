"""Both ways of repair at once, among browsers that ask and answer: how soon and how completely.

How soon: 5 % loss and 50 ms of round trip on one leg. Time runs from when the loss can be known:
the arrival of the next packet of the stream at the far end of the lossy leg. Either leg is tried,
losing media alone and losing both ways, so that NACKs and retransmissions are lost as well.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from math import inf
from statistics import fmean

import pytest
from aiortc.rtp import RtpPacket, unwrap_rtx

from sfu.base.address import Address
from sfu.base.media import MediaLine, Slot
from sfu.rtp.packet import is_rtcp
from tests.sfu.relay.contract.part import Part
from tests.sfu.relay.far_end import (
    NTP_OFFSET,
    VP8_DELTA,
    VP8_KEY,
    FarEnd,
    MakeCore,
    admit,
    make_lines,
    nack,
    rtx_of,
)
from tests.sfu.relay.libwebrtc import SFU, Publisher, Viewer
from tests.support.clock import VirtualClock
from tests.support.network import Network, Path

RTT_S = 0.05
LOSS = 0.05
SECONDS = 32.0
SEEDS = range(5)
WARM_UP_S = 2.0
START = 100.0
NEAR: Address = ("192.0.2.1", 1, 0)
FAR: Address = ("192.0.2.1", 2, 0)


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of the packets that a leg lost."""

    after_s: tuple[float, ...]
    """For each lost packet, how long after its loss could be known it was there."""
    resent_ratio: float
    """The publisher's retransmissions for each lost packet."""

    def within(self, seconds: float) -> float:
        return sum(after <= seconds + 1e-6 for after in self.after_s) / len(self.after_s)


class Loss:
    """Loses what crosses a path, and remembers which media packets it lost."""

    def __init__(self, line: MediaLine, clock: VirtualClock, *, both_ways: bool, seed: int) -> None:
        self.lost: list[int] = []
        self._streams = {line.up_ssrc, line.down_ssrc}
        self._rtx_streams = {line.up_rtx_ssrc, line.down_rtx_ssrc}
        self._clock = clock
        self._both_ways = both_ways
        self._random = random.Random(seed)

    def __call__(self, data: bytes) -> bool:
        if self._clock.now < START + WARM_UP_S:
            return False
        ssrc = int.from_bytes(data[8:12], "big")
        is_media = not is_rtcp(data) and ssrc in self._streams
        if not (is_media or ssrc in self._rtx_streams or self._both_ways):
            return False
        is_lost = self._random.random() < LOSS
        if is_lost and is_media:
            self.lost.append(int.from_bytes(data[2:4], "big"))
        return is_lost


def run(make_core: MakeCore, leg: str, *, both_ways: bool, seed: int) -> Repaired:
    """Send pictures over a lossy leg and another without loss or delay."""
    clock = VirtualClock(START)
    core = make_core(now=START, ntp_offset=NTP_OFFSET, random=random.Random(seed))
    publisher = Publisher(FarEnd(1, make_lines(1000)), rtt_s=RTT_S, seed=seed)
    viewer = Viewer(FarEnd(2, make_lines(2000)), rtt_s=RTT_S)
    far = publisher if leg == "up" else viewer
    loss = Loss(far.line, clock, both_ways=both_ways, seed=seed)
    network = Network(clock, seed)
    network.attach(core, SFU)
    for browser, address in ((publisher, NEAR), (viewer, FAR)):
        bad = Path(delay_s=RTT_S / 2, drop=loss)
        network.attach(browser, address, bad if browser is far else Path(delay_s=0.0))
        admit(core, browser.end, address, START)
    core.route(1, 2, START)
    publisher.publish(START, SECONDS)
    network.run(SECONDS + 3)
    shift = viewer.shift if leg == "down" else 0
    return _judge({seq - shift & 0xFFFF for seq in loss.lost}, publisher, viewer)


def _judge(gone: set[int], publisher: Publisher, viewer: Viewer) -> Repaired:
    known_at, after = 0.0, []
    for number in reversed(range(publisher.sent)):
        if number not in gone:
            known_at = viewer.came_at[number]
        elif known_at:
            after.append(viewer.came_at.get(number, inf) - known_at)
    return Repaired(tuple(after), publisher.resent / len(gone))


def _collect(end: FarEnd, got: dict[int, bytes], rng: random.Random) -> list[int]:
    """Take what came, losing 5 % of it; return the numbers that are missing."""
    line = end.line(Slot.CAMERA)
    for packet in end.media:
        if got and rng.random() <= 0.05:
            continue
        if packet.ssrc == line.down_rtx_ssrc:
            packet = _original(packet, line.down_ssrc)
        got[packet.sequence_number] = packet.payload
    end.forget()
    return [seq for seq in range(min(got), max(got)) if seq not in got]


def _original(packet: RtpPacket, ssrc: int) -> RtpPacket:
    return unwrap_rtx(packet, payload_type=120, ssrc=ssrc)


class Repair(Part):
    """How completely and how soon lost pictures are there."""

    @classmethod
    @cache
    def repaired(cls, leg: str, *, both_ways: bool) -> Repaired:
        """Join the runs of several seeds: about 1,100 packets lost."""
        runs = [run(cls.make_core, leg, both_ways=both_ways, seed=seed) for seed in SEEDS]
        after = tuple(after_s for one in runs for after_s in one.after_s)
        return Repaired(after, fmean(one.resent_ratio for one in runs))

    @pytest.mark.parametrize("leg", ["up", "down"])
    @pytest.mark.parametrize("both_ways", [False, True])
    def test_lost_pictures_are_there_after_a_round_trip_nearly_all_after_two(
        self, leg: str, both_ways: bool
    ) -> None:
        result = self.repaired(leg, both_ways=both_ways)
        assert len(result.after_s) > 1_000
        assert result.within(RTT_S + 0.02) >= 0.94
        assert result.within(2 * RTT_S + 0.04) >= 0.99

    def test_asking_twice_makes_a_browser_resend_few_packets_twice(self) -> None:
        assert self.repaired("up", both_ways=False).resent_ratio < 1.1

    @pytest.mark.parametrize("seed", range(3))
    def test_pictures_arrive_whole_over_two_lossy_legs(self, seed: int) -> None:
        """5 % loss on each leg and each way; both far ends answer and send NACKs like browsers."""
        rng = random.Random(seed)
        world, a, b = self.make_pair()
        sent: dict[int, bytes] = {}
        got: dict[int, bytes] = {}
        rtx_seq = 0
        base = None
        for step in range(600):
            payload = (VP8_KEY if step == 0 else VP8_DELTA) + b"%d" % step
            sent[step] = payload
            packet = a.out.protect(a.plain(Slot.CAMERA, step, step * 3000, payload))
            if step == 0 or rng.random() > 0.05:
                world.feed(packet, a.addr)
            world.advance(0.01)
            for report in a.nacks():
                for seq in report.lost:
                    if rng.random() > 0.05:
                        rtx_seq += 1
                        world.send(a, rtx_of(a, Slot.CAMERA, rtx_seq, seq, seq * 3000, sent[seq]))
            a.forget()
            missing = _collect(b, got, rng)
            base = min(got) if base is None else base
            if missing and step % 3 == 0:
                nack(world, b, Slot.CAMERA, *missing[-40:])
                _collect(b, got, rng)
        assert base is not None
        whole = [got.get(base + step) for step in range(560)]
        assert sum(payload is None for payload in whole) <= 2
        assert all(payload in (None, sent[step]) for step, payload in enumerate(whole))
