"""The packet core in Python: what `sfu.relay.seam` promises, joined from legs, tracks and RTCP."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Sequence
from itertools import count

from sfu.base.address import Address
from sfu.base.media import Codec, MediaLine, Slot
from sfu.base.stats import DropReason, Stats
from sfu.relay import routes
from sfu.relay.down.padding import Probe
from sfu.relay.down.track import DownTrack
from sfu.relay.leg import Leg
from sfu.relay.outbox import Outbox
from sfu.relay.roster import Roster
from sfu.relay.rtcp import outbound
from sfu.relay.rtcp.inbound import Inbox
from sfu.relay.rtcp.snapshot import activity, peer_report, take_intake, take_received
from sfu.relay.seam import CoreTotals, FeedbackBatch, Intake, PeerActivity, PeerReport, Received
from sfu.relay.srtp import SrtpContext
from sfu.relay.totals import Totals
from sfu.relay.up.keyframe import answers_request
from sfu.relay.up.track import DUPLICATE, UpTrack
from sfu.relay.up.trains import TrainLog
from sfu.rtp import rtcp
from sfu.rtp.extensions import read_media
from sfu.rtp.packet import HEADER, HEADER_SIZE, is_rtcp, payload_end, payload_offset


class PythonCore:
    """Relays between routed peers; its operations are told at `sfu.relay.seam.PacketCore`."""

    def __init__(self, *, now: float, ntp_offset: float, random: random.Random) -> None:
        """Make a core without peers; arguments as of `make_packet_core`."""
        self.stats = Stats()
        self._random = random
        self._roster = Roster()
        self.newcomers: deque[tuple[int, Address]] = deque()
        self._epochs = count(1)
        self._inbox = Inbox()
        self._totals = Totals()
        self._outbox = Outbox(self._roster, self.stats, ntp_offset)
        self._out, self._timers = self._outbox.datagrams, self._outbox.timers
        self._wake = self._outbox.wake

    # peers

    def add_peer(
        self,
        peer: int,
        lines: Sequence[MediaLine],
        *,
        profile: str,
        inbound_key: bytes,
        outbound_key: bytes,
        cname: str,
        now: float,
    ) -> None:
        srtp = SrtpContext(profile, inbound_key, outbound_key)
        leg = Leg(peer, lines, srtp, cname, self._epochs, self._random, now)
        self._roster.add(leg)
        self._wake(leg, now)

    def remove_peer(self, peer: int, now: float) -> None:
        leg = self._leg(peer)
        if leg.address is not None and leg.downs and not leg.suspended:
            self._outbox.send_rtcp(leg, outbound.goodbye(leg), now)
        for partner in tuple(leg.partners):
            self.unroute(peer, partner, now)
        self._totals.leave(leg)
        self._roster.remove(leg)
        self._outbox.forget(leg)

    def set_address(self, peer: int, addr: Address | None) -> None:
        leg = self._leg(peer)
        leg.address = addr
        if addr is not None:
            self._roster.admit(leg, addr)

    def admit_address(self, peer: int, addr: Address) -> None:
        self._roster.admit(self._leg(peer), addr)

    def suspend(self, peer: int, now: float) -> None:
        leg = self._leg(peer)
        leg.suspended = True
        leg.probe = None
        leg.departures.cluster = 0
        self._update_flows(leg, now)

    def resume(self, peer: int, now: float) -> None:
        leg = self._leg(peer)
        if leg.suspended:
            self._resume(leg, now)

    def _resume(self, leg: Leg, now: float) -> None:
        leg.suspended = False
        self._update_flows(leg, now)
        self._wake(leg, now)

    def _leg(self, peer: int) -> Leg:
        return self._roster.leg(peer)

    # routes and gates

    def route(self, peer_a: int, peer_b: int, now: float) -> None:
        a, b = self._leg(peer_a), self._leg(peer_b)
        routes.connect(a, b)
        self._update_flow(a, b, now)

    def unroute(self, peer_a: int, peer_b: int, now: float) -> None:
        routes.disconnect(self._leg(peer_a), self._leg(peer_b))

    def set_gate(self, peer: int, open: bool, now: float) -> None:
        leg = self._leg(peer)
        if leg.gate.move(open, now):
            leg.trains = None if open else TrainLog()
            self._update_flows(leg, now)

    def refuse(self, peer: int, slot: Slot, refused: bool, now: float) -> None:
        leg = self._leg(peer)
        if refused == (slot in leg.refused):
            return
        leg.refused ^= {slot}
        self._update_flows(leg, now)

    def _update_flows(self, leg: Leg, now: float) -> None:
        for partner in leg.partners:
            self._update_flow(leg, self._leg(partner), now)

    def _update_flow(self, a: Leg, b: Leg, now: float) -> None:
        for up in routes.update_flow(a, b, now):
            self._request_keyframe(up, now)

    def request_keyframe(self, peer: int, slot: Slot, now: float) -> None:
        up = self._leg(peer).ups.get(slot)
        if up is not None:
            self._request_keyframe(up, now)

    def _request_keyframe(self, up: UpTrack, now: float) -> None:
        leg = self._roster.find(up.owner)
        if leg is None or up.slot is Slot.AUDIO or up.ssrc is None:
            return
        if up.keyframes.request(now) and up.keyframes.due_at is not None:
            self._wake(leg, up.keyframes.due_at)

    # the lines from and to a peer

    def take_intake(self, peer: int) -> Intake:
        return take_intake(self._leg(peer))

    def time_packets(self, peer: int, wanted: bool) -> None:
        leg = self._leg(peer)
        if leg.gate.is_open and wanted != (leg.trains is not None):
            leg.trains = TrainLog() if wanted else None

    def take_received(self, peer: int) -> Received:
        return take_received(self._leg(peer))

    def repair(self, peer: int, wanted: bool, now: float) -> None:
        leg = self._leg(peer)
        for up in leg.ups.values():
            if up.slot is not Slot.AUDIO:
                up.repair(wanted, now)
                if up.keyframes.due_at is not None:
                    self._wake(leg, up.keyframes.due_at)

    def take_feedback(self, peer: int) -> list[FeedbackBatch]:
        leg = self._leg(peer)
        batches = list(leg.feedback)
        leg.feedback.clear()
        return batches

    def probe(self, peer: int, cluster: int, rate_bps: int, duration_s: float, now: float) -> bool:
        leg = self._leg(peer)
        if leg.padded is None or leg.address is None:
            return False
        leg.probe = Probe(leg.departures, cluster, rate_bps, duration_s, now)
        self._wake(leg, now)
        return True

    def cap(self, peer: int, video_bps: int | None, now: float) -> None:
        leg = self._leg(peer)
        if video_bps != leg.remb_bps:
            leg.remb_bps = video_bps
            leg.report_at = now
            self._wake(leg, now)

    # packets in

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        leg = self._roster.by_address.get(addr)
        if leg is None:
            self._receive_stranger(data, addr, now)
            return
        leg.budget -= 1
        if leg.budget < 0 and not leg.refill(now):
            self.stats.drop(DropReason.FLOODED)
        elif len(data) > 1 and 192 <= data[1] <= 223:  # RFC 5761, 4
            self._receive_rtcp(leg, data, now)
        else:
            self._receive_rtp(leg, data, now)

    def _receive_stranger(self, data: bytes, addr: Address, now: float) -> None:
        """Try a packet from an unknown address with the keys of its SSRC's peer.

        Networks rebind ports in mid-call. If it authenticates with a fresh index, the address may
        send from now on; we send there only after a connectivity check.
        """
        drop = self.stats.drop
        rtcp_inside = is_rtcp(data)
        if len(data) < 12:
            drop(DropReason.MALFORMED)
            return
        at = 4 if rtcp_inside else 8
        leg = self._roster.by_ssrc.get(int.from_bytes(data[at : at + 4], "big"))
        if leg is None:
            drop(DropReason.UNKNOWN_ADDRESS)
        elif not leg.may_try(now):
            drop(DropReason.RATE_LIMITED)
        elif (
            self._receive_rtcp(leg, data, now) if rtcp_inside else self._receive_rtp(leg, data, now)
        ):
            self._roster.admit(leg, addr)
            self.newcomers.append((leg.id, addr))

    def _receive_rtp(self, leg: Leg, data: bytes, now: float) -> bool:
        """Unprotect, log and relay one packet; return whether it authenticated."""
        start = payload_offset(data)
        if start < 0:
            self.stats.drop(DropReason.MALFORMED)
            return False
        _, second, seq, rtp_ts, ssrc = HEADER.unpack_from(data)
        pt = second & 0x7F
        up = leg.up_by_ssrc.get(ssrc)
        claimed = None
        if up is None:
            up = claimed = leg.find_up(data, pt)
            if up is None:
                self.stats.drop(DropReason.UNKNOWN_SSRC)
                return False
        packet = leg.srtp.unprotect(data)
        if packet is None:
            self.stats.drop(leg.srtp.failure)
            return False
        if claimed is not None:
            self._roster.claim(leg, claimed, ssrc, pt, next(self._epochs))
        size = len(data)
        leg.last_received_at = now
        leg.packets_received += 1
        leg.bytes_received += size
        if leg.suspended:
            self._resume(leg, now)
        if packet[0] & 0x20 and payload_end(packet, start) < 0:
            self.stats.drop(DropReason.MALFORMED)
            return True
        level, transport_cc, orientation = read_media(packet, leg.ids)
        if transport_cc >= 0 and leg.arrivals.note(transport_cc, now):
            self._wake(leg, leg.arrivals.due_at or now)
        codec = up.codecs.get(pt)
        resent = codec is None
        if leg.trains is not None:
            if codec is None:
                leg.trains.pass_by(size, now)
            else:
                leg.trains.note(ssrc, seq, rtp_ts, size, now)
                if up.slot is Slot.AUDIO:
                    leg.trains.hear(now - rtp_ts / codec.clock_hz, now)
        if codec is None or ssrc != up.ssrc:
            codec = up.rtx_codecs.get(pt)
            if codec is None:
                self.stats.drop(DropReason.UNKNOWN_PAYLOAD_TYPE)
                return True
            original = up.unwrap(packet, start, codec)
            if original is None:
                return True
            packet = original
            start, seq = HEADER_SIZE, (packet[2] << 8) | packet[3]
        number = up.accept(seq, rtp_ts, size, codec.clock_hz, now, resent)
        if number < 0:
            self.stats.drop(DropReason.DUPLICATE if number == DUPLICATE else DropReason.TOO_OLD)
            return True
        if level >= 0:
            up.levels.add(now, level & 0x7F)
        if up.nacks.unasked_at is not None:
            self._wake(leg, up.nacks.unasked_at)
        if up.keyframes.awaited:
            if number == up.highest and answers_request(codec, packet, start):
                up.keyframes.arrived()
            else:
                up.keyframes.request(now)
                self._wake(leg, up.keyframes.due_at or now)
        for down in up.sinks:
            if down.flowing:
                self._relay(down, packet, start, number, rtp_ts, codec, level, orientation, now)
        return True

    def _relay(
        self,
        down: DownTrack,
        packet: bytes,
        start: int,
        number: int,
        rtp_ts: int,
        codec: Codec,
        level: int,
        orientation: int,
        now: float,
    ) -> None:
        leg = down.leg
        address = leg.address
        if address is None:
            self.stats.drop(DropReason.NO_ADDRESS)
            return
        mapped = down.map(packet, start, number, rtp_ts, codec, level, orientation, now)
        if not isinstance(mapped, bytes):
            self.stats.drop(mapped)
            if mapped is DropReason.BEFORE_KEYFRAME and down.source is not None:
                self._request_keyframe(down.source, now)
            return
        protected = leg.srtp.protect(mapped)
        if protected is None:
            self.stats.drop(leg.srtp.failure)
            return
        if down.keeps_protected:
            down.keep(mapped, protected)
        leg.packets_forwarded += 1
        leg.bytes_forwarded += len(protected)
        leg.keepalive_at = now + outbound.KEEPALIVE_S
        self._out.append((protected, address))

    def _receive_rtcp(self, leg: Leg, data: bytes, now: float) -> bool:
        """Unprotect and read one compound; return whether it authenticated."""
        if len(data) < 8:
            self.stats.drop(DropReason.MALFORMED)
            return False
        if not leg.compounds.take(now):
            self.stats.drop(DropReason.FLOODED)
            return False
        ssrc = rtcp.sender_ssrc(data)
        if not leg.may_report(ssrc):
            self.stats.drop(DropReason.UNKNOWN_SSRC)
            return False
        packet = leg.srtp.unprotect_rtcp(data)
        if packet is None:
            self.stats.drop(leg.srtp.failure)
            return False
        leg.note_reporter(ssrc)
        leg.last_received_at = now
        leg.packets_received += 1
        leg.bytes_received += len(data)
        if leg.trains is not None:
            leg.trains.pass_by(len(data), now)
        if leg.suspended:
            self._resume(leg, now)
        inbox = self._inbox
        inbox.read(leg, packet, now, self._outbox.ntp(now))
        for resend in inbox.resends:
            self._outbox.send(leg, resend, now)
        for up in inbox.asked_keyframes:
            self._request_keyframe(up, now)
        for up in inbox.new_sender_infos:
            for down in up.sinks:
                down.leg.sender_report_at = now
                self._wake(down.leg, now)
        return True

    # time and packets out

    def next_timeout(self) -> float | None:
        return self._timers.next_timeout()

    def handle_timeout(self, now: float) -> None:
        self._outbox.handle_timeout(now)

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return self._out.popleft() if self._out else None

    # what is known

    @property
    def ssrcs(self) -> Collection[int]:
        return self._roster.by_ssrc.keys()

    @property
    def stream_changes(self) -> int:
        return self._roster.stream_changes

    def activity(self, peer: int) -> PeerActivity:
        return activity(self._leg(peer))

    def report(self, peer: int, now: float) -> PeerReport:
        return peer_report(self._leg(peer), now)

    def totals(self) -> CoreTotals:
        return self._totals.read(self._roster)
