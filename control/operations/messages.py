"""What an operator reads."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from control.http.wire import WireModel
from control.operations.model import FaultKind


class HealthStatus(StrEnum):
    """Whether control can work."""

    OK = "ok"
    DEGRADED = "degraded"


class Health(WireModel):
    """Whether control can work, and what does not."""

    status: HealthStatus
    troubles: list[str]
    """"node_away", or "task_failing: …" with the name of the background job."""


class NodeView(WireModel):
    """One media node, as the operator's page shows it."""

    id: str
    state: Literal["good", "busy", "draining", "away"]
    cpu_ratio: float | None
    """Of its one core, over the last ten seconds; null while it does not answer, as all below."""
    rooms: int | None
    peers: int | None
    loop_lag_p95_ms: float | None
    """How late it is in 95 % of the time."""
    packet_core: str | None
    """python or native."""
    began_at: datetime | None
    """When its process started."""
    version: str | None
    """Which Visavis runs there; null also of an older node, which does not tell it."""


class Samples(WireModel):
    """Columns of the same length, a row each ten seconds, the oldest first."""

    at: list[datetime]
    sessions: list[int]
    """In contact."""
    waiting: list[int]
    """Patients in a waiting room."""
    peers: list[int | None]
    """Connected browsers; null while no node told."""
    good: list[int]
    fair: list[int]
    poor: list[int]
    server: list[int]
    """Participants by the level of their line; `server`: not judged, since the node was late."""
    unknown: list[int]
    """And those of whom too little came to judge."""
    sent_up: list[int]
    lost_up: list[int]
    """Packets of sound from browsers in these ten seconds, and those that did not come at first."""
    sent_down: list[int]
    lost_down: list[int]
    """And to browsers, with those that browsers reported lost."""


class Bin(WireModel):
    """One column of a distribution."""

    up_to_s: float | None
    """null: more than the others."""
    count: int


class Distribution(WireModel):
    """How long something took, of all times in the two hours."""

    count: int
    p95_s: float | None
    """95 % took this long at most; a bound of a bin. null: none, or longer than every bound."""
    bins: list[Bin]


class ChannelView(WireModel):
    """Messages of one channel that has a gateway."""

    channel: str
    waiting: int
    sent: int
    """In 24 hours."""
    failed: int
    """Refused, given up or of unknown fate, in 24 hours."""
    oldest_waits_since: datetime | None


class FaultView(WireModel):
    """One trouble; the page has the sentence."""

    kind: FaultKind
    subject: str
    """A job, a node or a channel; never a person."""
    reason: str
    began_at: datetime
    last_at: datetime
    times: int
    lasts: bool


class Overview(WireModel):
    """Everything the operator's page shows: counts, never a name or an address."""

    now: datetime
    began_at: datetime
    """When this control started: what is older is forgotten."""
    version: str
    nodes: list[NodeView]
    samples: Samples
    joins: Distribution
    """From a browser's offer to the end of its handshake."""
    failed_joins: int
    """Browsers whose handshake was never done, in the two hours."""
    starts: Distribution
    """From ACCEPT to the first packet of sound."""
    gaps: Distribution
    """The longest gap in the sound from a browser in contact, of each second with one."""
    channels: list[ChannelView]
    faults: list[FaultView]
    """The newest first."""


class Draining(WireModel):
    """Body of `PUT /api/ops/nodes/{id}/drain`."""

    draining: bool
