"""People whose networks let out nothing but TURN, by UDP, TCP or TLS, over a real coturn."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Playwright

from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.page import Watched
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.support import coturn
from tests.support.coturn import Coturn
from tests.support.media import MediaFiles

RELAY_ONLY = Path(__file__).parent / "harness" / "relay_only.js"

pytestmark = pytest.mark.skipif(
    coturn.SERVER is None, reason="needs turnserver on PATH (Debian: coturn)"
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Coturn]:
    running = Coturn(tmp_path_factory.mktemp("coturn"))
    try:
        await running.start()
        yield running
    finally:
        running.kill()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def product(
    server: Coturn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Product]:
    settings = {
        "VISAVIS_ANNOUNCE": server.host,
        "VISAVIS_TURN_URLS": ",".join(server.urls.values()),
        "VISAVIS_TURN_SECRET": server.secret,
    }
    running = Product(tmp_path_factory.mktemp("turn"), settings=settings)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def trusting(
    server: Coturn, playwright: Playwright, media: dict[str, MediaFiles]
) -> AsyncIterator[Browsers]:
    """Browsers that take this server's certificate for good, and no other bad one."""
    flags = (f"--ignore-certificate-errors-spki-list={server.key_digest}",)
    therapist = await launch(playwright, media["therapist"], flags=flags)
    patient = await launch(playwright, media["patient"], flags=flags)
    yield Browsers(therapist, patient)
    await therapist.close()
    await patient.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(product: Product, trusting: Browsers) -> AsyncIterator[Visits]:
    made = Visits(product, trusting)
    yield made
    await made.close()


async def lets_out_only(transport: str, person: Watched) -> None:
    script = RELAY_ONLY.read_text("utf-8").replace("TRANSPORT", json.dumps(transport), 1)
    await person.page.context.add_init_script(script)


async def gathered_with(person: Watched) -> list[str]:
    names: list[str] = await person.page.evaluate("window.__turn.gathered")
    return names


@pytest.mark.parametrize(
    ("therapists", "patients"), [("udp", "udp"), ("tcp", "tls")], ids=["udp", "tcp and tls"]
)
async def test_two_people_meet_through_the_relay_alone(
    visits: Visits, therapists: str, patients: str
) -> None:
    visit = await visits.arranged()
    await lets_out_only(therapists, visit.therapist)
    await lets_out_only(patients, visit.patient)
    await visits.meet(visit)
    assert await visit.therapist.relay() == therapists
    assert await visit.patient.relay() == patients
