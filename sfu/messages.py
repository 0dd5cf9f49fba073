"""What control and a media node say to each other; the only module of ours that control imports.

Commands travel as HTTP bodies, events as WebSocket frames; `docs/protocol.md` has both with
examples. Everything is opaque ids: no name, address or text of a person ever comes here.

A node may be newer than control. So commands, which the node reads, forbid fields it does not know
(one that is ignored would be a command half obeyed); states and events, which control reads, ignore
them, and `read_event_frame` passes over events of unknown types.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

OpaqueId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An id that means nothing outside the plane that made it."""


CLOCK_HEADER = "Visavis-Clock"
"""On every answer of a node: its monotonic time when it answered, in seconds."""
DEADLINE_HEADER = "Visavis-Deadline"
"""On a command: the time of that clock after which the node must not obey it (409 `late`)."""
GENERATION_HEADER = "Visavis-Generation"
"""On a command to a room: a whole number higher than any before (else 409 `stale`, whose answer
carries the highest under the same name)."""


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _State(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _OpenEnum(StrEnum):
    """Words of which a newer node may know more: those are read as OTHER, or UNKNOWN."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        names = cls.__members__
        return names["OTHER"] if "OTHER" in names else names["UNKNOWN"]


class Role(StrEnum):
    """The two places of a room."""

    THERAPIST = "therapist"
    PATIENT = "patient"


class LostTime(_State):
    """Seconds of the elapsed time in which the two were not connected, by whose side it was."""

    patient: float = 0.0
    therapist: float = 0.0
    server: float = 0.0


class ClockState(_State):
    """A room's clock as control keeps it, so that another node can go on from it."""

    started_at: AwareDatetime
    """Instant of first contact, UTC."""
    wall_s: float = Field(ge=0)
    """Seconds since contact, by the monotonic clock; also those in which the gate was closed."""
    connected_s: float = Field(ge=0)
    """The part of `wall_s` in which both were connected with the gate open."""
    lost: LostTime = LostTime()


class RoomCommand(_Command):
    """Body of `PUT /rooms/{room}`: make the room, or bring it to this state."""

    gate_open: bool = False
    show_clock_to_patient: bool = True
    relay_patients_screen: bool = True
    clock: ClockState | None = None
    """Where the clock goes on from; ignored when the room's clock already runs."""


class GateCommand(_Command):
    """Body of `PUT /rooms/{room}/gate`."""

    open: bool


class DrainCommand(_Command):
    """Body of `PUT /drain`."""

    draining: bool
    """Take no peers but those of visits that have begun."""


class MediaProof(_State):
    """What has arrived from one peer, and how long ago: proof, with its age."""

    heard_age_ms: int | None = None
    """Since the last audio packet; None when none ever came."""
    level_dbfs: float | None = None
    """Loudest audio level (RFC 6464) of the last second; None without the extension."""
    seen_age_ms: int | None = None
    """Since the last packet of camera video; None when none ever came."""
    frames_per_s: float = 0.0
    """Camera frames that arrived complete or not, by RTP timestamps, over the last second."""


class Transit(_OpenEnum):
    """How a peer's packets travel to the node."""

    UDP = "udp"
    TCP = "tcp"
    OTHER = "other"  # never sent: how control reads a way of a newer node


class Level(_OpenEnum):
    """How good a line is, by the worst of what was measured (`docs/probes.md`)."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NO_CALL = "no_call"
    UNKNOWN = "unknown"  # too few packets, or this node is at fault


class Cause(_OpenEnum):
    """What the level rests on: the one thing to say. "Up" is from the browser to the node."""

    NONE = "none"
    DELAY = "delay"
    LOSS_UP = "loss_up"
    LOSS_DOWN = "loss_down"
    JITTER_UP = "jitter_up"
    JITTER_DOWN = "jitter_down"
    CAPACITY_UP = "capacity_up"
    CAPACITY_DOWN = "capacity_down"
    BUFFERBLOAT = "bufferbloat"  # delay rises far under load
    SERVER = "server"  # this node was late or dropped packets: nobody's line is judged
    OTHER = "other"  # never sent: how control reads a cause of a newer node


class DirectionQuality(_State):
    """One direction of a line over a window; None where too little came to tell."""

    packets: int = 0
    loss_ratio: float | None = None
    """Lost at first, repairs not deducted: speech is not repaired; 0 to 1."""
    loss_low: float | None = None
    loss_high: float | None = None
    """Bounds of the Wilson interval at 95 %."""
    jitter_ms: float | None = None
    """Mean |D| of RFC 3550, 6.4.1."""
    delay_variation_ms: float | None = None
    """95th percentile of the delay above the least of the window."""
    capacity_bps: int | None = None
    capacity_is_bound: bool = False
    """The line carries at least `capacity_bps`; more was not tried."""


class LineQuality(_State):
    """The line of one browser to this node, both directions; never the other side's."""

    level: Level
    cause: Cause = Cause.NONE
    borderline: bool = False
    """A threshold of the level lies inside an interval of what was measured."""
    rtt_ms: float | None = None
    """Median of the window."""
    loaded_rtt_ms: float | None = None
    """95th percentile while the line was filled on purpose; of a check alone."""
    up: DirectionQuality = DirectionQuality()
    down: DirectionQuality = DirectionQuality()
    r_factor: float | None = None
    """Of this line alone, ITU-T G.107; 0 to 93."""
    delay_ms: float | None = None
    """Mouth to ear from the other side to this one, both lines and buffers; None in a lobby."""


class CheckState(_OpenEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by contact, a lost line or a page that left
    OTHER = "other"  # never sent: how control reads a state of a newer node


class DeviceVerdict(_OpenEnum):
    """What the packets of a device say of it."""

    WORKS = "works"
    QUIET = "quiet"  # packets of sound arrive, and nobody was loud enough to tell
    BLACK = "black"  # frames of almost nothing: a black picture compresses to that
    FROZEN = "frozen"  # frames stopped
    MISSING = "missing"  # no packet came
    UNKNOWN = "unknown"


class CheckReport(_State):
    """One check of a line before the call: complete, or as far as it has come."""

    state: CheckState
    started_at: AwareDatetime
    took_ms: int = 0
    size_bytes: int = 0
    """Sent and received for the check's sake, both directions."""
    connect_ms: int | None = None
    """From the offer to the first connectivity check that was answered."""
    handshake_ms: int | None = None
    """From there to the keys of DTLS."""
    transit: Transit | None = None
    quality: LineQuality
    microphone: DeviceVerdict = DeviceVerdict.UNKNOWN
    camera: DeviceVerdict = DeviceVerdict.UNKNOWN


class PeerState(_State):
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
    carries_bps: int | None = None
    """What the line to this peer carries, as estimated; None where nothing tells."""
    forwarded_packets: int = 0
    """RTP packets relayed to this peer; 0 as long as its gate was never open."""
    quality: LineQuality | None = None
    """Of the last ten seconds; None before there is anything to tell, and from an older node."""
    check: CheckReport | None = None
    """Of the check before the call, also a running one; None without one."""


class RoomState(_State):
    id: OpaqueId
    gate_open: bool
    show_clock_to_patient: bool
    relay_patients_screen: bool = True
    clock: ClockState | None = None
    peers: list[PeerState] = []


class PeerClosedReason(_OpenEnum):
    LEFT = "left"  # the page closed its connection, or control deleted it
    REPLACED = "replaced"  # the same participant joined again
    TIMED_OUT = "timed_out"  # silent for longer than the grace of a reload
    FAILED = "failed"  # handshake or keys were wrong
    ROOM_CLOSED = "room_closed"
    OTHER = "other"  # never sent: how control reads a reason of a newer node


class _Event(_State):
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


class EventFrame(_State):
    """One event with its place in the node's stream."""

    seq: int = Field(ge=1)
    event: Event


class UnknownEventFrame(_State):
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


class StreamHello(_State):
    """First frame of the event stream.

    With `resumed` the events after the cursor that was asked for follow. Without it, `rooms`
    is the whole truth at `seq`, and everything control believed before is void.
    """

    boot_id: OpaqueId
    seq: int = Field(ge=0)
    resumed: bool
    rooms: list[RoomState] = []


class NodeLoad(_State):
    """Body of `GET /load`."""

    boot_id: OpaqueId
    rooms: int
    peers: int
    loop_lag_p95_ms: float
    cpu_ratio: float
    """Share of its one core that the process used over the last ten seconds."""
    draining: bool
    packet_core: Literal["python", "native"]


class ApiError(_State):
    """Body of every answer from 400 up."""

    code: str
    text: str
