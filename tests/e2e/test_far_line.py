"""A patient across an emulated line of 50 ms: what is measured of it, and sound that lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from benchmarks.netlab.fixture import skip_unless_available
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.profiles import BASE, both_ways, one_way
from sfu.config import Config
from sfu.io.node import RunningNode, running
from sfu.messages import CheckState, PeerState, Transit
from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.idle import INSTALLED, browser, command, served
from tests.e2e.harness.line import FarVisits, across
from tests.e2e.harness.page import Watched, eventually
from tests.e2e.harness.visits import Visits
from tests.support.media import MediaFiles
from tests.support.waiting import until

RTT_MS, OFF_MS = 50.0, 5.0
LOOKS, IN_A_ROW = 30, 3
CLEAN = both_ways("clean", "25 ms each way", BASE)
LOSSY = one_way("lossy", "20 % lost to the patient", down=replace(BASE, loss_ratio=0.2))
SOUND = """async (type) => {
    const live = window.__probe.pcs.filter((pc) => pc.connectionState === "connected");
    const stats = await Promise.all(live.map((pc) => pc.getStats()));
    const all = stats.flatMap((it) => [...it.values()]);
    return all.find((it) => it.type === type && it.kind === "audio") ?? {};
}"""


@pytest_asyncio.fixture(loop_scope="session")  # one a test: its lateness is that of the test
async def far(media: dict[str, MediaFiles], tmp_path_factory: Any) -> AsyncIterator[FarVisits]:
    skip_unless_available()
    async with across(CLEAN, media, tmp_path_factory.mktemp("far")) as far:
        yield far


@pytest.mark.idle
@pytest.mark.skipif(not INSTALLED, reason="needs Chromium or Firefox on PATH")
async def test_the_round_trip_of_who_only_receives_is_measured(
    far: FarVisits, tmp_path: Path
) -> None:
    config = Config(token="a-token-for-tests", api_port=0, media_port=0)
    async with running(config) as node, served(node.worker, far.lab.server.address) as url:
        all_checked = asyncio.Barrier(len(INSTALLED))
        rtts = (_rtts_ms(node, far.lab, name, tmp_path, url, all_checked) for name in INSTALLED)
        looks = dict(zip(INSTALLED, await asyncio.gather(*rtts), strict=True))
    assert all(map(_is_right, looks.values())), looks


async def _rtts_ms(
    node: RunningNode, lab: Lab, name: str, folder: Path, url: str, all_checked: asyncio.Barrier
) -> list[float]:
    """Look at a browser's round trip once a second until it is right.

    While browsers start and are checked they answer late: the mean forgets that in some seconds.
    """

    def peer() -> PeerState | None:
        rooms = {room.id: room for room in node.worker.run(node.worker.engine.rooms.states)}
        return rooms[name].peers[0] if name in rooms else None

    def is_checked() -> bool:
        found = peer()
        return bool(found and found.check and found.check.state is CheckState.DONE)

    words = command(name, folder / name, f"{url}?room={name}")
    async with browser(lab.client.command(words)):
        await until(is_checked, limit_s=60)
        await all_checked.wait()
        looks: list[float] = []
        while not _is_right(looks) and len(looks) < LOOKS:
            await asyncio.sleep(1.0)
            found = peer()
            assert found is not None
            assert found.transit is Transit.UDP, f"{name}: Firefox nominates TCP too, and later"
            looks.append(found.rtt_ms or 0.0)
    return looks


def _is_right(looks: Sequence[float]) -> bool:
    """The last ones in a row are; what is off for good never is."""
    return len(looks) >= IN_A_ROW and all(abs(ms - RTT_MS) <= OFF_MS for ms in looks[-IN_A_ROW:])


@pytest.mark.idle
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


async def _told_loss(who: Watched) -> float:
    """The fraction of sound that the node tells this publisher is lost."""
    stats = await who.inspect(SOUND, "remote-inbound-rtp")
    return float(stats.get("fractionLost", 0.0))


async def _redundancy(who: Watched) -> int:
    """Packets of in-band error correction that came here, used or not."""
    stats = await who.inspect(SOUND, "inbound-rtp")
    return int(stats.get("fecPacketsReceived", 0))


@pytest.mark.idle
async def test_a_patient_whose_line_is_good_is_told_that_the_trouble_is_on_the_other_side(
    far: FarVisits,
) -> None:
    """The therapist is at the far end here."""
    browsers = Browsers(therapist=far.browsers.patient, patient=far.browsers.therapist)
    visits = Visits(far.product, browsers)
    try:
        visit = await visits.arranged()
        await visit.patient.come(visit.link)
        await visit.therapist.open_waiting_room_from_home(visit.name)
        await visit.therapist.enter()
        await visit.therapist.accept()
        note = visit.patient.page.get_by_test_id("line-note")
        words = "Your connection is good. The trouble is on the other side."
        await expect(visit.patient.page.get_by_test_id("patient-room")).to_be_visible()
        far.lab.apply(LOSSY)
        await expect(note).to_have_text(words, timeout=30_000)
        far.lab.apply(CLEAN)
        await expect(note).to_have_count(0, timeout=60_000)
    finally:
        await visits.close()
