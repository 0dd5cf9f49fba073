"""What one direction of a line does to packets, and when it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class GilbertElliott:
    """Loss in bursts: a two-state chain stepped once a packet (Elliott 1963).

    The step is taken first, then the packet is lost with the ratio of the state it is in.
    """

    good_to_bad: float
    bad_to_good: float
    loss_good: float = 0.0
    loss_bad: float = 1.0

    def __post_init__(self) -> None:
        for value in (self.good_to_bad, self.bad_to_good, self.loss_good, self.loss_bad):
            _require_ratio("Gilbert-Elliott", value)

    @classmethod
    def of(cls, loss_ratio: float, burst_packets: float) -> Self:
        """Make the simple Gilbert chain of a mean loss and a mean run of lost packets."""
        if not 0 <= loss_ratio < 1 or burst_packets < 1:
            raise ValueError("loss must be below 1 and a burst at least one packet")
        leave = 1 / burst_packets
        enter = leave * loss_ratio / (1 - loss_ratio)
        return cls(good_to_bad=enter, bad_to_good=leave)

    @property
    def loss_ratio(self) -> float:
        """The mean loss of a long run."""
        total = self.good_to_bad + self.bad_to_good
        bad = self.good_to_bad / total if total else 0.0
        return bad * self.loss_bad + (1 - bad) * self.loss_good


@dataclass(frozen=True, slots=True)
class Conditions:
    """One direction, one way. Seconds, bits and bytes of whole IP packets (headers included).

    A packet passes the bottleneck, may then be lost (a lost packet has used its line time, as
    on radio), and travels for the delay. Duplicates arise behind the bottleneck.
    """

    delay_s: float = 0.0
    #: Uniform within ±jitter_s, or with `jitter_gaussian` its standard deviation; each packet
    #: its own. While order is kept, a packet waits for the one before it.
    jitter_s: float = 0.0
    jitter_gaussian: bool = False
    keep_order: bool = True
    loss_ratio: float = 0.0
    bursts: GilbertElliott | None = None
    rate_bps: float | None = None
    #: What an idle line may send at once; 0 is a serial line.
    bucket_bytes: int = 0
    #: The queue's bound in bytes, in seconds at the present rate, or the smaller of both.
    queue_bytes: int | None = None
    queue_s: float | None = None
    duplicate_ratio: float = 0.0
    #: This share of packets is held back for `reorder_s` more, and may be overtaken.
    reorder_ratio: float = 0.0
    reorder_s: float = 0.0
    #: Nothing passes, and what waits is lost.
    outage: bool = False
    udp_blocked: bool = False

    def __post_init__(self) -> None:
        for name in ("loss_ratio", "duplicate_ratio", "reorder_ratio"):
            _require_ratio(name, getattr(self, name))
        for name in ("delay_s", "jitter_s", "reorder_s", "bucket_bytes"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
        for name in ("rate_bps", "queue_bytes", "queue_s"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name} must be above zero, or None for no limit")


@dataclass(frozen=True, slots=True)
class Step:
    """From `at_s` seconds after the schedule began, these conditions hold."""

    at_s: float
    conditions: Conditions


Schedule = tuple[Step, ...]


def steady(conditions: Conditions) -> Schedule:
    """Make the schedule of a line that never changes."""
    return (Step(0.0, conditions),)


def check_schedule(schedule: Schedule) -> None:
    """Raise ValueError unless the schedule begins at 0 and its times ascend."""
    times = [step.at_s for step in schedule]
    if not times or times[0] != 0 or times != sorted(times):
        raise ValueError("a schedule begins at 0 s and its times ascend")


def _require_ratio(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1, not {value}")
