"""The lines that are measured, and what their own numbers call for. "Up" is from the patient."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.netlab.conditions import Conditions
from benchmarks.netlab.profiles import BASE, KBPS, PROFILES, Profile, both_ways, limited, one_way
from benchmarks.probe.levels import Numbers, Right, right_of

UNIFORM_P95 = 1.9
"""The 95th percentile of a delay within ±1 above its least, 0.95 × 2."""
GAUSSIAN_P95 = 4.4
"""The same of one with a standard deviation of 1: 1.64 above the mean, and the least of a few
hundred some 2.75 below it."""
CLEAN = both_ways("clean", "25 ms each way", BASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stays as it is."""

    profile: Profile

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def up(self) -> Conditions:
        return self.profile.up[0].conditions

    @property
    def down(self) -> Conditions:
        return self.profile.down[0].conditions

    @property
    def numbers(self) -> Numbers:
        """What the line was made of."""
        up, down = self.up, self.down
        return Numbers(
            rtt_ms=1000 * (up.delay_s + down.delay_s),
            loss_up=loss_ratio(up),
            loss_down=loss_ratio(down),
            variation_up_ms=variation_ms(up),
            variation_down_ms=variation_ms(down),
            capacity_up_bps=up.rate_bps,
            capacity_down_bps=down.rate_bps,
            bloat_ms=1000 * max(up.queue_s or 0.0, down.queue_s or 0.0),
        )

    @property
    def right(self) -> Right:
        """What its own numbers call for."""
        return right_of(self.numbers)

    @property
    def is_rough(self) -> bool:
        """Whether it loses packets or delays them unevenly, either way: capacity may miss more."""
        return any(loss_ratio(way) > 0 or way.jitter_s > 0 for way in (self.up, self.down))


def loss_ratio(way: Conditions) -> float:
    """Return the share of packets that a direction loses by chance."""
    bursts = way.bursts.loss_ratio if way.bursts else 0.0
    return round(1 - (1 - way.loss_ratio) * (1 - bursts), 9)


def variation_ms(way: Conditions) -> float:
    """Return the 95th percentile of its delay above the least, by its jitter alone."""
    return 1000 * way.jitter_s * (GAUSSIAN_P95 if way.jitter_gaussian else UNIFORM_P95)


def _own() -> list[Profile]:
    """Return the lines that netlab has no name for."""
    return [
        both_ways("overseas", "110 ms each way", Conditions(delay_s=0.110)),
        both_ways("loss-1", "1 % random loss each way", replace(BASE, loss_ratio=0.01)),
        both_ways(
            "loss-5-jitter-15",
            "5 % random loss and ± 15 ms each way",
            replace(BASE, loss_ratio=0.05, jitter_s=0.015),
        ),
        both_ways(
            "token-bucket",
            "800 kbps each way behind a bucket of 60 kB, 300 ms queue",
            replace(limited(800 * KBPS, 0.3), bucket_bytes=60_000),
        ),
        one_way(
            "up-loss-4",
            "4 % random loss up, 1 % down",
            up=replace(BASE, loss_ratio=0.04),
            down=replace(BASE, loss_ratio=0.01),
        ),
        both_ways("5000k", "5,000 kbps each way, 80 ms queue", limited(5000 * KBPS, 0.08)),
    ]


_NAMED = (
    "lan",
    "dsl",
    "lte",
    "wifi-bad",
    "satellite",
    "300k-80ms",
    "300k-300ms",
    "600k-80ms",
    "600k-300ms",
    "1200k-80ms",
    "1200k-300ms",
    "up-250k",
    "down-loss-8",
)

LINES = {profile.name: Line(profile) for profile in (*(PROFILES[name] for name in _NAMED), *_own())}
SHORT = ("down-loss-8", "600k-80ms")
