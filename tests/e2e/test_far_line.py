"""A patient across an emulated line of 50 ms: what is measured of it, and sound that lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest_asyncio

from benchmarks.netlab.fixture import skip_unless_available, usable
from benchmarks.netlab.profiles import BASE, both_ways, one_way
from sfu.config import Config
from sfu.io.node import running
from sfu.messages import Role, RoomCommand
from tests.e2e.harness import bare
from tests.e2e.harness.line import FarVisits, across
from tests.e2e.harness.page import Watched, eventually
from tests.support.media import MediaFiles

RTT_MS = 50.0
CLEAN = both_ways("clean", "25 ms each way", BASE)
LOSSY = one_way("lossy", "10 % lost to the patient", down=replace(BASE, loss_ratio=0.1))
SOUND = """async (type) => {
    const live = window.__probe.pcs.filter((pc) => pc.connectionState === "connected");
    const stats = await Promise.all(live.map((pc) => pc.getStats()));
    const all = stats.flatMap((it) => [...it.values()]);
    return all.find((it) => it.type === type && it.kind === "audio") ?? {};
}"""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def far(media: dict[str, MediaFiles], tmp_path_factory: Any) -> AsyncIterator[FarVisits]:
    skip_unless_available()
    async with across(CLEAN, media, tmp_path_factory.mktemp("far")) as far:
        yield far


async def test_the_round_trip_of_who_only_receives_is_measured(far: FarVisits) -> None:
    config = Config(token="a-token-for-tests", api_port=0, media_port=0)
    async with running(config) as node:
        engine = node.worker.engine
        node.worker.run(engine.ensure_room, "quiet", RoomCommand())
        page = await bare.join(far.browsers.patient, node, "quiet", Role.PATIENT, sends=False)

        async def rtt_ms() -> float | None:
            (peer,) = node.worker.run(engine.room_state, "quiet").peers
            return peer.rtt_ms

        measured = [await eventually(rtt_ms, "a round trip by RTCP XR")]
        for _ in range(3):
            await asyncio.sleep(1.0)
            measured.append(await rtt_ms() or 0.0)
        await page.close()
    usable(far.lab)
    assert all(abs(ms - RTT_MS) <= 5 for ms in measured), measured


async def test_loss_on_the_far_downlink_turns_up_the_publishers_redundancy(far: FarVisits) -> None:
    visit = await far.visits.in_contact()
    await asyncio.sleep(2)
    assert await _told_loss(visit.therapist) < 0.02
    assert await _redundancy(visit.patient) == 0
    far.lab.apply(LOSSY)

    async def told() -> bool:
        return await _told_loss(visit.therapist) >= 0.04

    async def redundant() -> bool:
        return await _redundancy(visit.patient) > 0

    await eventually(told, "the therapist's browser to know of the loss", within_s=30)
    await eventually(redundant, "forward error correction at the patient's", within_s=30)
    assert await _told_loss(visit.patient) < 0.02  # its own way to us loses nothing
    usable(far.lab)


async def _told_loss(who: Watched) -> float:
    """The fraction of sound that the node tells this publisher is lost."""
    stats = await who.page.evaluate(SOUND, "remote-inbound-rtp")
    return float(stats.get("fractionLost", 0.0))


async def _redundancy(who: Watched) -> int:
    """Packets of in-band error correction that came here, used or not."""
    stats = await who.page.evaluate(SOUND, "inbound-rtp")
    return int(stats.get("fecPacketsReceived", 0))
