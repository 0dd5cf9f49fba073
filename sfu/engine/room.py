"""The pair: two places, one gate, one clock, and what each side is told of them.

Gate policy. The gate belongs to the room, never to a peer or a page: media is forwarded while it
is open, whichever connections hold the two places. A peer that takes a place gets the gate as it
stands, so a reload needs no second ACCEPT. The packet core enforces it, and asks both publishers
for key frames when it opens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from sfu.base.media import Slot
from sfu.engine.caps import Caps
from sfu.engine.clock import Facts, RoomClock
from sfu.engine.outputs import StateMessage
from sfu.engine.peer import Peer
from sfu.errors import StateError
from sfu.messages import (
    ClockTicked,
    Event,
    GateMoved,
    PeerClosed,
    PeerClosedReason,
    PeerConnected,
    PeerJoined,
    PeerLost,
    Role,
    RoomClosed,
    RoomCommand,
    RoomState,
)
from sfu.probe.verdict import disturbs
from sfu.relay.seam import PacketCore

CLOCK_MESSAGE_S = 1.0
CLOCK_EVENT_EVERY = 5
"""Clock messages to the pages per clock event to control."""
UNCLAIMED_CLOSED_AFTER_S = 600.0
"""A room without peers and without a command for so long belongs to nobody any more."""


RoomOutput = Event | StateMessage


class Room:
    """Two places and what passes between them; feed it, then drain `next_event`."""

    __slots__ = (
        "_caps",
        "_clock",
        "_core",
        "_events",
        "_next_tick_at",
        "_ticks",
        "_unclaimed_at",
        "_utc",
        "_weak",
        "gate_open",
        "id",
        "is_synthetic",
        "places",
        "relay_patients_screen",
        "show_clock_to_patient",
    )

    def __init__(
        self,
        id: str,
        command: RoomCommand,
        *,
        core: PacketCore,
        utc: Callable[[float], datetime],
        now: float,
    ) -> None:
        """Make the room in the state control asks for.

        Args:
            utc: Tells the UTC instant of a monotonic time.
        """
        self.id = id
        self.gate_open = command.gate_open
        self.show_clock_to_patient = command.show_clock_to_patient
        self.relay_patients_screen = command.relay_patients_screen
        self.is_synthetic = command.is_synthetic
        self.places: dict[Role, Peer] = {}
        self._core = core
        self._utc = utc
        self._clock = RoomClock(now=now, resumed=command.clock)
        self._events: deque[RoomOutput] = deque()
        self._caps = Caps(
            self.places, gate_open=command.gate_open, sound_first=command.sound_first, now=now
        )
        self._next_tick_at: float | None = None
        self._ticks = 0
        self._unclaimed_at: float | None = now + UNCLAIMED_CLOSED_AFTER_S
        self._weak: dict[Role, bool] = {}
        """What each side was last told of the other's line."""
        self._follow_clock(now)

    def next_event(self) -> RoomOutput | None:
        return self._events.popleft() if self._events else None

    def next_timeout(self) -> float | None:
        """When lines are to be looked at, the clock told, or the room closed."""
        ats = (self._caps.next_timeout(), self._next_tick_at, self._unclaimed_at)
        due = [at for at in ats if at is not None]
        return min(due, default=None)

    def handle_timeout(self, now: float) -> None:
        """Do what is due."""
        if self._caps.handle_timeout(now):
            self._say_caps(now)
        if self._next_tick_at is not None and now >= self._next_tick_at:
            self._tick(self._next_tick_at, now)

    def _tick(self, due_at: float, now: float) -> None:
        """Tell the clock: to the pages each second, to control every fifth."""
        self._next_tick_at = due_at + CLOCK_MESSAGE_S
        if self._next_tick_at <= now:  # the process was stopped: no burst of late ticks
            self._next_tick_at = now + CLOCK_MESSAGE_S
        self._ticks += 1
        self._tell_clock(now)
        if self._ticks % CLOCK_EVENT_EVERY == 0:
            self._report_clock(now)

    @property
    def has_begun(self) -> bool:
        """Whether the two are let together, or were before one was sent back."""
        return self.gate_open or self._clock.started

    def unclaimed(self, now: float) -> bool:
        """Whether nobody was here, and no command came, for so long that it is to be closed."""
        return self._unclaimed_at is not None and now >= self._unclaimed_at

    def state(self, now: float) -> RoomState:
        return RoomState(
            id=self.id,
            gate_open=self.gate_open,
            show_clock_to_patient=self.show_clock_to_patient,
            relay_patients_screen=self.relay_patients_screen,
            sound_first=self._caps.sound_first,
            clock=self._clock.state(now),
            peers=[peer.state(now) for peer in self.places.values()],
        )

    def note_stall(self, stalled_s: float, now: float) -> None:
        """The process stood still: its clock books that, and nobody's line is blamed for it."""
        self._clock.note_stall(stalled_s, now)
        if self._unclaimed_at is not None:
            self._unclaimed_at += stalled_s  # no command could come
        for peer in self.places.values():
            peer.excuse(now)

    # -- commands of control ---------------------------------------------------------------

    def claim(self, now: float) -> None:
        """Note that control gave a command: a room without peers stays for another while."""
        self._unclaimed_at = None if self.places else now + UNCLAIMED_CLOSED_AFTER_S

    def command(self, command: RoomCommand, now: float) -> None:
        """Bring the room to this state; the clock it carries counts only before ours starts."""
        if command.clock is not None and not self._clock.started:
            self._clock = RoomClock(now=now, resumed=command.clock)
            self._follow_clock(now)
        self._show_clock(command.show_clock_to_patient, now)
        self._relay_screen(command.relay_patients_screen, now)
        self._put_sound_first(command.sound_first, now)
        self.set_gate(command.gate_open, now)

    def set_gate(self, is_open: bool, now: float) -> None:
        if is_open == self.gate_open:
            return
        self.gate_open = is_open
        self._caps.move_gate(is_open, now)
        for peer in self.places.values():
            if peer.has_keys:
                self._core.set_gate(peer.number, is_open, now)
            self._say_gate(peer, now)
        self._events.append(GateMoved(room=self.id, open=is_open))
        self._follow_clock(now)
        if self._clock.started:
            self._report_clock(now)

    def close(self, now: float) -> None:
        """Close both peers, then the room."""
        for peer in tuple(self.places.values()):
            self.remove(peer, PeerClosedReason.ROOM_CLOSED, now)
        self._events.append(RoomClosed(room=self.id))

    def _show_clock(self, show: bool, now: float) -> None:
        if show == self.show_clock_to_patient:
            return
        self.show_clock_to_patient = show
        patient = self.places.get(Role.PATIENT)
        if patient is None:
            return
        if show:
            self._say_clock(patient, now)
        else:
            self._say(patient, {"type": "clock_hidden"})

    def _relay_screen(self, relay: bool, now: float) -> None:
        """Relay the patient's screen, or none of it, whatever the browser sends."""
        if relay == self.relay_patients_screen:
            return
        self.relay_patients_screen = relay
        patient = self.places.get(Role.PATIENT)
        if patient is not None and patient.has_keys:
            self.relay_screen_of(patient, now)

    def relay_screen_of(self, peer: Peer, now: float) -> None:
        """Relay this peer's screen, or none of it, as the setting says."""
        self._core.refuse(peer.number, Slot.SCREEN, self._refuses_screen(peer), now)

    def _refuses_screen(self, peer: Peer) -> bool:
        forbidden = peer.role is Role.PATIENT and not self.relay_patients_screen
        return forbidden or self._caps.sound_first

    def _put_sound_first(self, on: bool, now: float) -> None:
        """Stop all pictures, also of pages that send them all the same, or let them go on."""
        if on == self._caps.sound_first:
            return
        self._caps.sound_first = on
        for peer in self.places.values():
            if peer.has_keys:
                self._core.refuse(peer.number, Slot.CAMERA, on, now)
                self.relay_screen_of(peer, now)
        self._say_caps(now)

    # -- what the peers do -----------------------------------------------------------------

    def add(self, peer: Peer, now: float) -> None:
        """Give a place to a peer.

        Raises:
            StateError: The place is taken; remove its holder first.
        """
        if peer.role in self.places:
            raise StateError("the place is taken")
        self.places[peer.role] = peer
        peer.is_synthetic = self.is_synthetic
        self.claim(now)
        self._events.append(PeerJoined(room=self.id, peer=peer.state(now)))

    def remove(self, peer: Peer, reason: PeerClosedReason, now: float) -> None:
        """Close a peer and free its place; the other side's media and the gate stay."""
        self._say(peer, {"type": "closed", "reason": reason.value})
        other = self.other(peer)
        was_connected = peer.connected
        if other is not None and peer.has_keys and other.has_keys:
            self._core.unroute(peer.number, other.number, now)
        peer.close(reason, now)
        del self.places[peer.role]
        self.claim(now)
        self._events.append(PeerClosed(room=self.id, peer=peer.id, reason=reason))
        if was_connected:
            self._tell_other(peer)
            self._follow_change(now)

    def peer_connected(self, peer: Peer, *, first: bool, now: float) -> None:
        """Note that its packets arrive; after the handshake also route its media."""
        if first:
            self._route(peer, now)
            if not peer.has_page:
                self._say_cap(peer, self._caps.of(peer, now), now)
        self._caps.note_connected(peer, now)
        self._events.append(PeerConnected(room=self.id, peer=peer.id))
        self._tell_other(peer)
        self._follow_change(now)

    def peer_lost(self, peer: Peer, now: float) -> None:
        self._events.append(PeerLost(room=self.id, peer=peer.id))
        self._tell_other(peer)
        self._follow_change(now)

    def greet(self, peer: Peer, now: float) -> None:
        """Say on a fresh `state` channel how things stand."""
        self._say_gate(peer, now)
        other = self.other(peer)
        self._say(peer, self._word_of_other(peer))
        if other is not None:
            self._say_codec(peer, other)
        self._say_clock(peer, now)

    def line_news(self, peer: Peer) -> StateMessage | None:
        """Return what a look at this peer's line gives to tell the other side, if anything."""
        to = self.other(peer)
        if to is None or not to.channels_open or self._is_weak(peer) == self._weak.get(to.role):
            return None
        return StateMessage(to.id, self._word_of_other(to))

    # -- inside ----------------------------------------------------------------------------

    def other(self, peer: Peer) -> Peer | None:
        return self.places.get(Role.PATIENT if peer.role is Role.THERAPIST else Role.THERAPIST)

    def _route(self, peer: Peer, now: float) -> None:
        if self._caps.sound_first:
            self._core.refuse(peer.number, Slot.CAMERA, True, now)
        if self._refuses_screen(peer):
            self._core.refuse(peer.number, Slot.SCREEN, True, now)
        self._core.set_gate(peer.number, self.gate_open, now)
        other = self.other(peer)
        if other is None or not other.has_keys:
            return
        self._core.route(peer.number, other.number, now)
        self._say_codec(other, peer)

    def _follow_change(self, now: float) -> None:
        """Someone came or went: caps and clock take the new facts, and control hears of it."""
        self._say_caps(now)
        self._follow_clock(now)
        if self._clock.started:
            self._report_clock(now)

    def _follow_clock(self, now: float) -> None:
        facts = Facts(
            gate_open=self.gate_open,
            therapist_connected=self._is_connected(Role.THERAPIST),
            patient_connected=self._is_connected(Role.PATIENT),
        )
        self._clock.update(facts, now, self._utc(now))
        if self._clock.started and self._next_tick_at is None:
            self._next_tick_at = now + CLOCK_MESSAGE_S
            self._tell_clock(now)

    def _is_connected(self, role: Role) -> bool:
        peer = self.places.get(role)
        return peer is not None and peer.connected

    def _report_clock(self, now: float) -> None:
        clock = self._clock.state(now)
        if clock is not None:
            self._events.append(ClockTicked(room=self.id, clock=clock))

    def _tell_clock(self, now: float) -> None:
        for peer in self.places.values():
            if peer.connected:  # for a lost one they would pile up
                self._say_clock(peer, now)

    def _say_clock(self, peer: Peer, now: float) -> None:
        clock = self._clock.state(now)
        if clock is None or (peer.role is Role.PATIENT and not self.show_clock_to_patient):
            return
        message = {
            "type": "clock",
            "started_at": clock.started_at.isoformat().replace("+00:00", "Z"),
            "elapsed_s": round(clock.wall_s, 3),
            "connected_s": round(clock.connected_s, 3),
        }
        self._say(peer, message)

    def _say_gate(self, peer: Peer, now: float) -> None:
        self._say(peer, {"type": "gate", "open": self.gate_open})
        self._say_cap(peer, self._caps.of(peer, now), now)

    def _say_caps(self, now: float) -> None:
        for peer, video_bps in self._caps.news(now):
            self._say_cap(peer, video_bps, now)

    def _say_cap(self, peer: Peer, video_bps: int, now: float) -> None:
        if self._caps.note_told(peer, video_bps):
            self._tell_other(peer)
        if not peer.has_page and peer.has_keys:
            self._core.cap(peer.number, video_bps, now)
        self._say(peer, {"type": "cap", "video_bps": video_bps})

    def _say_codec(self, peer: Peer, other: Peer) -> None:
        """Name the video codec to send instead of a page's first, where the other lacks that."""
        own, far = (each.offer.video_codecs for each in (peer, other))
        shared = next((name for name in own if name in far), None)
        instead = None if shared is None or shared == own[0] else shared
        self._say(peer, {"type": "codec", "video": instead})

    def _tell_other(self, peer: Peer) -> None:
        other = self.other(peer)
        if other is not None:
            self._say(other, self._word_of_other(other))

    def _word_of_other(self, to: Peer) -> dict[str, object]:
        """Word how the other side is: its connection, a paused picture, and one bit of its line."""
        other = self.other(to)
        there = other if other is not None and other.connected else None
        paused = there is not None and self._caps.pauses(there)
        weak = self._weak[to.role] = there is not None and self._is_weak(there)
        return {"type": "other", "connected": bool(there), "paused": paused, "weak": weak}

    def _is_weak(self, peer: Peer) -> bool:
        """Whether this peer's own line disturbs the contact."""
        quality = None if peer.monitor is None else peer.monitor.quality
        return self.gate_open and peer.connected and quality is not None and disturbs(quality)

    def _say(self, peer: Peer, message: dict[str, object]) -> None:
        if peer.channels_open:
            self._events.append(StateMessage(peer.id, message))
