"""Two people's browsers, a running Visavis, and the known picture and sound they are fed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.network import Path as NetworkPath
from tests.e2e.harness.product import BOUNCE_TOKEN, Product
from tests.e2e.harness.visits import Visits
from tests.support.mailbox import Mailbox, smtp_server
from tests.support.media import MediaFiles, write_media

HERE = Path(__file__).parent
SHOWN_MS = 15_000
"""How long something on a page is waited for: on a busy machine Playwright's own 5 s are short."""
expect.set_options(timeout=SHOWN_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests share one event loop, as the browsers do."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MediaFiles]:
    folder = tmp_path_factory.mktemp("media")
    return {role: write_media(role, folder) for role in ("therapist", "patient")}


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browsers(playwright: Playwright, media: dict[str, MediaFiles]) -> AsyncIterator[Browsers]:
    therapist = await launch(playwright, media["therapist"])
    patient = await launch(playwright, media["patient"])
    yield Browsers(therapist, patient)
    await therapist.close()
    await patient.close()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def patients_browser(
    path: NetworkPath,
    playwright: Playwright,
    media: dict[str, MediaFiles],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Browser]:
    """The patient's, in a network of its own: that of the `path` fixture of the tests' file."""
    scratch = tmp_path_factory.mktemp("browser")
    browser = await launch(playwright, media["patient"], namespace=path.name, scratch=scratch)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def product(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    running = Product(tmp_path_factory.mktemp("product"))
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def post() -> AsyncIterator[Mailbox]:
    async with smtp_server() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def mailing(
    tmp_path_factory: pytest.TempPathFactory, post: Mailbox
) -> AsyncIterator[Product]:
    """A product that anybody may register with, and that sends mail and no SMS."""
    mail = {
        "VISAVIS_SMTP_URL": post.url,
        "VISAVIS_MAIL_FROM": "visavis@practice.test",
        "VISAVIS_BOUNCE_ADDRESS": "bounces+{token}@practice.test",
        "VISAVIS_BOUNCE_TOKEN": BOUNCE_TOKEN,
    }
    running = Product(tmp_path_factory.mktemp("mailing"), settings=mail)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def visits(product: Product, browsers: Browsers) -> AsyncIterator[Visits]:
    made = Visits(product, browsers)
    yield made
    await made.close()
