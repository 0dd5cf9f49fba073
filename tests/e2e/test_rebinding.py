"""What a call loses when the patient's NAT is rebound, or the address changes.

Across the emulated line; more changes, and what each costs: `python -m benchmarks.rebinding`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.netlab.fixture import skip_unless_available
from benchmarks.rebinding.call import SETTLE_S, Change, Kind, Scene, in_call
from tests.e2e.harness.firefox import MISSING
from tests.support.media import MediaFiles

LOOK_S = 3.0
BOUND_MS = 1000.0

needs_firefox = pytest.mark.skipif(MISSING, reason="needs Firefox and Node on PATH")


@pytest.mark.idle
@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("chromium-before", ("rebound", "moved")),
        ("chromium-after", ("rebound", "moved")),
        pytest.param("firefox", ("rebound",), marks=needs_firefox),
    ],
)
async def test_changed_network_costs_less_than_a_second_both_ways(
    kind: Kind, changes: tuple[Change, ...], media: dict[str, MediaFiles], tmp_path: Path
) -> None:
    skip_unless_available()
    async with in_call(kind, media, tmp_path) as scene:
        await asyncio.sleep(SETTLE_S)
        for change in changes:
            await scene.change(change, LOOK_S)
        worst = await _worst_ms(scene)
        assert await scene.restarts() == 0, "the node followed before the page noticed"
    assert worst <= BOUND_MS


async def _worst_ms(scene: Scene) -> float:
    costs = await scene.costs()
    return max(
        gap for cost in costs for gap in (*cost.to_therapist.values(), *cost.to_patient.values())
    )
