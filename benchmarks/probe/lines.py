"""The lines that are measured, and what their own numbers call for. "Up" is from the patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from random import Random

from benchmarks.netlab.conditions import Conditions, GilbertElliott, steady
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
RANDOM = "random-"


def line_named(name: str) -> Line:
    """Return a line by its name; `random-7` is the seventh of those that nothing was tuned to."""
    return random_line(int(name[len(RANDOM) :])) if name.startswith(RANDOM) else LINES[name]


def random_line(seed: int) -> Line:
    """Return a line with any number of weaknesses, the same for the same seed."""
    random = Random(seed)
    rtt_s = _between(random, 0.010, 0.500)
    share = random.uniform(0.3, 0.7)
    up, down = (_random_way(random, rtt_s * each) for each in (share, 1 - share))
    name = f"{RANDOM}{seed}"
    return Line(Profile(name, f"{_says(up)} up, {_says(down)} down", steady(up), steady(down)))


def _random_way(random: Random, delay_s: float) -> Conditions:
    is_narrow, is_bucket = random.random() < 0.4, random.random() < 0.3
    is_lossy, is_bursty = random.random() < 0.5, random.random() < 0.3
    loss = _between(random, 0.003, 0.12)
    jitter_s = min(_between(random, 0.002, 0.025), delay_s) if random.random() < 0.4 else 0.0
    rate_bps, queue_s = _between(random, 250 * KBPS, 6000 * KBPS), random.uniform(0.05, 0.4)
    return Conditions(
        delay_s=round(delay_s, 4),
        jitter_s=round(jitter_s, 4),
        loss_ratio=round(loss, 4) if is_lossy and not is_bursty else 0.0,
        bursts=GilbertElliott.of(round(loss, 4), 4) if is_lossy and is_bursty else None,
        rate_bps=round(rate_bps, -3) if is_narrow else None,
        queue_s=round(queue_s, 2) if is_narrow else None,
        bucket_bytes=40_000 if is_narrow and is_bucket else 0,
    )


def _between(random: Random, low: float, high: float) -> float:
    """Return a number of any size between two as likely as of any other."""
    return exp(random.uniform(log(low), log(high)))


def _says(way: Conditions) -> str:
    parts = [f"{1000 * way.delay_s:.0f} ms"]
    if way.jitter_s:
        parts.append(f"± {1000 * way.jitter_s:.0f}")
    if loss_ratio(way):
        parts.append(f"{100 * loss_ratio(way):.1f} %{' in bursts' if way.bursts else ''}")
    if way.rate_bps:
        parts.append(f"{way.rate_bps / KBPS:,.0f} kbit/s")
    return " ".join(parts)
