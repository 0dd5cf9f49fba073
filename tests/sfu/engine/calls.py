"""Two people in a call, whose pages and lines are models: the whole media plane in virtual time.

A caller's browser tells arrivals as browsers do, and its encoder follows a cap after a while. Its
own congestion control, where it has one, is as rough as it is short.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sfu.base.address import Address
from sfu.base.media import Slot
from sfu.engine.caps import WAITING_VIDEO_BPS
from sfu.engine.outputs import StateMessage
from sfu.messages import LineQuality, Role
from sfu.rtp import transport_cc
from sfu.rtp.extensions import ExtensionIds, read_media
from sfu.rtp.sequence import unwrap_seq
from tests.support.network import IP_UDP_BYTES
from tests.support.plane import DELTA, KEYFRAME, Person, World, parts

FRAME_S, FEEDBACK_S, ENCODER_S = 0.04, 0.1, 0.2
PACKET_BYTES, TAG_BYTES = 1100, 16
PACING = 2.5
"""libwebrtc's pacer sends a picture at so many times the encoder's rate."""
SOUND_BPS = 64_000
START_BPS, CONTROL_S, CONTROL_HOLD_S, CONTROL_GROWTH = 300_000.0, 0.1, 0.6, 0.25
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
        self.films = True
        self.bears_s = 0.03
        """The queue from which on its own congestion control sends less."""
        self.arrivals: list[Arrival] = []
        self._cap_bps = float(WAITING_VIDEO_BPS)
        self._own_bps = START_BPS
        self._held_until = 0.0
        self._ids = ExtensionIds(transport_cc=self.browser.lines[Slot.CAMERA].transport_cc_ext)
        self._number = 1 << 16
        self._seen = self._read = self._feedbacks = 0

    @property
    def _rate_bps(self) -> float:
        return min(self._cap_bps, self._own_bps)

    def join(self, participant: str = "") -> None:
        super().join(participant)
        self.world.network.call_at(self.world.now, self._control)
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
        self.world.network.call_at(at, lambda: setattr(self, "_cap_bps", video_bps))

    def _control(self) -> None:
        """Send less when a queue stands in its line, 0.85 of what it carries; else ever more."""
        now = self.world.now
        if self.path.up_bps and self.world.network.waits_s(self.address) > self.bears_s:
            if now >= self._held_until:
                self._own_bps = 0.85 * self.path.up_bps - SOUND_BPS
                self._held_until = now + CONTROL_HOLD_S
        elif now >= self._held_until:
            used = min(self._own_bps, 1.5 * max(self._cap_bps, START_BPS))
            self._own_bps = used * (1 + CONTROL_GROWTH * CONTROL_S)
        self.world.network.call_at(now + CONTROL_S, self._control)

    def _film(self) -> None:
        if self.browser.connected and self._rate_bps and self.films:
            asked = any(b[1] == 206 for c in self.browser.received_rtcp for b in parts(c))
            self.browser.received_rtcp.clear()
            key = asked or self._frames == 0
            self._frames += 1
            left = self._rate_bps * FRAME_S / 8 * (3 if key else 1)
            pace_s = 8 * PACKET_BYTES / (PACING * self._rate_bps)
            at = self.world.now
            while left > 0:
                self._picture(at, KEYFRAME if key else DELTA, int(min(left, PACKET_BYTES)))
                left -= PACKET_BYTES
                at += pace_s
                key = False
        self.world.network.call_at(self.world.now + FRAME_S, self._film)

    def _picture(self, at: float, start: bytes, size_bytes: int) -> None:
        packet = start + bytes(size_bytes)
        self.world.network.call_at(at, lambda: self._send(Slot.CAMERA, packet))

    def _tell(self) -> None:
        """Send transport-cc feedback on what came since the last."""
        seen = {}
        fresh = self.browser.received_rtp[self._seen :], self.browser.received_at[self._seen :]
        for packet, at in zip(*fresh, strict=True):
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
            person.browser.tells_round_trip = True
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

    def quality(self, person: Caller) -> LineQuality:
        """Return what is told of this line now."""
        found = person.state.quality
        assert found is not None
        return found

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
