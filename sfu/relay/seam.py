"""The seam between the packet core and all that is above it: its operations, and what crosses.

A compiled core can take the Python one's place here (`native`), so that whoever uses a core
imports this module and no other of `relay`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sfu.base.address import Address
from sfu.base.histogram import Histogram
from sfu.base.media import MediaLine, Slot
from sfu.base.stats import Stats


@dataclass(frozen=True, slots=True)
class FeedbackBatch:
    """What one transport-cc feedback told about packets we sent, in sending order.

    The tuples are of one length: the n-th entry of each is about the n-th packet.
    """

    at: float
    """When the feedback came, on our monotonic clock, in seconds."""
    sent_at: tuple[float, ...]
    """On our monotonic clock, in seconds."""
    size_bytes: tuple[int, ...]
    """On the wire with the RTP header, without UDP and IP."""
    arrived_at: tuple[float | None, ...]
    """On the receiver's own clock, in seconds; None where it was not received."""
    cluster: tuple[int, ...]
    """0 for media, else the id of the probe cluster that the packet was sent in."""


class Intake(NamedTuple):
    """What came from a publisher: sums of all its time, and the delay of its newest sound."""

    size_bytes: int
    """On the wire with the RTP header, without UDP and IP."""
    expected: int
    """Packets of sound and picture that were sent, by sequence numbers."""
    received: int
    """Of these, those that came the first time they were sent."""
    sound_delay_s: float | None
    """The least delay of a packet of sound since the last intake, plus a constant that a new
    stream changes; None when none came."""
    trains: tuple[tuple[float, float, int], ...] = ()
    """Packets between which the line was never idle, since the last intake: those of one picture,
    and those that came while one of sound waited. When the last came, how long after the first,
    and the bytes of IP packets in between; some count in two. In a call only where asked for."""


class Received(NamedTuple):
    """What came from a publisher since the last call, a frame at a time; at most 256 of each."""

    sound_delays_s: tuple[float, ...]
    """Of each frame of sound, plus a constant that a new stream changes."""
    rtts_s: tuple[float, ...]
    """Round trips as they were measured, where `PeerReport.rtt_s` is smoothed."""
    pictures: tuple[tuple[float, int], ...]
    """When each frame of the camera began to come, monotonic, and its bytes on the wire."""
    sound_gap_s: float = 0.0
    """The longest run of frames of sound that never came, or more than 0.2 s later than others."""


class PeerActivity(NamedTuple):
    """What tells whether a peer is there and sends; 1.2 µs where a report takes 14.

    Monotonic times of its last packets, None when none ever came.
    """

    received_at: float | None
    """Of any that authenticated."""
    sound_at: float | None
    picture_at: float | None
    """Camera or screen."""
    rtt_s: float | None


@dataclass(frozen=True, slots=True)
class TrackReport:
    """One m-line of a peer, both ways."""

    last_at: float | None
    """Monotonic time of the last packet from the peer; None when none ever came."""
    packets_received: int
    bytes_received: int
    expected: int
    """Packets the peer sent, by sequence numbers."""
    lost: int
    """Of these never received, retransmissions deducted."""
    recovered: int
    """Received as retransmissions."""
    variation_sum_s: float
    """Sum of |D| (RFC 3550, 6.4.1) from the peer to us; two reports give a window's mean."""
    variation_count: int
    packets_forwarded: int
    """RTP packets relayed to this peer."""
    down_loss_ratio: float
    """Lost on the way to this peer, as it last reported; 0 to 1."""
    down_lost: int
    """Lost on the way to this peer since ever, as it reports."""
    resent: int
    """Packets resent to this peer at its asking."""


@dataclass(frozen=True, slots=True)
class PeerReport:
    """Snapshot of one peer."""

    last_received_at: float | None
    """Monotonic time of the last packet that authenticated."""
    packets_received: int
    bytes_received: int
    packets_forwarded: int
    """RTP packets relayed to this peer; 0 as long as the gate was never open."""
    audio_last_at: float | None
    level_dbfs: float | None
    """Loudest audio level of the last second (RFC 6464); None without the extension."""
    camera_last_at: float | None
    frames_per_s: float
    """Camera frames of the last second, by RTP timestamps."""
    rtt_s: float | None
    reached_at: float | None
    """When RTCP of ours had reached the peer, by the newest that its reports echo."""
    tracks: dict[Slot, TrackReport]


RTT_BOUNDS_S = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
"""Upper bounds of the histogram of round trips."""


START_BOUNDS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Upper bounds of the histograms of first packets."""
STARTS = (Slot.AUDIO, Slot.CAMERA)
"""Slots that are sent from the beginning of a visit; a screen is shown later, or never."""


@dataclass(frozen=True, slots=True)
class TrackTotals:
    """Sums of one m-line of all peers there ever were; none of them ever shrinks.

    Up is from publishers to us, down from us to receivers.
    """

    up_sent: int = 0
    """Packets that publishers sent, by their sequence numbers."""
    up_received: int = 0
    """Of these, those that came the first time they were sent."""
    up_recovered: int = 0
    """And those that came as retransmissions."""
    up_variation_sum_s: float = 0.0
    """Sum of |D| (RFC 3550, 6.4.1) of frames, and of how many."""
    up_variation_count: int = 0
    up_nacks: int = 0
    """NACKs we sent; PLIs likewise."""
    up_keyframe_requests: int = 0
    down_forwarded: int = 0
    down_resent: int = 0
    down_lost: int = 0
    """Packets that receivers reported as lost."""
    down_nacks: int = 0
    """NACKs that came; PLI and FIR likewise."""
    down_keyframe_requests: int = 0


@dataclass(frozen=True, slots=True)
class CoreTotals:
    """What was measured of all peers there ever were."""

    tracks: Mapping[Slot, TrackTotals]
    rtts: Histogram
    """Each measured round trip, of RTCP."""
    starts: Mapping[Slot, Histogram]
    """Of `STARTS`: from the moment that media may pass to the first packet relayed, where the
    publisher was sending then."""


class PacketCore(Protocol):
    """All RTP state of connected peers behind few operations; nobody above is called per packet.

    Peers are numbers that the caller chooses and never reuses. Mutate, then drain `poll_transmit`
    and `newcomers`, then mutate again. Times are monotonic, in seconds.
    """

    stats: Stats

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
        """Take a peer whose handshake is done; its gate is closed and it is routed to nobody.

        Args:
            profile: OpenSSL's name of the SRTP profile.
            inbound_key: Master key and salt of what the peer sends.
            outbound_key: Master key and salt of what we send.
            cname: Of all that we send to it, as its answer says (RFC 5576, 6.1).

        Raises:
            SrtpError: The keys do not fit the profile.
            StateError: The peer is here already.
        """

    def remove_peer(self, peer: int, now: float) -> None:
        """Say goodbye to a peer; forget it, its routes and its addresses."""

    def set_address(self, peer: int, addr: Address | None) -> None:
        """Send to this peer there from now on, or nowhere; the address is admitted as well."""

    def admit_address(self, peer: int, addr: Address) -> None:
        """Take packets from there as this peer's; an address belongs to the latest."""

    def suspend(self, peer: int, now: float) -> None:
        """Send nothing to a lost peer, until `resume` or until a packet of it authenticates.

        Its partners' media are held back as by its gate; its own go on to them.
        """

    def resume(self, peer: int, now: float) -> None:
        """Send to a peer again; nothing when it was not suspended."""

    def route(self, peer_a: int, peer_b: int, now: float) -> None:
        """Feed each one's up tracks into the other's down tracks, slot by slot."""

    def unroute(self, peer_a: int, peer_b: int, now: float) -> None:
        """Undo `route`; the down tracks keep their numbers for whoever is routed next."""

    def set_gate(self, peer: int, open: bool, now: float) -> None:
        """Let media pass from and to this peer, or stop it; both ends' gates must be open.

        Opening asks the publishers for key frames at once.
        """

    def refuse(self, peer: int, slot: Slot, refused: bool, now: float) -> None:
        """Relay nothing of this slot from `peer`, as publisher, or relay it again.

        What it sends is received and counted as before.
        """

    def request_keyframe(self, peer: int, slot: Slot, now: float) -> None:
        """Ask `peer`, as publisher of `slot`, for a key frame."""

    def take_intake(self, peer: int) -> Intake:
        """Return what came from the peer, with the delay of its sound since the last call."""

    def time_packets(self, peer: int, wanted: bool) -> None:
        """Find trains of this publisher in a call, or no longer: it costs time for each packet.

        While the gate is closed they are found anyway; one that opens ends it.
        """

    def take_received(self, peer: int) -> Received:
        """Return the sound and pictures that came since the last call, frame by frame."""

    def repair(self, peer: int, wanted: bool, now: float) -> None:
        """Ask this publisher for missing pictures, as at first, or for none while its line is full.

        What was missed meanwhile is not asked for later: a key frame mends it.
        """

    def take_feedback(self, peer: int) -> list[FeedbackBatch]:
        """Return what the peer told of our packets since the last call, the oldest first."""

    def probe(self, peer: int, cluster: int, rate_bps: int, duration_s: float, now: float) -> bool:
        """Bring what leaves for this peer up to a rate for a moment, by padding.

        Args:
            cluster: Names this probe in feedback, 1 to 65535; all that leaves meanwhile is of it.
            rate_bps: Media and padding together.

        Returns:
            False when the peer takes no padding, or none can be sent now.
        """

    def cap(self, peer: int, video_bps: int | None, now: float) -> None:
        """Tell a publisher by REMB how much picture it may send, again and again; None ends it.

        Only for clients without our page: REMB never expires in Chromium.
        """

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        """Feed one RTP or RTCP datagram (first byte 128 to 191) from any address."""

    def next_timeout(self) -> float | None:
        """Return when `handle_timeout` is next wanted; may be in the past. None without peers."""

    def handle_timeout(self, now: float) -> None:
        """Send what is due."""

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        """Return the next datagram to send and where to, None when there is none."""

    @property
    def newcomers(self) -> deque[tuple[int, Address]]:
        """Peers whose media came from an unknown address, and which: for the caller to take out."""

    @property
    def ssrcs(self) -> Collection[int]:
        """Streams that peers send; packets of theirs may come from any address. A view."""

    @property
    def stream_changes(self) -> int:
        """How often `ssrcs` changed."""

    def activity(self, peer: int) -> PeerActivity:
        """Return when a peer, its sound and its pictures last came, and its round trip."""

    def report(self, peer: int, now: float) -> PeerReport:
        """Return a snapshot of one peer's counters and measurements."""

    def totals(self) -> CoreTotals:
        """Return the sums of all peers there ever were."""
