"""A browser that keeps neither cookies nor storage says so: no blank page, no endless loop."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, Playwright, expect

from tests.e2e.harness.browser import FLAGS, PERMITS, find_chromium
from tests.e2e.harness.people import PASSWORD
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits

BLOCK = 2  # Chromium's content setting
PREFERENCES = {"profile": {"default_content_setting_values": {"cookies": BLOCK}}}


@pytest_asyncio.fixture(loop_scope="session")
async def page(playwright: Playwright, tmp_path: Path) -> AsyncIterator[Page]:
    """A page of a browser whose owner has blocked cookies, and with them all storage."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default/Preferences").write_text(json.dumps(PREFERENCES))
    browser = await playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=find_chromium(), args=[*FLAGS, PERMITS], locale="en-GB"
    )
    yield browser.pages[0]
    await browser.close()


async def test_the_patients_page_says_that_cookies_are_blocked(visits: Visits, page: Page) -> None:
    visit = await visits.arranged()
    await page.goto(visit.link)
    await expect(page.get_by_text("This browser does not keep our cookie.")).to_be_visible()
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()


async def test_the_therapists_login_says_that_cookies_are_blocked(
    visits: Visits, product: Product, page: Page
) -> None:
    visit = await visits.arranged()
    me = await visit.therapist.call("GET", "/api/me")
    await page.goto(product.url)
    await page.get_by_label("E-mail").fill(me["email"])
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text("This browser does not keep our cookie")).to_be_visible()
    await expect(page.get_by_label("Password")).to_have_value(PASSWORD)


async def test_cookies_without_storage_are_enough(visits: Visits, product: Product) -> None:
    visit = await visits.arranged()
    await visit.patient.page.context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
            Object.defineProperty(window, name, {
                get() { throw new DOMException("denied", "SecurityError"); },
            });"""
    )
    await visit.patient.come(visit.link)
