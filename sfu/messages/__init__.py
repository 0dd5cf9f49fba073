"""What control and a media node say to each other; the only module of ours that control imports.

Commands travel as HTTP bodies, events as WebSocket frames; `docs/protocol.md` has both with
examples. Everything is opaque ids: no name, address or text of a person ever comes here.

A node may be newer than control. So commands, which the node reads, forbid fields it does not know
(one that is ignored would be a command half obeyed); states and events, which control reads, ignore
them, and `read_event_frame` passes over events of unknown types.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, ValidationError

from sfu.messages.base import Command, OpenEnum, State
from sfu.messages.line import Cause as Cause
from sfu.messages.line import CheckReport as CheckReport
from sfu.messages.line import CheckState as CheckState
from sfu.messages.line import DeviceVerdict as DeviceVerdict
from sfu.messages.line import DirectionQuality as DirectionQuality
from sfu.messages.line import Level as Level
from sfu.messages.line import LineQuality as LineQuality
from sfu.messages.line import PathReach as PathReach
from sfu.messages.line import PathState as PathState
from sfu.messages.line import ReachReport as ReachReport
from sfu.messages.line import Transit as Transit
from sfu.messages.page import LimitedBy as LimitedBy
from sfu.messages.page import PageReport as PageReport
from sfu.messages.page import PageWord as PageWord
from sfu.messages.page import Path as Path
from sfu.messages.page import read_page_report as read_page_report

OpaqueId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An id that means nothing outside the plane that made it."""


CLOCK_HEADER = "Visavis-Clock"
"""On every answer of a node: its monotonic time when it answered, in seconds."""
DEADLINE_HEADER = "Visavis-Deadline"
"""On a command: the time of that clock after which the node must not obey it (409 `late`)."""
GENERATION_HEADER = "Visavis-Generation"
"""On a command to a room: a whole number higher than any before (else 409 `stale`, whose answer
carries the highest under the same name)."""


class Role(StrEnum):
    """The two places of a room."""

    THERAPIST = "therapist"
    PATIENT = "patient"


class LostTime(State):
    """Seconds of the elapsed time in which the two were not connected, by whose side it was."""

    patient: float = 0.0
    therapist: float = 0.0
    server: float = 0.0


class ClockState(State):
    """A room's clock as control keeps it, so that another node can go on from it."""

    started_at: AwareDatetime
    """Instant of first contact, UTC."""
    wall_s: float = Field(ge=0)
    """Seconds since contact, by the monotonic clock; also those in which the gate was closed."""
    connected_s: float = Field(ge=0)
    """The part of `wall_s` in which both were connected with the gate open."""
    lost: LostTime = LostTime()


class RoomCommand(Command):
    """Body of `PUT /rooms/{room}`: make the room, or bring it to this state."""

    gate_open: bool = False
    show_clock_to_patient: bool = True
    relay_patients_screen: bool = True
    sound_first: bool = False
    """In contact no picture travels either way, so that the sound has both lines to itself."""
    is_synthetic: bool = False
    """Nobody real meets here: what is measured of its lines counts in no statistics."""
    clock: ClockState | None = None
    """Where the clock goes on from; ignored when the room's clock already runs."""


class GateCommand(Command):
    """Body of `PUT /rooms/{room}/gate`."""

    open: bool


class DrainCommand(Command):
    """Body of `PUT /drain`."""

    draining: bool
    """Take no peers but those of visits that have begun."""


class MediaProof(State):
    """What has arrived from one peer, and how long ago: proof, with its age."""

    heard_age_ms: int | None = None
    """Since the last audio packet; None when none ever came."""
    level_dbfs: float | None = None
    """Loudest audio level (RFC 6464) of the last second; None without the extension."""
    loud_age_ms: int | None = None
    """Since the level last reached that of speech; None when it never did, and from an older
    node."""
    seen_age_ms: int | None = None
    """Since the last packet of camera video; None when none ever came."""
    frames_per_s: float = 0.0
    """Camera frames that arrived complete or not, by RTP timestamps, over the last second."""


class PeerState(State):
    """One browser's media connection."""

    id: OpaqueId
    participant: OpaqueId
    role: Role
    connected: bool
    """DTLS is up and packets arrive."""
    proof: MediaProof = MediaProof()
    rtt_ms: float | None = None
    transit: Transit | None = None
    """None before the first connectivity check, and from an older node."""
    packet_age_ms: int | None = None
    """Since the last packet of any kind; None before the handshake."""
    moved_age_ms: int | None = None
    """Since it went on from another address: another network, or a NAT that forgot it. None when
    it never did, and from an older node."""
    carries_bps: int | None = None
    """What the line to this peer carries, as estimated; None where nothing tells."""
    forwarded_packets: int = 0
    """RTP packets relayed to this peer; 0 as long as its gate was never open."""
    quality: LineQuality | None = None
    """Of the last ten seconds; None before there is anything to tell, and from an older node."""
    check: CheckReport | None = None
    """Of the check before the call, also a running one; None without one."""
    page: PageWord | None = None
    """What its page says of the last seconds: second evidence, and never of another side. None
    where it says nothing, and from an older node."""


class RoomState(State):
    id: OpaqueId
    gate_open: bool
    show_clock_to_patient: bool
    relay_patients_screen: bool = True
    sound_first: bool = False
    clock: ClockState | None = None
    peers: list[PeerState] = Field(default=[])


class PeerClosedReason(OpenEnum):
    LEFT = "left"  # the page closed its connection, or control deleted it
    REPLACED = "replaced"  # the same participant joined again
    TIMED_OUT = "timed_out"  # silent for longer than the grace of a reload
    FAILED = "failed"  # handshake or keys were wrong
    ROOM_CLOSED = "room_closed"
    OTHER = "other"  # never sent: how control reads a reason of a newer node


class _Event(State):
    room: OpaqueId


class PeerJoined(_Event):
    type: Literal["peer_joined"] = "peer_joined"
    peer: PeerState


class PeerConnected(_Event):
    """Packets arrive: after the handshake, or again after `peer_lost`."""

    type: Literal["peer_connected"] = "peer_connected"
    peer: OpaqueId


class PeerLost(_Event):
    """No packet has come for 1.5 s. The peer keeps its place for the grace of two minutes."""

    type: Literal["peer_lost"] = "peer_lost"
    peer: OpaqueId


class PeerClosed(_Event):
    type: Literal["peer_closed"] = "peer_closed"
    peer: OpaqueId
    reason: PeerClosedReason


class PeerReported(_Event):
    """Once a second for each peer from its handshake on, also while it is lost."""

    type: Literal["peer_reported"] = "peer_reported"
    peer: PeerState


class GateMoved(_Event):
    type: Literal["gate_moved"] = "gate_moved"
    open: bool


class ClockTicked(_Event):
    """At contact, at every change of who is connected, and every 5 s between."""

    type: Literal["clock_ticked"] = "clock_ticked"
    clock: ClockState


class RoomClosed(_Event):
    type: Literal["room_closed"] = "room_closed"


Event = Annotated[
    PeerJoined
    | PeerConnected
    | PeerLost
    | PeerClosed
    | PeerReported
    | GateMoved
    | ClockTicked
    | RoomClosed,
    Field(discriminator="type"),
]


class EventFrame(State):
    """One event with its place in the node's stream."""

    seq: int = Field(ge=1)
    event: Event


class UnknownEventFrame(State):
    """A frame whose event is of a type this version does not know: count its `seq` and go on."""

    seq: int = Field(ge=1)


def read_event_frame(text: str | bytes) -> EventFrame | UnknownEventFrame:
    """Read a frame that may come from a newer node.

    Raises:
        ValidationError: It is no frame, or the event is of a known type and malformed.
    """
    try:
        return EventFrame.model_validate_json(text)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if any(fault["type"] != "union_tag_invalid" for fault in faults):
            raise
        return UnknownEventFrame.model_validate_json(text)


class StreamHello(State):
    """First frame of the event stream.

    With `resumed` the events after the cursor that was asked for follow. Without it, `rooms`
    is the whole truth at `seq`, and everything control believed before is void.
    """

    boot_id: OpaqueId
    seq: int = Field(ge=0)
    resumed: bool
    rooms: list[RoomState] = Field(default=[])


class NodeLoad(State):
    """Body of `GET /load`."""

    boot_id: OpaqueId
    rooms: int
    peers: int
    loop_lag_p95_ms: float
    cpu_ratio: float
    """Share of its one core that the process used over the last ten seconds."""
    draining: bool
    packet_core: Literal["python", "native"]
    version: str = ""
    """Of Visavis, as the process began with; an older node does not tell it."""


class ApiError(State):
    """Body of every answer from 400 up."""

    code: str
    text: str
