"""By what a lost line comes back: an ICE restart wherever the node still lives, else a new offer.

The patient's browser has a network path of its own; the node itself says whether a peer is still
the same one. How long it took is logged, not judged: frames counted in the page against this
machine's clock, on a machine that is shared.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Request, expect

from tests.e2e.harness import network
from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.page import eventually
from tests.e2e.harness.people import Patient
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visit, Visits, assert_face_to_face

log = logging.getLogger(__name__)

UNDER_WAY_S = 0.3
"""Frames that were under way when something broke have come after this."""
SUPERVISOR_DELAY_S = 0.2  # control/supervisor.py, BACKOFF_FIRST_S


class Roaming(network.Path):
    """A path whose browser can move to another network."""

    def change_address(self) -> None:
        """The old address goes, another one is there: as from Wi-Fi to the phone's own line."""
        guest = f"{self._link}g"
        number = network.free_number()
        network._ip("addr", "add", f"10.77.{number}.1/30", "dev", self._link)
        self._inside("addr", "del", f"{self.guest}/30", "dev", guest)
        self._inside("addr", "add", f"10.77.{number}.2/30", "dev", guest)
        self._inside("route", "replace", "default", "via", f"10.77.{number}.1")


@dataclass(frozen=True, slots=True)
class Scene:
    """One call for all tests here: its patient on a path of its own, control and node apart."""

    product: Product
    path: Roaming
    visit: Visit
    room_id: str
    offers: list[str]
    """Where the patient's page posts its offers, as they come."""

    @property
    def patient(self) -> Patient:
        return self.visit.patient

    async def peers(self) -> dict[str, str]:
        """Ask the node: role → id of its peer."""
        rooms = {room["id"]: room for room in await self.product.rooms()}
        return {peer["role"]: peer["id"] for peer in rooms[self.room_id]["peers"]}

    async def node_up(self) -> float:
        """Wait until a node answers; returns when, in seconds since the epoch."""

        async def answers() -> float | None:
            with suppress(aiohttp.ClientError):
                await self.product.rooms()
                return time.time()
            return None

        return await eventually(answers, "the node's successor", within_s=60)

    async def pictures_after(self, instant_s: float) -> float:
        """Wait for new frames after an instant; returns how long they took, in seconds."""
        from_ms = (instant_s + UNDER_WAY_S) * 1000

        async def came() -> float | None:
            rows = [row for row in await self.patient.recorded(stop=False) if row.at > from_ms]
            for before, after in pairwise(rows):
                if after.framesReceived > before.framesReceived:
                    return after.at / 1000 - instant_s
            return None

        gap_s = await eventually(came, "pictures after the line's return")
        log.info("pictures %.2f s after", gap_s)
        return gap_s

    async def assert_last_picture_stays(self, for_s: float) -> None:
        """Look once a second: the therapist's picture under the words, never black."""
        for _ in range(round(for_s)):
            await expect(self.patient.page.get_by_text("reconnecting you").first).to_be_visible()
            picture = await self.patient.look("remote")
            assert picture, "the picture is there"
            assert picture.is_of("therapist"), "and it is the last one"
            await asyncio.sleep(1)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def split(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    running = Product(tmp_path_factory.mktemp("recovery"), split=True)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def path(split: Product) -> AsyncIterator[Roaming]:
    if not network.can_make_namespaces():
        pytest.skip("cutting one browser's path needs root and `ip`")
    made = Roaming()
    try:
        await made.open(split.port)
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def scene(
    split: Product, path: Roaming, patients_browser: Browser, browsers: Browsers
) -> AsyncIterator[Scene]:
    visits = Visits(split, browsers)
    visit = await visits.in_contact(patients_browser)
    room = await visit.room(split)
    offers: list[str] = []

    def note(sent: Request) -> None:
        if sent.url.endswith("/offer"):
            offers.append(sent.url)

    visit.patient.page.on("request", note)
    await visit.patient.record(every_ms=50)
    yield Scene(split, path, visit, room["id"], offers)
    await visits.close()


@pytest.mark.idle  # a restart that takes more than 1.2 s puts the node in doubt (recovery.ts)
async def test_ten_seconds_without_a_network_end_with_the_same_peer(scene: Scene) -> None:
    before = await scene.peers()
    scene.offers.clear()
    scene.path.cut()
    try:
        await expect(scene.patient.page.get_by_text("reconnecting you").first).to_be_visible()
        await scene.assert_last_picture_stays(for_s=8)
    finally:
        scene.path.mend()
    await scene.pictures_after(time.time())
    await assert_face_to_face(scene.visit)
    await expect(scene.visit.therapist.accept_button).to_be_hidden()
    assert await scene.peers() == before
    assert scene.offers == []


async def test_a_dead_node_is_followed_by_its_successor_without_a_second_accept(
    scene: Scene,
) -> None:
    before = await scene.peers()
    died_at = time.time()
    scene.product.kill("sfu")
    await asyncio.sleep(SUPERVISOR_DELAY_S)
    scene.product.start_process("sfu")
    up_at = await scene.node_up()
    log.info("the node's successor is up after %.2f s", up_at - died_at)
    await scene.pictures_after(up_at)  # none can come before
    await assert_face_to_face(scene.visit)
    await expect(scene.visit.therapist.accept_button).to_be_hidden()
    assert not set((await scene.peers()).values()) & set(before.values())


async def test_another_network_while_control_is_dead_needs_no_server(scene: Scene) -> None:
    before = await scene.peers()
    scene.offers.clear()
    scene.product.kill("control")
    try:
        scene.path.change_address()
        await scene.pictures_after(time.time())
        await scene.patient.sees("therapist")
        await scene.visit.therapist.sees("patient")
        assert await scene.peers() == before
    finally:
        scene.product.start_process("control")
        await scene.product.ready()
    assert scene.offers == []
    await expect(scene.visit.therapist.accept_button).to_be_hidden()
