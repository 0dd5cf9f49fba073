"""The lines worth keeping. "Up" is from the client's side to the server's.

Delays named by one figure (DSL 30 ms, LTE 60 ± 15 ms) are round trips, half of them each way;
the satellite's is each way. Lines known by their capacity have a round trip of 50 ms. A rate
or a loss nobody named is not limited: a profile has one weakness, so that a verdict on it can
be right or wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.netlab.conditions import (
    Conditions,
    GilbertElliott,
    Schedule,
    Step,
    check_schedule,
    steady,
)

KBPS = 1000.0
BASE = Conditions(delay_s=0.025)


@dataclass(frozen=True, slots=True)
class Profile:
    """A line with both its directions."""

    name: str
    says: str
    up: Schedule
    down: Schedule

    def __post_init__(self) -> None:
        check_schedule(self.up)
        check_schedule(self.down)


def both_ways(name: str, says: str, conditions: Conditions) -> Profile:
    """Make a line that is the same up and down."""
    return Profile(name, says, steady(conditions), steady(conditions))


def one_way(
    name: str, says: str, *, up: Conditions | None = None, down: Conditions | None = None
) -> Profile:
    """Make a line with its own conditions up or down; a direction not given is `BASE`."""
    return Profile(name, says, steady(up or BASE), steady(down or BASE))


def limited(rate_bps: float, queue_s: float) -> Conditions:
    """Make `BASE` with a bottleneck."""
    return replace(BASE, rate_bps=rate_bps, queue_s=queue_s)


def capacity_step(
    fall_s: float = 20.0, rise_s: float = 40.0, high_bps: float = 2e6, low_bps: float = 4e5
) -> Profile:
    """Make a line whose capacity falls and comes back, both ways at once."""
    high, low = limited(high_bps, 0.3), limited(low_bps, 0.3)
    schedule = (Step(0.0, high), Step(fall_s, low), Step(rise_s, high))
    says = (
        f"{high_bps / KBPS:,.0f} kbps, {low_bps / KBPS:,.0f} from {fall_s:g} s to {rise_s:g} s, "
        "300 ms queue"
    )
    return Profile("capacity-step", says, schedule, schedule)


def outage(from_s: float = 10.0, to_s: float = 13.0, conditions: Conditions = BASE) -> Profile:
    """Make a line on which nothing passes for a while, either way."""
    broken = replace(conditions, outage=True)
    schedule = (Step(0.0, conditions), Step(from_s, broken), Step(to_s, conditions))
    return Profile("outage", f"nothing passes from {from_s:g} s to {to_s:g} s", schedule, schedule)


def _bottlenecks() -> list[Profile]:
    return [
        both_ways(
            f"{rate}k-{queue}ms",
            f"{rate:,} kbps each way, {queue} ms queue",
            limited(rate * KBPS, queue / 1000),
        )
        for rate in (300, 600, 1200)
        for queue in (80, 300)
    ]


PROFILES = {
    profile.name: profile
    for profile in (
        both_ways("lan", "nothing in the way", Conditions()),
        both_ways("dsl", "30 ms round trip", Conditions(delay_s=0.015)),
        both_ways("lte", "60 ± 15 ms round trip", Conditions(delay_s=0.030, jitter_s=0.0075)),
        both_ways(
            "wifi-bad",
            "3 % loss each way in bursts of 5",
            Conditions(delay_s=0.010, bursts=GilbertElliott.of(0.03, 5)),
        ),
        both_ways("satellite", "300 ms each way", Conditions(delay_s=0.300)),
        *_bottlenecks(),
        one_way("up-250k", "250 kbps up, 300 ms queue", up=limited(250 * KBPS, 0.3)),
        one_way("down-loss-8", "8 % random loss down", down=replace(BASE, loss_ratio=0.08)),
        both_ways("udp-blocked", "no UDP passes", replace(BASE, udp_blocked=True)),
        capacity_step(),
        outage(),
    )
}
