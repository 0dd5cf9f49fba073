"""One browser's media connection: its transport, its place in the packet core, its liveness.

A peer goes `new → connected ⇄ lost → closed`. It is connected from the end of its handshake, lost
when nothing that authenticates comes from it though it was asked three times, and closed by itself
after two minutes of that. A lost one is sent nothing: it may be gone, and its address another's.
A closed peer has no media at once, while its transport lingers for a moment, so that the last
state message and the goodbye of DTLS still leave.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sfu.base.address import Address
from sfu.base.limits import PeerLimits
from sfu.base.stats import TransportEnd
from sfu.engine.downlink import Downlink, tells_arrivals
from sfu.engine.liveness import ASK_AFTER_S, ASK_EVERY_S, Liveness, Verdict
from sfu.engine.monitor import LineMonitor
from sfu.engine.page import Page
from sfu.engine.paths import Paths, age_ms
from sfu.engine.peer_events import (
    Asked,
    Checked,
    Connected,
    Data,
    Ended,
    Forgotten,
    Lost,
    PeerEvent,
)
from sfu.engine.uplink import Uplink
from sfu.errors import StateError
from sfu.messages import CheckReport, MediaProof, PeerClosedReason, PeerState, Role, Transit
from sfu.relay.seam import PacketCore
from sfu.sdp import Offer
from sfu.transport import (
    AddressChecked,
    AddressForgotten,
    AddressSelected,
    DataReceived,
    KeysDerived,
    Transport,
    TransportClosed,
)

HANDSHAKE_LIMIT_S = 30.0
LINGER_S = 0.5


class Peer:
    """Joins one `Transport` with the `PacketCore`.

    The usual surface: feed it, then drain `poll_transmit` and `next_event`.
    """

    __slots__ = (
        "_core",
        "_events",
        "_handshake_until",
        "_linger_until",
        "_liveness",
        "_transport",
        "_was_connected",
        "channels_open",
        "check",
        "closed",
        "cname",
        "connected",
        "downlink",
        "end",
        "has_keys",
        "id",
        "is_light",
        "is_synthetic",
        "limits",
        "monitor",
        "number",
        "offer",
        "page",
        "participant",
        "paths",
        "reports",
        "role",
        "room",
        "uplink",
    )

    def __init__(
        self,
        id: str,
        number: int,
        participant: str,
        role: Role,
        *,
        room: str,
        offer: Offer,
        transport: Transport,
        core: PacketCore,
        cname: str,
        transit: Callable[[Address], Transit] = lambda _: Transit.UDP,
        now: float,
    ) -> None:
        """Make a peer that has just joined.

        Args:
            number: The packet core's name of it.
            room: Id of its room, which may be closed before the peer is forgotten.
            cname: Of all that we send to it, as its answer says.
            transit: Tells by which transport an address is reached.
        """
        self.id = id
        self.number = number
        self.participant = participant
        self.role = role
        self.room = room
        self.offer = offer
        self.cname = cname
        self.limits = PeerLimits(now)
        self.reports = 0
        """How often its page was told what arrives."""
        self.is_light = False
        """A check by itself spends few bytes."""
        self.is_synthetic = False
        """Nobody real: counts in no statistics of joins and lines."""
        self.connected = False
        self.has_keys = False
        """The handshake was done once: the packet core knows this peer."""
        self.downlink: Downlink | None = None
        """The line to it; None before the handshake, and where its feedback tells nothing."""
        self.uplink: Uplink | None = None
        """The line from it; None before the handshake."""
        self.monitor: LineMonitor | None = None
        """Its line as it is; None before the handshake."""
        self.check: CheckReport | None = None
        """Of the check before the call, done or as far as it has come."""
        self.channels_open = False
        """State messages can be sent."""
        self.closed: PeerClosedReason | None = None
        self.end = TransportEnd.ABANDONED
        """Why the transport ended by itself, once it has."""
        self._transport = transport
        self._core = core
        self._events: deque[PeerEvent] = deque()
        self.paths = Paths(transit, now)
        """How its browser reaches us."""
        self.page = Page()
        """What its page says of itself."""
        self._handshake_until = now + HANDSHAKE_LIMIT_S
        self._liveness = Liveness(now)
        self._linger_until: float | None = None
        self._was_connected = False

    # -- what comes in ---------------------------------------------------------------------

    def receive_datagram(self, data: bytes, addr: Address, now: float) -> None:
        """Feed one STUN or DTLS datagram; media goes to the packet core directly."""
        self._transport.receive_datagram(data, addr, now)
        self._follow_transport(now)
        if self._transport.last_check_at == now and self.closed is None:
            self._check(now)

    def forget_address(self, addr: Address, now: float) -> None:
        """Speak no more to an address that is gone for good; a check from another one comes."""
        self._transport.forget_address(addr)
        self._follow_transport(now)

    def ask(self, addr: Address, now: float) -> None:
        """Find out whether the peer is where its media came from."""
        self._transport.ask(addr, now)

    def ask_round_trip(self, now: float) -> None:
        """Have its browser answer at once; see `take_round_trips`."""
        self._transport.ask_round_trip(now)

    def take_round_trips(self) -> list[float]:
        """Return the round trips measured since the last time, in seconds."""
        return self._transport.take_round_trips()

    def send_data(self, data: bytes, now: float) -> None:
        """Send one SCTP packet; dropped before the handshake, while lost and after the end.

        One that is closed may be told so, and one of which a packet just came may be asked.
        """
        is_asked = now < self._liveness.received_at + ASK_EVERY_S
        if self.has_keys and (self.connected or is_asked or self.closed is not None):
            self._transport.send_data(data, now)

    def handle_timeout(self, now: float) -> None:
        self._transport.handle_timeout(now)
        self._follow_transport(now)
        if self._linger_until is not None:
            if now >= self._linger_until:
                self._transport.close(now)
        elif now >= self._next_look_at:
            self._look(now)

    def excuse(self, now: float) -> None:
        """Judge liveness afresh from now: nobody read its packets for a while."""
        self._liveness.excuse(now)

    def close(self, reason: PeerClosedReason, now: float) -> None:
        """Take away its media at once; its transport stays until `gone`."""
        if self.closed is not None:
            raise StateError("a peer is closed once")
        self.closed = reason
        self.connected = False
        self._linger_until = now + LINGER_S
        if self.has_keys:
            self._core.remove_peer(self.number, now)

    def hang_up(self, now: float) -> None:
        """Say goodbye at once, without a lingering."""
        self._transport.close(now)

    # -- what goes out ---------------------------------------------------------------------

    def poll_transmit(self) -> tuple[bytes, Address] | None:
        return self._transport.poll_transmit()

    def next_event(self) -> PeerEvent | None:
        return self._events.popleft() if self._events else None

    def next_timeout(self) -> float:
        own = self._next_look_at if self._linger_until is None else self._linger_until
        transport = self._transport.next_timeout()
        return own if transport is None else min(own, transport)

    @property
    def has_page(self) -> bool:
        """Whether messages can reach it; other clients have no data channels."""
        return self.offer.sctp_port is not None

    @property
    def ufrags(self) -> tuple[str, ...]:
        """Our names for it in connectivity checks: the first one's and the spares'."""
        return tuple(pair.ufrag for pair in self._transport.credentials)

    def gone(self, now: float) -> bool:
        """Whether a closed peer has lingered long enough to be forgotten."""
        return self._linger_until is not None and now >= self._linger_until

    @property
    def has_address(self) -> bool:
        """Whether media can be sent: there are keys, and the browser nominated an address."""
        return self.has_keys and self.paths.selected is not None

    def state(self, now: float) -> PeerState:
        """What is known of this peer, measured from its packets."""
        state = PeerState(
            id=self.id, participant=self.participant, role=self.role, connected=self.connected
        )
        if not self.has_keys or self.closed is not None:
            return state
        report = self._core.report(self.number, now)
        proof = MediaProof(
            heard_age_ms=_age_ms(report.audio_last_at, now),
            level_dbfs=report.level_dbfs,
            loud_age_ms=_age_ms(None if self.monitor is None else self.monitor.loud_at, now),
            seen_age_ms=_age_ms(report.camera_last_at, now),
            frames_per_s=report.frames_per_s,
        )
        rtt_ms = None if report.rtt_s is None else report.rtt_s * 1000
        heard_at = self._liveness.received_at
        carries_bps = None if self.downlink is None else self.downlink.carries_bps
        measured = {
            "proof": proof,
            "rtt_ms": rtt_ms,
            "transit": self.paths.transit,
            "packet_age_ms": _age_ms(max(heard_at, report.last_received_at or heard_at), now),
            "moved_age_ms": self.paths.moved_age_ms(now),
            "carries_bps": carries_bps,
            "forwarded_packets": report.packets_forwarded,
            "quality": None if self.monitor is None else self.monitor.quality,
            "check": self.check,
            "page": self.page.word(now),
        }
        return state.model_copy(update=measured)

    # -- inside ----------------------------------------------------------------------------

    def _follow_transport(self, now: float) -> None:
        while (event := self._transport.next_event()) is not None:
            if self.closed is not None:
                continue
            match event:
                case AddressChecked(addr):
                    self.paths.note_check(addr, now)
                    self._admit(addr)
                case AddressForgotten(addr):
                    self._events.append(Forgotten(addr))
                    if addr == self.paths.selected:
                        self._select(None, now)
                case AddressSelected(addr):
                    self._select(addr, now)
                case KeysDerived():
                    self._take_keys(event, now)
                case DataReceived(data):
                    self._heard(now)
                    self._events.append(Data(data))
                case TransportClosed(end):
                    self.end = end
                    reason = PeerClosedReason.LEFT if self.has_keys else PeerClosedReason.FAILED
                    self._events.append(Ended(reason))

    def _admit(self, addr: Address) -> None:
        self._events.append(Checked(addr))
        if self.has_keys:
            self._core.admit_address(self.number, addr)

    def _select(self, addr: Address | None, now: float) -> None:
        self.paths.select(addr, now)
        if self.has_keys:
            self._core.set_address(self.number, addr)

    def _take_keys(self, keys: KeysDerived, now: float) -> None:
        self._core.add_peer(
            self.number,
            self.offer.lines,
            profile=keys.profile,
            inbound_key=keys.inbound_key,
            outbound_key=keys.outbound_key,
            cname=self.cname,
            now=now,
        )
        self.has_keys = True
        self.paths.note_keys(now)
        self.monitor = LineMonitor(self._core, self.number, now, self.offer.lines)
        self.uplink = Uplink(self._core, self.number, now)
        if tells_arrivals(self.offer.lines):
            self.downlink = Downlink(self._core, self.number, now, self.monitor.take_feedback)
        self.monitor.uplink, self.monitor.downlink = self.uplink, self.downlink
        for addr in self._transport.checked_addresses:
            self._core.admit_address(self.number, addr)
        if self.paths.selected is not None:
            self._core.set_address(self.number, self.paths.selected)
        self._heard(now)

    def _check(self, now: float) -> None:
        """Note a connectivity check; one that is lost and sent nothing has to answer besides."""
        if self.connected or not self.channels_open or self._sends():
            self._heard(now)
        else:
            self._liveness.note_packet(now)

    def _sends(self) -> bool:
        """Whether media came with its last packets, which are noted."""
        activity, liveness = self._core.activity(self.number), self._liveness
        liveness.note_packet(activity.received_at or 0.0)
        media_at = max(activity.sound_at or 0.0, activity.picture_at or 0.0)
        return media_at >= liveness.received_at - ASK_AFTER_S

    def _heard(self, at: float) -> None:
        """Note a packet that authenticated; the handshake's last one makes us connected."""
        self._liveness.note_packet(at)
        if self.connected or not self.has_keys:
            return
        self.connected = True
        if self._was_connected:
            self._core.resume(self.number, at)
        self._liveness.next_look_at = at + ASK_AFTER_S
        self._events.append(Connected(first=not self._was_connected))
        self._was_connected = True

    @property
    def _next_look_at(self) -> float:
        return self._liveness.next_look_at if self.has_keys else self._handshake_until

    def _look(self, now: float) -> None:
        """Judge whether the peer is there, and when to look again."""
        if not self.has_keys:
            is_reached = self.paths.is_reached
            self.end = TransportEnd.TIMED_OUT if is_reached else TransportEnd.NO_CHECK
            self._events.append(Ended(PeerClosedReason.FAILED))
            self._handshake_until = now + HANDSHAKE_LIMIT_S
            return
        sends, liveness = self._sends(), self._liveness
        verdict = liveness.judge(
            now, lost=not self.connected, can_ask=self.channels_open, sends=sends
        )
        if verdict is Verdict.OVER:
            self._events.append(Ended(PeerClosedReason.TIMED_OUT))
        elif verdict is Verdict.ASK:
            self._events.append(Asked())
        elif verdict is Verdict.LOST and self.connected:
            self.connected = False
            self._core.suspend(self.number, now)
            self._events.append(Lost())
        elif verdict is Verdict.HERE:
            self._heard(liveness.received_at)


def _age_ms(at: float | None, now: float) -> int | None:
    return None if at is None else age_ms(at, now)
