"""A visit whose media has no address but an IPv6 one, the patient on a path of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.harness import network
from tests.e2e.harness.browser import Browsers
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visit, Visits, assert_face_to_face


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def path() -> AsyncIterator[network.Path]:
    if not network.can_make_namespaces():
        pytest.skip("an IPv6 address for two browsers needs root and `ip`")
    if not network.has_ipv6():
        pytest.skip("this kernel has no IPv6")
    made = network.Path(ipv6=True)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def product(
    path: network.Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Product]:
    folder = tmp_path_factory.mktemp("ipv6")
    running = Product(folder, settings={"VISAVIS_ANNOUNCE": path.host_v6})
    await path.open(running.port)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def visit(
    product: Product, patients_browser: Browser, browsers: Browsers
) -> AsyncIterator[Visit]:
    visits = Visits(product, browsers)
    yield await visits.in_contact(patients_browser)
    await visits.close()


async def assert_by_ipv6(visit: Visit, path: network.Path) -> None:
    """Look at the node's end of each path: browsers tell not every page their own."""
    for person in (visit.patient, visit.therapist):
        route = await person.route()
        assert route, "there is a path"
        assert route[1] == path.host_v6


async def test_both_see_and_hear_each_other_by_ipv6_alone(visit: Visit, path: network.Path) -> None:
    """The fixture has looked and listened."""
    await assert_by_ipv6(visit, path)


@pytest.mark.idle  # a restart that takes more than 1.2 s puts the node in doubt (recovery.ts)
async def test_a_lost_ipv6_network_comes_back_without_a_second_accept(
    visit: Visit, path: network.Path, product: Product
) -> None:
    before = await visit.room(product)
    path.cut()
    try:
        await expect(visit.patient.page.get_by_text("reconnecting you").first).to_be_visible()
        await asyncio.sleep(3)
    finally:
        path.mend()
    await assert_face_to_face(visit)
    await expect(visit.therapist.accept_button).to_be_hidden()
    await assert_by_ipv6(visit, path)
    after = await visit.room(product)
    assert [peer["id"] for peer in after["peers"]] == [peer["id"] for peer in before["peers"]]
