"""A packet core with browsers' far ends around it, in virtual time.

A `FarEnd` has its own pylibsrtp sessions and reads what it gets with aiortc's parsers, so that
neither the core's SRTP nor its RTP code judges itself.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import pylibsrtp
from aiortc.rtp import (
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSrPacket,
    RtpPacket,
    unpack_header_extensions,
)

from sfu.base.address import Address
from sfu.base.media import Codec, MediaLine, Slot
from sfu.base.stats import DropReason
from sfu.relay.seam import PacketCore
from sfu.rtp import rtcp
from sfu.rtp.extensions import pack
from sfu.rtp.rtcp import SenderInfo

GCM = "SRTP_AEAD_AES_128_GCM"
CM = "SRTP_AES128_CM_SHA1_80"
NTP_OFFSET = 1_800_000_000.0
VP8_KEY = bytes((0x10, 0x00))
VP8_DELTA = bytes((0x10, 0x01))

Rtcp = (
    RtcpByePacket | RtcpPsfbPacket | RtcpRrPacket | RtcpRtpfbPacket | RtcpSdesPacket | RtcpSrPacket
)


class MakeCore(Protocol):
    """Makes a core without peers; arguments as of `make_packet_core`."""

    def __call__(self, *, now: float, ntp_offset: float, random: random.Random) -> PacketCore: ...


@dataclass(frozen=True, slots=True)
class Ids:
    """Extension ids of one browser."""

    mid: int = 4
    level: int = 1
    transport_cc: int = 3
    orientation: int = 13


def make_lines(
    base: int,
    *,
    pts: tuple[int, int, int, int] = (111, 96, 97, 102),
    ids: Ids | None = None,
    rtx: bool = True,
    announced: bool = True,
    audio_nack: bool = False,
) -> tuple[MediaLine, ...]:
    """Make the three m-lines of one browser; payload types are opus, VP8, its RTX, H.264."""
    ids = ids or Ids()
    opus, vp8, vp8_rtx, h264 = pts
    sound = (Codec("OPUS", opus, 48_000, nack=audio_nack, transport_cc=True),)
    picture = (
        Codec("VP8", vp8, 90_000, vp8_rtx if rtx else None, nack=True, pli=True, transport_cc=True),
        Codec("H264", h264, 90_000, None, nack=True, pli=True, transport_cc=True),
    )
    return tuple(
        MediaLine(
            slot=slot,
            mid=str(index),
            codecs=sound if slot is Slot.AUDIO else picture,
            up_ssrc=base + 10 * index if announced else None,
            up_rtx_ssrc=base + 10 * index + 1 if announced and slot is not Slot.AUDIO else None,
            down_ssrc=base + 10 * index + 5,
            down_rtx_ssrc=base + 10 * index + 6,
            mid_ext=ids.mid,
            level_ext=ids.level if slot is Slot.AUDIO else 0,
            transport_cc_ext=ids.transport_cc,
            orientation_ext=0 if slot is Slot.AUDIO else ids.orientation,
        )
        for index, slot in enumerate(Slot)
    )


def fir(ssrc: int, *entries: tuple[int, int]) -> bytes:
    """Write a full intra request for these (media SSRC, command number) (RFC 5104, 4.3.1)."""
    fci = b"".join(struct.pack("!IBxxx", *entry) for entry in entries)
    return bytes(RtcpPsfbPacket(fmt=rtcp.FMT_FIR, ssrc=ssrc, media_ssrc=0, fci=fci))


@dataclass
class FarEnd:
    """One browser: what it sends is protected here, what it gets is kept here."""

    peer: int
    lines: tuple[MediaLine, ...]
    profile: str = GCM
    ids: Ids = field(default_factory=Ids)
    media: list[RtpPacket] = field(default_factory=list)
    elements: list[list[tuple[int, bytes]]] = field(default_factory=list)
    """The header extensions of each packet in `media`."""
    compounds: list[bytes] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    received_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = 28 if self.profile == GCM else 30
        source = random.Random(self.peer)
        self.inbound_key, self.outbound_key = source.randbytes(size), source.randbytes(size)
        self.addr: Address = ("192.0.2.1", self.peer, 0)
        self.out = self._session(self.inbound_key, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.inward = self.new_inward()

    def new_inward(self) -> pylibsrtp.Session:
        """Return a receiving session that has seen nothing yet, so takes repeated bytes."""
        return self._session(self.outbound_key, pylibsrtp.Policy.SSRC_ANY_INBOUND)

    def _session(self, key: bytes, direction: int) -> pylibsrtp.Session:
        numbers = {
            GCM: pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
            CM: pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
        }
        policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=numbers[self.profile])
        policy.allow_repeat_tx = True
        policy.window_size = 4096
        return pylibsrtp.Session(policy)

    def line(self, slot: Slot) -> MediaLine:
        return next(line for line in self.lines if line.slot is slot)

    def plain(
        self,
        slot: Slot,
        seq: int,
        rtp_ts: int,
        payload: bytes,
        *,
        marker: bool = False,
        pt: int | None = None,
        ssrc: int | None = None,
        level: int | None = None,
        cc: int | None = None,
        mid: str | None = None,
        orientation: int | None = None,
    ) -> bytes:
        """Build one RTP packet with this browser's numbers."""
        line = self.line(slot)
        present: list[tuple[int, bytes]] = []
        if mid is not None:
            present.append((self.ids.mid, mid.encode()))
        if level is not None:
            present.append((self.ids.level, bytes((level,))))
        if cc is not None:
            present.append((self.ids.transport_cc, struct.pack("!H", cc)))
        if orientation is not None:
            present.append((self.ids.orientation, bytes((orientation,))))
        block = pack(present) if present else b""
        pt = line.codecs[0].pt if pt is None else pt
        ssrc = line.up_ssrc if ssrc is None else ssrc
        head = struct.pack(
            "!BBHII", 0x90 if block else 0x80, pt | (0x80 if marker else 0), seq, rtp_ts, ssrc
        )
        return head + block + payload

    def receive(self, data: bytes, now: float) -> None:
        self.raw.append(data)
        self.received_at.append(now)
        if 192 <= data[1] <= 223:
            self.compounds.append(self.inward.unprotect_rtcp(data))
        else:
            packet = self.inward.unprotect(data)
            self.media.append(RtpPacket.parse(packet))
            profile, words = struct.unpack_from("!HH", packet, 12)
            block = packet[16 : 16 + 4 * words] if packet[0] & 0x10 else b""
            self.elements.append(unpack_header_extensions(profile, block))

    def of(self, slot: Slot) -> list[RtpPacket]:
        """Return the media packets of one line, retransmissions apart."""
        return [p for p in self.media if p.ssrc == self.line(slot).down_ssrc]

    def rtx_of(self, slot: Slot) -> list[RtpPacket]:
        return [p for p in self.media if p.ssrc == self.line(slot).down_rtx_ssrc]

    def rtcp(self) -> list[Rtcp]:
        """Return what aiortc understands of all compounds so far (it passes XR over)."""
        return [packet for compound in self.compounds for packet in RtcpPacket.parse(compound)]

    def nacks(self) -> list[RtcpRtpfbPacket]:
        return [p for p in self.rtcp() if isinstance(p, RtcpRtpfbPacket) and p.fmt == 1]

    def plis(self) -> list[RtcpPsfbPacket]:
        return [p for p in self.rtcp() if isinstance(p, RtcpPsfbPacket) and p.fmt == 1]

    def sender_reports(self) -> list[RtcpSrPacket]:
        return [p for p in self.rtcp() if isinstance(p, RtcpSrPacket)]

    def report_blocks(self) -> list[tuple[int, int, int, int]]:
        """Return (ssrc, fraction lost, packets lost, highest seq) of every block so far."""
        return [
            (block.ssrc, block.fraction_lost, block.packets_lost, block.highest_sequence)
            for p in self.rtcp()
            if isinstance(p, RtcpRrPacket | RtcpSrPacket)
            for block in p.reports
        ]

    def forget(self) -> None:
        for kept in (self.media, self.elements, self.compounds, self.raw, self.received_at):
            kept.clear()


def admit(core: PacketCore, end: FarEnd, addr: Address, now: float, *, gate: bool = True) -> None:
    """Let a far end be a peer of the core, as if their handshake were just done."""
    core.add_peer(
        end.peer,
        end.lines,
        profile=end.profile,
        inbound_key=end.inbound_key,
        outbound_key=end.outbound_key,
        cname="one-name",
        now=now,
    )
    core.set_address(end.peer, addr)
    core.set_gate(end.peer, gate, now)


def bye(end: FarEnd, slot: Slot) -> bytes:
    """Write the goodbye of one of this browser's streams."""
    ssrc = end.line(slot).up_ssrc
    assert ssrc is not None
    return bytes(RtcpByePacket(sources=[ssrc]))


class World:
    """A core, its far ends and the time."""

    def __init__(self, make_core: MakeCore, seed: int = 1, now: float = 100.0) -> None:
        self.now = now
        self.core = make_core(now=now, ntp_offset=NTP_OFFSET, random=random.Random(seed))
        self.ends: dict[Address, FarEnd] = {}

    def join(self, end: FarEnd, *, gate: bool = True) -> FarEnd:
        admit(self.core, end, end.addr, self.now, gate=gate)
        self.ends[end.addr] = end
        return end

    def send(self, end: FarEnd, *packets: bytes, addr: Address | None = None) -> None:
        """Protect these RTP packets, in this order, and feed them to the core."""
        for packet in packets:
            self.feed(end.out.protect(packet), addr or end.addr)

    def send_rtcp(self, end: FarEnd, *packets: bytes) -> None:
        self.feed(end.out.protect_rtcp(b"".join(packets)), end.addr)

    def feed(self, data: bytes, addr: Address) -> None:
        self.core.receive_datagram(data, addr, self.now)
        self.drain()

    def drain(self) -> None:
        while (item := self.core.poll_transmit()) is not None:
            data, addr = item
            assert isinstance(addr, tuple)
            if addr in self.ends:
                self.ends[addr].receive(data, self.now)

    def advance(self, seconds: float) -> None:
        """Let time pass, with every timeout at its time."""
        until = self.now + seconds
        while (at := self.core.next_timeout()) is not None and at <= until:
            self.now = max(self.now, at)
            self.core.handle_timeout(self.now)
            self.drain()
        self.now = until

    def sound(self, end: FarEnd, seqs: Iterable[int], *, level: int | None = None) -> None:
        """Send sound in steps of 20 ms."""
        for seq in seqs:
            rtp_ts = seq * 960 & 0xFFFFFFFF
            self.send(end, end.plain(Slot.AUDIO, seq & 0xFFFF, rtp_ts, b"opus", level=level))
            self.advance(0.02)

    def picture(
        self, end: FarEnd, seqs: Iterable[int], *, key: bool = False, slot: Slot = Slot.CAMERA
    ) -> None:
        """Send one-packet frames in steps of 33 ms; with `key` the first is a key frame."""
        for seq in seqs:
            payload = (VP8_KEY if key else VP8_DELTA) + b"picture %d" % seq
            key = False
            rtp_ts = seq * 3000 & 0xFFFFFFFF
            self.send(end, end.plain(slot, seq & 0xFFFF, rtp_ts, payload))
            self.advance(0.033)

    def dropped(self) -> dict[DropReason, int]:
        return {reason: n for reason, n in self.core.stats.dropped.items() if n}


def make_pair(
    make_core: MakeCore,
    profile: str = GCM,
    *,
    gate: bool = True,
    rtx: bool = True,
    audio_nack: bool = False,
) -> tuple[World, FarEnd, FarEnd]:
    """Make two routed peers whose payload types and extension ids differ."""
    world = World(make_core)
    ids = Ids(mid=9, level=7, transport_cc=5, orientation=2)
    right = make_lines(2000, pts=(109, 120, 121, 126), ids=ids, rtx=rtx, audio_nack=audio_nack)
    a = world.join(FarEnd(1, make_lines(1000, rtx=rtx, audio_nack=audio_nack), profile), gate=gate)
    b = world.join(FarEnd(2, right, profile, ids), gate=gate)
    world.core.route(1, 2, world.now)
    return world, a, b


def rtx_of(end: FarEnd, slot: Slot, seq: int, original: int, rtp_ts: int, payload: bytes) -> bytes:
    """Build a publisher's retransmission."""
    line = end.line(slot)
    return end.plain(
        slot,
        seq,
        rtp_ts,
        struct.pack("!H", original) + payload,
        pt=line.codecs[0].rtx_pt,
        ssrc=line.up_rtx_ssrc,
    )


def nack(world: World, end: FarEnd, slot: Slot, *seqs: int) -> None:
    """Let a receiver say that these numbers of a line are lost."""
    world.send_rtcp(end, rtcp.write_rr(1, []), rtcp.write_nack(1, end.line(slot).down_ssrc, seqs))


def sender_report(world: World, end: FarEnd, slot: Slot, unix_s: float, rtp_ts: int) -> None:
    """Let a publisher say what its clocks show."""
    ssrc = end.line(slot).up_ssrc
    assert ssrc is not None
    info = SenderInfo(ssrc, rtcp.ntp64(unix_s), rtp_ts, 1, 1)
    world.send_rtcp(end, rtcp.write_sr(info))
