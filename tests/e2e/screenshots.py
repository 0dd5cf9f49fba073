"""Picture every page into `screenshots/`: `make screenshots`, or `python -m tests.e2e.screenshots`.

Home, the virtual waiting room and the patient's waiting page in every combination of device,
look and language; every other page once on a phone and once on a desktop.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from itertools import product as combinations
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.e2e.harness.walk import Walk
from tests.support.portraits import write_portrait

OUT = Path("screenshots")
DEVICES = {"phone": (390, 844), "desktop": (1280, 800)}


class Camera:
    """Keeps each page as `<name>-<device>-<look>-<language>.png`, the whole page long."""

    def __init__(self, device: str, dark: bool, language: str) -> None:
        self._ending = f"{device}-{'dark' if dark else 'light'}-{language}"

    async def look(self, name: str, page: Page) -> None:
        path = OUT / f"{name}-{self._ending}.png"
        await page.wait_for_timeout(300)
        await page.screenshot(path=path, animations="disabled", full_page=True)
        print(path, flush=True)


async def picture_all(product: Product, browsers: Browsers) -> None:
    for device, dark, language in combinations(DEVICES, (False, True), ("en", "it")):
        visits = Visits(product, browsers)
        camera = Camera(device, dark, language)
        width, height = DEVICES[device]
        walk = Walk(visits, camera.look, language, dark, width, height, named_devices=True)
        plain = not dark and language == "en"
        await (walk.all_pages() if plain else walk.main_pages())
        await visits.close()


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="visavis-screenshots-") as scratch:
        folder = Path(scratch)
        product = Product(folder / "product")
        async with async_playwright() as playwright:
            browsers = Browsers(
                await launch(playwright, write_portrait("therapist", folder)),
                await launch(playwright, write_portrait("patient", folder)),
            )
            try:
                await product.start()
                await picture_all(product, browsers)
            finally:
                await product.stop()
                await browsers.therapist.close()
                await browsers.patient.close()


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    asyncio.run(main())
