"""What is measured of one browser's line, and what a check before the call reports."""

from __future__ import annotations

from pydantic import AwareDatetime

from sfu.messages.base import OpenEnum, State
from sfu.messages.page import Path


class Transit(OpenEnum):
    """How a peer's packets travel to the node."""

    UDP = "udp"
    TCP = "tcp"
    OTHER = "other"  # never sent: how control reads a way of a newer node


class Level(OpenEnum):
    """How good a line is, by the worst of what was measured (`docs/probes.md`)."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    NO_CALL = "no_call"
    UNKNOWN = "unknown"  # too few packets, or this node is at fault


class Cause(OpenEnum):
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


class DirectionQuality(State):
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


class LineQuality(State):
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


class CheckState(OpenEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by contact, a lost line or a page that left
    OTHER = "other"  # never sent: how control reads a state of a newer node


class DeviceVerdict(OpenEnum):
    """What the packets of a device say of it."""

    WORKS = "works"
    QUIET = "quiet"  # packets of sound arrive, and nobody was loud enough to tell
    BLACK = "black"  # frames of almost nothing: a black picture compresses to that
    FROZEN = "frozen"  # frames stopped
    MISSING = "missing"  # no packet came
    UNKNOWN = "unknown"


class PathState(OpenEnum):
    """What is known of one way to the node."""

    REACHED = "reached"
    BLOCKED = "blocked"  # the browser tried it, as its page says, and nothing came
    NOT_TRIED = "not_tried"  # or it gave it up because another one worked
    OTHER = "other"  # never sent: how control reads a state of a newer node


class PathReach(State):
    """Whether a browser reached the node by one way, and how soon."""

    state: PathState = PathState.NOT_TRIED
    took_ms: int | None = None
    """From the offer to the first connectivity check on it; None where that was not at once."""


class ReachReport(State):
    """By which ways a browser reached the node. TURN is told from UDP by the page's word."""

    udp: PathReach = PathReach()
    tcp: PathReach = PathReach()
    turn: PathReach = PathReach()
    in_use: Path | None = None


class CheckReport(State):
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
    reach: ReachReport | None = None
    """None from an older node."""
    quality: LineQuality
    microphone: DeviceVerdict = DeviceVerdict.UNKNOWN
    camera: DeviceVerdict = DeviceVerdict.UNKNOWN
