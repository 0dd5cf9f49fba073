"""Picture every page into `screenshots/`: `make screenshots`, or `python -m tests.e2e.screenshots`.

With `guides` it makes the small pictures of the guides instead, in docs/images/guide/.

Home, the virtual waiting room, the patient's waiting page and the desk of a therapist with a past
in every combination of device, look and language; every other page once on a phone and a desktop.
So is what is said of a weak line, where one can be emulated (as root).
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from itertools import product as combinations
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from benchmarks.netlab.tun import unavailable_reason
from benchmarks.probe.lines import CLEAN
from tests.e2e.harness.browser import Browsers, launch
from tests.e2e.harness.desk import DeskWalk
from tests.e2e.harness.line import across
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits
from tests.e2e.harness.walk import LOCALES
from tests.e2e.harness.weak import WeakWalk, register
from tests.support.portraits import write_portrait

OUT = Path("screenshots")
GUIDE = Path("docs/images/guide")
GUIDE_PAGES = {
    *("home", "waiting-room", "waiting-room-setting", "room"),
    *("first-dialog", "session-page", "patients-import"),
    *("patient-welcome", "patient-waiting", "patient-room"),
}
GUIDE_SCALE = 0.75
GUIDE_QUALITY = 70
PHONE, DESKTOP = (390, 760), (1280, 800)
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


class WeakCamera:
    """Keeps each page in both looks and on both devices: the state that it shows passes."""

    def __init__(self, language: str) -> None:
        self._language = language

    async def look(self, name: str, page: Page) -> None:
        before = page.viewport_size
        assert before is not None
        for device, dark in combinations(DEVICES, (False, True)):
            width, height = DEVICES[device]
            await page.set_viewport_size({"width": width, "height": height})
            await page.emulate_media(color_scheme="dark" if dark else "light")
            await Camera(device, dark, self._language).look(name, page)
        await page.set_viewport_size(before)


class GuideCamera:
    """Keeps the pages that the guides show, as small WebP, which Chromium writes itself."""

    def __init__(self, language: str) -> None:
        self._language = language

    async def look(self, name: str, page: Page) -> None:
        if name not in GUIDE_PAGES:
            return
        width, height = PHONE if name.startswith("patient-") else DESKTOP
        before = page.viewport_size
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(300)
        devtools = await page.context.new_cdp_session(page)
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": GUIDE_SCALE}
        options = {"format": "webp", "quality": GUIDE_QUALITY, "clip": clip}
        taken = await devtools.send("Page.captureScreenshot", options)
        await devtools.detach()
        path = GUIDE / f"{name}.{self._language}.webp"
        path.write_bytes(base64.b64decode(taken["data"]))
        print(path, flush=True)
        if before:
            await page.set_viewport_size(before)


async def picture_guides(product: Product, browsers: Browsers) -> None:
    for language in ("en", "it"):
        visits = Visits(product, browsers)
        look, tables = GuideCamera(language).look, product.database
        walk = DeskWalk(
            visits, look, language, named_devices=True, blocked=False, database=tables
        )  # fmt: skip
        await walk.all_pages()
        await walk.desk_pages()
        await visits.close()


async def picture_all(product: Product, browsers: Browsers) -> None:
    for device, dark, language in combinations(DEVICES, (False, True), ("en", "it")):
        visits = Visits(product, browsers)
        camera = Camera(device, dark, language)
        width, height = DEVICES[device]
        walk = DeskWalk(
            visits, camera.look, language, dark, width, height,
            named_devices=True, database=product.database,
        )  # fmt: skip
        plain = not dark and language == "en"
        await (walk.all_pages() if plain else walk.main_pages())
        await walk.desk_pages()
        await visits.close()


async def picture_weak_lines(folder: Path) -> None:
    if why := unavailable_reason():
        print(f"no weak lines: {why}", flush=True)
        return
    media = {role: write_portrait(role, folder) for role in ("therapist", "patient")}
    for language in LOCALES:
        async with across(CLEAN, media, folder / language, split=True) as far:
            device: dict[str, Any] = {"locale": LOCALES[language], "named_devices": True}
            therapist = await far.visits.new_therapist(**device)
            await register(therapist, language)
            patient = await far.visits.new_patient(**device)
            await WeakWalk(far, WeakCamera(language).look, language).states(therapist, patient)


async def main(picture: Callable[[Product, Browsers], Awaitable[None]]) -> None:
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
                await picture(product, browsers)
            finally:
                await product.stop()
                await browsers.therapist.close()
                await browsers.patient.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["guides"]:
        GUIDE.mkdir(parents=True, exist_ok=True)
        asyncio.run(main(picture_guides))
    else:
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir()
        asyncio.run(main(picture_all))
        with tempfile.TemporaryDirectory(prefix="visavis-screenshots-") as scratch:
            asyncio.run(picture_weak_lines(Path(scratch)))
