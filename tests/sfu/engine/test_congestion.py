"""A call on a line that falls and rises: core, estimator and room together, in virtual time.

The pages' part is played by a model: it tells arrivals as browsers do, and its encoder follows a
cap after a while. The estimator alone is tried on many more lines in `bandwidth/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise

from sfu.bandwidth.allocation import CEILING_BPS
from sfu.base.address import Address
from sfu.base.media import Slot
from sfu.engine.caps import WAITING_VIDEO_BPS
from sfu.engine.outputs import StateMessage
from sfu.messages import Role
from sfu.rtp import transport_cc
from sfu.rtp.extensions import ExtensionIds, read_media
from sfu.rtp.sequence import unwrap_seq
from tests.support.network import IP_UDP_BYTES
from tests.support.plane import DELTA, KEYFRAME, Person, World, parts

FRAME_S, FEEDBACK_S, ENCODER_S = 0.04, 0.1, 0.2
PACKET_BYTES, TAG_BYTES = 1100, 16
HIGH_BPS, LOW_BPS = 2e6, 4e5
RECEIVER_REPORT = bytes.fromhex("80c9000100000001")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet as the patient's browser had it, decrypted."""

    at: float
    packet: bytes

    @property
    def seq(self) -> int:
        return int.from_bytes(self.packet[2:4], "big")

    @property
    def ssrc(self) -> int:
        return int.from_bytes(self.packet[8:12], "big")


class Caller(Person):
    """A person with a picture of as many bits as the cap allows, whose browser tells arrivals."""

    def __init__(self, world: World, role: Role, address: Address, seed: int) -> None:
        super().__init__(world, role, address, seed)
        self.caps: list[float] = []
        self.arrivals: list[Arrival] = []
        self._rate_bps = float(WAITING_VIDEO_BPS)
        self._ids = ExtensionIds(transport_cc=self.browser.lines[Slot.CAMERA].transport_cc_ext)
        self._number = 1 << 16
        self._seen = self._read = self._feedbacks = 0

    def join(self, participant: str = "") -> None:
        super().join(participant)
        self.world.network.call_at(self.world.now, self._film)
        self.world.network.call_at(self.world.now, self._tell)

    def _talk(self) -> None:
        self._read_caps()
        if self.browser.connected:
            self._send(Slot.AUDIO, b"opus" * 25)
        self.world.network.call_at(self.world.now + 0.02, self._talk)

    def _read_caps(self) -> None:
        told = self.world.node.told
        for event in told[self._read :]:
            if isinstance(event, StateMessage) and event.peer == self.id:
                if event.message["type"] == "cap":
                    self._follow(float(str(event.message["video_bps"])))
        self._read = len(told)

    def _follow(self, video_bps: float) -> None:
        self.caps.append(video_bps)
        at = self.world.now + self.path.delay_s + ENCODER_S
        self.world.network.call_at(at, lambda: setattr(self, "_rate_bps", video_bps))

    def _film(self) -> None:
        if self.browser.connected and self._rate_bps:
            asked = any(b[1] == 206 for c in self.browser.received_rtcp for b in parts(c))
            self.browser.received_rtcp.clear()
            key = asked or self._frames == 0
            self._frames += 1
            left = self._rate_bps * FRAME_S / 8 * (3 if key else 1)
            while left > 0:
                start = KEYFRAME if key else DELTA
                self._send(Slot.CAMERA, start + bytes(int(min(left, PACKET_BYTES))))
                left -= PACKET_BYTES
                key = False
        self.world.network.call_at(self.world.now + FRAME_S, self._film)

    def _tell(self) -> None:
        """Send transport-cc feedback on what came since the last."""
        seen = {}
        came = zip(self.browser.received_rtp, self.browser.received_at, strict=True)
        for packet, at in islice(came, self._seen, None):
            self._seen += 1
            self.arrivals.append(Arrival(at, packet))
            number = read_media(packet, self._ids)[1]
            if number >= 0:
                self._number = unwrap_seq(number, self._number)
                seen[self._number] = at
        if seen:
            self._feedbacks += 1
            data = transport_cc.write(1, 2, self._feedbacks, min(seen), max(seen), seen)
            self.browser.send_rtcp(RECEIVER_REPORT + data)
        self.world.network.call_at(self.world.now + FEEDBACK_S, self._tell)


class Call:
    """Two callers who met just now, on lines of the therapist's and the patient's own."""

    def __init__(self, patient_bps: float, queue_s: float) -> None:
        self.world = World()
        self.therapist = Caller(self.world, Role.THERAPIST, ("192.0.2.1", 40_001, 0), 1)
        self.patient = Caller(self.world, Role.PATIENT, ("192.0.2.1", 40_002, 0), 2)
        for person in (self.therapist, self.patient):
            person.path.delay_s = 0.015
            person.join()
        self.patient.path.down_bps, self.patient.path.down_queue_s = patient_bps, queue_s
        ends = (self.therapist.browser, self.patient.browser)
        self.world.network.run_until(lambda: all(end.connected for end in ends))
        for person in (self.therapist, self.patient):
            self.world.engine.channels_opened(person.id, self.world.now)
        self.run(1.0)
        self.world.gate(True)
        self.accepted_at = self.world.now

    def run(self, seconds: float) -> None:
        self.world.network.run(seconds)

    def rate_bps(self, last_s: float) -> float:
        """What came to the patient, whole IP packets."""
        since = self.world.now - last_s
        sizes = [
            len(it.packet) + TAG_BYTES + IP_UDP_BYTES
            for it in self.patient.arrivals
            if it.at > since
        ]
        return sum(sizes) * 8 / last_s

    def sound_lost(self, since: float) -> int:
        """Packets of sound that never came to the patient since then."""
        ssrc = self.patient.browser.down_ssrcs[Slot.AUDIO][0]
        seqs = [it.seq for it in self.patient.arrivals if it.at > since and it.ssrc == ssrc]
        return sum((later - earlier & 0xFFFF) - 1 for earlier, later in pairwise(seqs))


def test_a_publisher_is_held_to_what_the_far_line_carries_and_sound_survives_its_fall() -> None:
    call = Call(HIGH_BPS, queue_s=0.3)
    call.run(10.0)
    assert call.rate_bps(2.0) > 0.85 * HIGH_BPS
    call.patient.path.down_bps = LOW_BPS
    fell_at = call.world.now
    call.run(12.0)
    assert call.sound_lost(fell_at + 2.0) == 0
    assert 0.8 * LOW_BPS < call.rate_bps(4.0) <= LOW_BPS
    assert call.therapist.caps[-1] < LOW_BPS
    call.patient.path.down_bps = HIGH_BPS
    call.run(12.0)
    assert call.rate_bps(2.0) > 0.85 * HIGH_BPS
    assert call.sound_lost(fell_at + 2.0) == 0


def test_the_other_side_is_not_held_back_by_a_line_that_is_not_its_receivers() -> None:
    call = Call(LOW_BPS, queue_s=0.3)
    call.run(8.0)
    assert call.therapist.caps[-1] < LOW_BPS
    assert call.patient.caps[-1] == CEILING_BPS


def test_a_line_with_no_room_for_a_picture_pauses_it_and_carries_the_sound() -> None:
    call = Call(90_000.0, queue_s=0.3)
    call.run(15.0)
    assert call.therapist.caps[-1] == 0
    lost_before = call.sound_lost(call.accepted_at)
    call.run(5.0)
    assert call.sound_lost(call.accepted_at) == lost_before
