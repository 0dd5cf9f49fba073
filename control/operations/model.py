"""What the operator's page shows of the last two hours, in memory. PURE: the time is given.

A sample is taken every ten seconds. Counters of a node come as totals since its start; a sample
holds what was added, so that a node that starts anew loses nothing but its last seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

STEP_S = 10
KEPT = timedelta(hours=2)
MOST_SAMPLES = int(KEPT.total_seconds()) // STEP_S
MOST_FAULTS = 50
SAME_WITHIN = timedelta(minutes=10)
"""What happens again within this is told as one."""

BUSY_LAG_MS = 20.0  # half a packet interval of sound and what a jitter buffer takes easily
BUSY_CPU_RATIO = 0.8

Buckets = Sequence[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Levels:
    """Participants that are connected, by how their line is."""

    good: int = 0
    fair: int = 0
    poor: int = 0
    server: int = 0
    """Nobody's line is judged: the node was late itself."""
    unknown: int = 0
    """Too little has come to judge."""


@dataclass(frozen=True, slots=True)
class Added:
    """What a node's counters grew by in one step."""

    sent_up: int = 0
    """Packets of sound that browsers sent."""
    lost_up: int = 0
    """Of these, those that did not come the first time."""
    sent_down: int = 0
    """Packets of sound that were relayed to browsers."""
    lost_down: int = 0
    """Of these, those that browsers reported lost."""
    failed_joins: int = 0
    joins: tuple[int, ...] = ()
    """By how long it took, one for each bound of `History.join_bounds_s`."""
    starts: tuple[int, ...] = ()
    """From ACCEPT to the first packet of sound, likewise."""
    gaps: tuple[int, ...] = ()
    """Seconds of sound from browsers with a gap, by the longest, likewise."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How it was at one instant, and what was added since the one before."""

    at: datetime
    sessions: int
    """In contact."""
    waiting: int
    """Patients in a waiting room."""
    peers: int | None
    """Connected browsers; None while no node tells."""
    levels: Levels
    added: Added


class Growth:
    """Turns totals into what was added; a total that fell began anew.

    Args:
        from_zero: Whoever counts began with us, so what is found first was added too.
    """

    def __init__(self, *, from_zero: bool = False) -> None:
        self._from_zero = from_zero
        self._totals: dict[str, float] = {}

    def take(self, name: str, total: float | None) -> int:
        """Return what was added since the last time; 0 where no total is told.

        The first time that is nothing, or with `from_zero` all of it.
        """
        if total is None:
            return 0
        before = self._totals.get(name, 0 if self._from_zero else total)
        self._totals[name] = total
        return int(total - before if total >= before else total)

    def take_buckets(self, name: str, buckets: Buckets) -> tuple[int, ...]:
        """Return what was added to each bucket, of cumulative counts."""
        below, own = 0, []
        for _, count in buckets:
            own.append(count - below)
            below = count
        return tuple(self.take(f"{name} {number}", each) for number, each in enumerate(own))


@dataclass(slots=True)
class History:
    """The samples of the last two hours; empty when control starts."""

    began_at: datetime
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=MOST_SAMPLES))
    join_bounds_s: tuple[float, ...] = ()
    start_bounds_s: tuple[float, ...] = ()
    gap_bounds_s: tuple[float, ...] = ()

    def after(self, at: datetime | None) -> list[Sample]:
        """Return the samples later than this, oldest first; all for None."""
        return [sample for sample in self.samples if at is None or sample.at > at]


def summed(rows: Iterable[tuple[int, ...]], length: int) -> list[int]:
    """Return the sum of each column; rows of another length are of another node's bounds."""
    total = [0] * length
    for row in rows:
        if len(row) == length:
            total = [one + more for one, more in zip(total, row, strict=True)]
    return total


class FaultKind(StrEnum):
    """What went wrong; the page has a sentence for each."""

    TASK = "task"
    """A background job of control fails: `subject` is its name, `reason` the class of the error."""
    DATABASE = "database"
    """`reason` is away, gone or damaged."""
    NODE_AWAY = "node_away"
    NODE_RESTARTED = "node_restarted"
    NODE_BUSY = "node_busy"
    NODE_STALLED = "node_stalled"
    """Its process stood still for half a second or more, so many times."""
    NODE_FULL = "node_full"
    """It refused so many joins."""
    NODE_BUG = "node_bug"
    """It closed so many connections because of an error of its own."""
    HANDSHAKES = "handshakes"
    """So many browsers never got connected: `reason` is no_check where nothing came at all."""
    GATEWAY = "gateway"
    """`subject` is the channel, `reason` why it does not take messages now."""
    REFUSED = "refused"
    """`subject` is the channel: so many messages were refused for good."""


@dataclass(slots=True)
class Fault:
    """One trouble, as long as it lasted."""

    kind: FaultKind
    subject: str
    reason: str
    began_at: datetime
    last_at: datetime
    times: int = 1
    lasts: bool = False


class Faults:
    """The last troubles, bounded."""

    def __init__(self) -> None:
        self._faults: deque[Fault] = deque(maxlen=MOST_FAULTS)

    def __iter__(self) -> Iterator[Fault]:
        """Yield them, the newest first."""
        return iter(sorted(self._faults, key=lambda fault: fault.last_at, reverse=True))

    def begin(self, kind: FaultKind, subject: str = "", reason: str = "", *, now: datetime) -> None:
        """Note a trouble that lasts until `end`; again while it does is no other."""
        fault = self._lasting(kind, subject)
        if fault is None:
            self._faults.append(Fault(kind, subject, reason, now, now, lasts=True))
        else:
            fault.reason, fault.last_at = reason, now

    def end(self, kind: FaultKind, subject: str = "", *, now: datetime) -> None:
        fault = self._lasting(kind, subject)
        if fault is not None:
            fault.lasts, fault.last_at = False, now

    def lasting(self, kind: FaultKind) -> list[str]:
        """Return the subjects of what lasts."""
        return [fault.subject for fault in self._faults if fault.lasts and fault.kind is kind]

    def note(
        self,
        kind: FaultKind,
        subject: str = "",
        reason: str = "",
        *,
        times: int = 1,
        now: datetime,
    ) -> None:
        """Note what has happened so many times, with what was alike a short while before."""
        if times <= 0:
            return
        for fault in self._faults:
            alike = (fault.kind, fault.subject, fault.reason) == (kind, subject, reason)
            if alike and now - fault.last_at <= SAME_WITHIN:
                fault.last_at, fault.times = now, fault.times + times
                return
        self._faults.append(Fault(kind, subject, reason, now, now, times))

    def _lasting(self, kind: FaultKind, subject: str) -> Fault | None:
        for fault in self._faults:
            if fault.lasts and (fault.kind, fault.subject) == (kind, subject):
                return fault
        return None
