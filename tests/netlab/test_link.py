"""One direction of a line, in virtual time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import groupby, pairwise
from statistics import fmean, pstdev

import pytest

from benchmarks.netlab.conditions import Conditions, GilbertElliott, Schedule, Step, steady
from benchmarks.netlab.link import Fate, Link, Outcome

SEEDS = (1, 2)


def carry(
    conditions: Conditions | Schedule,
    times: Iterable[float],
    *,
    size_bytes: int = 200,
    seed: int = 1,
    is_udp: bool = False,
) -> list[Outcome[int]]:
    """Send one packet at each time, numbered from 0, and return what became of them all."""
    schedule = steady(conditions) if isinstance(conditions, Conditions) else conditions
    link: Link[int] = Link(schedule, seed=seed)
    outcomes = []
    for number, at in enumerate(times):
        outcomes += link.poll(at)
        link.send(number, size_bytes, at, is_udp=is_udp)
    while (due := link.next_timeout()) is not None:
        outcomes += link.poll(due)
    return outcomes + link.poll(math.inf)


def every(seconds: float, count: int, start: float = 0.0) -> list[float]:
    return [start + number * seconds for number in range(count)]


def delivered(outcomes: list[Outcome[int]]) -> list[int]:
    return [outcome.packet for outcome in outcomes if outcome.fate is Fate.DELIVERED]


def delays(outcomes: list[Outcome[int]], times: list[float]) -> list[float]:
    return [o.at - times[o.packet] for o in outcomes if o.fate is Fate.DELIVERED]


def lost_by_number(outcomes: list[Outcome[int]]) -> list[bool]:
    return [o.fate is Fate.LOST for o in sorted(outcomes, key=lambda o: o.packet)]


def test_a_line_with_nothing_in_the_way_delivers_at_once() -> None:
    outcomes = carry(Conditions(), [1.0, 2.0])
    assert outcomes == [
        Outcome(1.0, 0, Fate.DELIVERED, False),
        Outcome(2.0, 1, Fate.DELIVERED, False),
    ]


def test_every_packet_is_delayed_by_the_delay() -> None:
    times = every(0.02, 50)
    assert delays(carry(Conditions(delay_s=0.3), times), times) == pytest.approx([0.3] * 50)


def test_nothing_comes_out_before_its_deadline() -> None:
    link: Link[str] = Link(steady(Conditions(delay_s=0.05)), seed=1)
    link.send("a", 100, 1.0)
    assert link.next_timeout() == pytest.approx(1.05)
    assert link.poll(1.049) == []
    assert [outcome.packet for outcome in link.poll(1.051)] == ["a"]
    assert link.next_timeout() is None


def test_a_late_poll_does_not_move_the_deadline() -> None:
    link: Link[str] = Link(steady(Conditions(delay_s=0.05, rate_bps=80_000)), seed=1)
    link.send("a", 1000, 0.0)
    link.send("b", 1000, 0.0)
    assert [outcome.at for outcome in link.poll(9.0)] == pytest.approx([0.15, 0.25])


@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_jitter_fills_its_range_around_the_delay(seed: int) -> None:
    times = every(1.0, 5000)
    seen = delays(carry(Conditions(delay_s=0.06, jitter_s=0.015), times, seed=seed), times)
    assert 0.045 <= min(seen) < 0.0451
    assert 0.0749 < max(seen) <= 0.075
    assert fmean(seen) == pytest.approx(0.06, abs=5 * 0.015 / math.sqrt(3 * 5000))
    differences = [abs(b - a) for a, b in pairwise(seen)]
    assert fmean(differences) == pytest.approx(0.667 * 0.015, rel=0.05)  # PROBES.md, formulas


def test_gaussian_jitter_has_its_standard_deviation() -> None:
    times = every(1.0, 5000)
    conditions = Conditions(delay_s=0.1, jitter_s=0.01, jitter_gaussian=True)
    seen = delays(carry(conditions, times), times)
    assert pstdev(seen) == pytest.approx(0.01, rel=0.05)
    differences = [abs(b - a) for a, b in pairwise(seen)]
    assert fmean(differences) == pytest.approx(1.128 * 0.01, rel=0.05)


def test_jitter_beyond_the_delay_never_delivers_before_sending() -> None:
    times = every(1.0, 500)
    assert min(delays(carry(Conditions(delay_s=0.01, jitter_s=0.05), times), times)) == 0.0


def test_jitter_keeps_the_order_unless_asked_otherwise() -> None:
    times = every(0.001, 2000)
    kept = delivered(carry(Conditions(delay_s=0.05, jitter_s=0.02), times))
    assert kept == sorted(kept)
    free = delivered(carry(Conditions(delay_s=0.05, jitter_s=0.02, keep_order=False), times))
    assert free != sorted(free)
    assert sorted(free) == kept


def test_the_order_is_kept_when_the_delay_falls() -> None:
    schedule = (Step(0.0, Conditions(delay_s=0.3)), Step(1.0, Conditions(delay_s=0.01)))
    outcomes = carry(schedule, [0.99, 1.0, 1.01])
    assert delivered(outcomes) == [0, 1, 2]
    assert [outcome.at for outcome in outcomes] == pytest.approx([1.29, 1.29, 1.29])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("ratio", [0.01, 0.05, 0.3])
def test_random_loss_lies_within_four_standard_errors(ratio: float, seed: int) -> None:
    count = 5000
    outcomes = carry(Conditions(loss_ratio=ratio), every(0.001, count), seed=seed)
    lost = sum(outcome.fate is Fate.LOST for outcome in outcomes)
    assert abs(lost - count * ratio) < 4 * math.sqrt(count * ratio * (1 - ratio))


@pytest.mark.parametrize("seed", SEEDS)
def test_random_losses_do_not_come_in_bursts(seed: int) -> None:
    lost = lost_by_number(carry(Conditions(loss_ratio=0.1), every(0.001, 10_000), seed=seed))
    assert _mean_run(lost) == pytest.approx(1 / 0.9, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("ratio", "burst"), [(0.03, 5), (0.1, 3)])
def test_bursts_have_their_length_and_their_share(ratio: float, burst: float, seed: int) -> None:
    count = 20_000
    conditions = Conditions(bursts=GilbertElliott.of(ratio, burst))
    lost = lost_by_number(carry(conditions, every(0.001, count), seed=seed))
    bursts = count * ratio / burst
    spread = math.sqrt(burst * (burst - 1))  # of a geometric length
    assert abs(_mean_run(lost) - burst) < 4 * spread / math.sqrt(bursts)
    alike = 1 - 1 / burst - ratio / burst / (1 - ratio)
    error = math.sqrt(ratio * (1 - ratio) / count * (1 + alike) / (1 - alike))
    assert abs(fmean(lost) - ratio) < 4 * error


def test_the_good_state_may_lose_and_the_bad_state_spare() -> None:
    chain = GilbertElliott(0.05, 0.2, loss_good=0.02, loss_bad=0.6)
    lost = lost_by_number(carry(Conditions(bursts=chain), every(0.001, 20_000)))
    assert fmean(lost) == pytest.approx(chain.loss_ratio, rel=0.1)


def _mean_run(lost: list[bool]) -> float:
    runs = [len(list(run)) for was_lost, run in groupby(lost) if was_lost]
    return fmean(runs)


def test_the_same_seed_decides_the_same_and_another_does_not() -> None:
    conditions = Conditions(
        delay_s=0.05, jitter_s=0.02, loss_ratio=0.1, duplicate_ratio=0.1, reorder_ratio=0.1
    )
    times = every(0.01, 500)
    assert carry(conditions, times, seed=4) == carry(conditions, times, seed=4)
    assert carry(conditions, times, seed=4) != carry(conditions, times, seed=5)


def test_what_happens_to_the_nth_packet_does_not_depend_on_punctuality() -> None:
    conditions = Conditions(delay_s=0.05, loss_ratio=0.2, bursts=GilbertElliott.of(0.1, 4))
    punctual = lost_by_number(carry(conditions, every(0.01, 1000)))
    jerky = lost_by_number(carry(conditions, [n // 7 * 0.09 for n in range(1000)]))
    assert punctual == jerky


def test_another_condition_does_not_change_which_packets_are_lost() -> None:
    times = every(0.01, 1000)
    plain = lost_by_number(carry(Conditions(loss_ratio=0.1), times))
    jittery = lost_by_number(carry(Conditions(loss_ratio=0.1, jitter_s=0.1, delay_s=0.1), times))
    assert plain == jittery


def test_a_full_line_delivers_its_rate_and_drops_the_rest_from_the_queue() -> None:
    # 600 kbps and 300 ms hold 22,500 bytes; 1,200 kbps offered for 10 s.
    conditions = Conditions(delay_s=0.02, rate_bps=600_000, queue_s=0.3)
    times = every(0.008, 1250)
    outcomes = carry(conditions, times, size_bytes=1200)
    arrivals = [o.at for o in outcomes if o.fate is Fate.DELIVERED]
    rate = (len(arrivals) - 1) * 1200 * 8 / (arrivals[-1] - arrivals[0])
    assert rate == pytest.approx(600_000, rel=1e-6)
    assert max(delays(outcomes, times)) == pytest.approx(0.32, abs=0.017)
    assert max(delays(outcomes, times)) <= 0.32
    assert len(arrivals) + sum(o.fate is Fate.QUEUE_FULL for o in outcomes) == 1250


def test_lost_packets_have_used_the_line() -> None:
    conditions = Conditions(rate_bps=80_000, loss_ratio=0.5)
    outcomes = carry(conditions, [0.0] * 100, size_bytes=1000)
    assert max(o.at for o in outcomes) == pytest.approx(10.0)


def test_duplicates_come_as_often_as_asked_and_say_so() -> None:
    outcomes = carry(Conditions(duplicate_ratio=0.1), every(0.001, 10_000))
    copies = [outcome.packet for outcome in outcomes if outcome.copy]
    assert len(outcomes) == 10_000 + len(copies)
    assert len(copies) == pytest.approx(1000, abs=4 * 30)
    assert len(set(copies)) == len(copies)


def test_held_back_packets_are_overtaken_and_no_others() -> None:
    conditions = Conditions(delay_s=0.02, reorder_ratio=0.05, reorder_s=0.025)
    times = every(0.01, 4000)
    outcomes = carry(conditions, times)
    held = {o.packet for o in outcomes if o.at - times[o.packet] > 0.03}
    assert len(held) == pytest.approx(200, abs=4 * 14)
    order = delivered(outcomes)
    overtaken = {a for a, b in pairwise(order) if b < a}
    assert overtaken.isdisjoint(held)
    rest = [number for number in order if number not in held]
    assert rest == sorted(rest)


def test_which_packets_are_doubled_does_not_say_which_are_held_back() -> None:
    conditions = Conditions(duplicate_ratio=0.2, reorder_ratio=0.2, reorder_s=1.0)
    outcomes = carry(conditions, every(10.0, 2000))
    doubled = {o.packet for o in outcomes if o.copy}
    held = {o.packet for o in outcomes if o.at > o.packet * 10.0 + 0.5}
    assert len(doubled & held) == pytest.approx(2000 * 0.2 * 0.2, abs=4 * 9)


def test_blocked_udp_drops_udp_alone() -> None:
    conditions = Conditions(udp_blocked=True)
    assert [o.fate for o in carry(conditions, [0.0], is_udp=True)] == [Fate.BLOCKED]
    assert [o.fate for o in carry(conditions, [0.0], is_udp=False)] == [Fate.DELIVERED]


def test_in_an_outage_nothing_passes_and_before_and_after_everything_does() -> None:
    whole = Conditions(delay_s=0.05)
    schedule = (Step(0.0, whole), Step(1.0, Conditions(outage=True)), Step(2.0, whole))
    outcomes = carry(schedule, every(0.1, 30, start=0.05))
    fates = {o.packet: o.fate for o in outcomes}
    assert [n for n, fate in fates.items() if fate is Fate.OUTAGE] == list(range(10, 20))
    assert len(delivered(outcomes)) == 20


def test_an_outage_loses_what_waits_in_the_queue() -> None:
    slow = Conditions(rate_bps=80_000)
    schedule = (Step(0.0, slow), Step(0.25, Conditions(rate_bps=80_000, outage=True)))
    fates = [o.fate for o in carry(schedule, [0.0] * 4, size_bytes=1000)]
    assert sorted(fates) == sorted([Fate.DELIVERED] * 2 + [Fate.OUTAGE] * 2)


def test_a_capacity_step_is_exact_with_a_queue_standing() -> None:
    fast, slow = Conditions(rate_bps=2e6), Conditions(rate_bps=4e5)
    schedule = (Step(0.0, fast), Step(1.0, slow), Step(2.0, fast))
    outcomes = carry(schedule, [0.0] * 1000, size_bytes=1000)

    def bits(begin: float, end: float) -> int:
        return sum(8000 for o in outcomes if begin < o.at <= end)

    assert bits(0, 1) == pytest.approx(2e6, abs=8000)
    assert bits(1, 2) == pytest.approx(4e5, abs=8000)
    assert bits(2, 3) == pytest.approx(2e6, abs=8000)


def test_a_change_wakes_the_link_when_packets_wait() -> None:
    schedule = (Step(0.0, Conditions(rate_bps=8_000)), Step(0.5, Conditions(rate_bps=8e6)))
    link: Link[int] = Link(schedule, seed=1)
    assert link.next_timeout() is None
    link.send(0, 10_000, 0.0)
    assert link.next_timeout() == pytest.approx(0.5)
    link.poll(0.5)
    assert link.next_timeout() == pytest.approx(0.5 + (10_000 - 500) * 8 / 8e6)


def test_a_new_schedule_begins_when_applied_and_spares_what_travels() -> None:
    link: Link[int] = Link(steady(Conditions(delay_s=1.0)), seed=1, now=100.0)
    link.send(0, 100, 100.0)
    link.apply((Step(0.0, Conditions()), Step(2.0, Conditions(outage=True))), 100.5)
    link.send(1, 100, 102.0)
    link.send(2, 100, 102.6)
    outcomes = link.poll(103.0)
    assert [(o.packet, o.fate) for o in outcomes] == [
        (2, Fate.OUTAGE),
        (0, Fate.DELIVERED),
        (1, Fate.DELIVERED),
    ]
    assert outcomes[1].at == pytest.approx(101.0)
    assert link.conditions.outage
