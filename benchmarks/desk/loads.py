"""First loads of both apps in Chromium, behind a slow line."""

from __future__ import annotations

import shutil
import time

from playwright.async_api import Browser, async_playwright

from benchmarks.desk.figures import Load, median_load

RATE_BPS = 1_600_000
RTT_MS = 150
TIMES = 5
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


async def first_loads(patient_link: str, therapist_url: str) -> tuple[Load, Load]:
    """Return the median load of the patient's page and of the therapist's, by time to usable."""
    path = next(filter(None, map(shutil.which, NAMES)))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--headless=new"]
        )
        patient = [
            await _load(browser, patient_link, "[data-testid=patient-continue]")
            for _ in range(TIMES)
        ]
        therapist = [
            await _load(browser, therapist_url, "input[type=password]") for _ in range(TIMES)
        ]
        await browser.close()
    return median_load(patient), median_load(therapist)


async def _load(browser: Browser, url: str, usable: str) -> Load:
    """Load with an empty cache until what one presses or types in is there."""
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda it: sizes.append(int(it["encodedDataLength"])))
    await line.send("Network.enable")
    await line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": RTT_MS,
            "downloadThroughput": RATE_BPS / 8,
            "uploadThroughput": RATE_BPS / 8,
        },
    )
    began = time.perf_counter()
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector(usable)
    usable_s = time.perf_counter() - began
    await page.wait_for_load_state("networkidle")
    await context.close()
    return Load(sum(sizes), usable_s)
