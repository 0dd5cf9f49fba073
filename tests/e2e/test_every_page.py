"""Every page of both apps: nothing serious for axe, nothing cut, stacked or run out.

Names depend on the language, contrast on the look, width on the names: two walks meet every page
in each. With VISAVIS_PICTURES, a folder, what was looked at is kept there.
"""

from __future__ import annotations

import os

import pytest
from playwright.async_api import Page

from tests.e2e.harness.accessibility import (
    ROOT_SIZE,
    lost_in_high_contrast,
    serious_violations,
    wrong_at,
)
from tests.e2e.harness.desk import DeskWalk
from tests.e2e.harness.product import Product
from tests.e2e.harness.visits import Visits

LONG = "Abendrothsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley"
PICTURES = os.environ.get("VISAVIS_PICTURES")
SIZES = (
    *((width, "100%") for width in (320, 360, 768, 900, 1280)),
    *((width, "200%") for width in (360, 1280)),
)


async def picture(stem: str, page: Page, width: int, root: str) -> None:
    before = page.viewport_size
    assert before is not None
    await page.set_viewport_size({"width": width, "height": 740})
    await page.evaluate(ROOT_SIZE, root)
    path = f"{stem}-{width}-{root.rstrip('%')}.png"
    await page.screenshot(path=path, animations="disabled", full_page=True)
    await page.evaluate(ROOT_SIZE, "")
    await page.set_viewport_size(before)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("language", "dark", "names"),
    [("en", False, (LONG, LONG, f"{LONG}2")), ("it", True, ("", "Alex M.", "Bruna T."))],
    ids=["en light long names", "it dark"],
)
async def test_every_page_is_accessible_and_nothing_runs_out(
    visits: Visits, product: Product, language: str, dark: bool, names: tuple[str, ...]
) -> None:
    found: list[str] = []

    async def check(name: str, page: Page) -> None:
        findings = await serious_violations(page) + await lost_in_high_contrast(page)
        findings += await wrong_at(page, *SIZES)
        if PICTURES:
            for width, root in SIZES:
                await picture(f"{PICTURES}/{name}-{language}", page, width, root)
        found.extend(f"{name} {finding}" for finding in findings)

    therapist, *patients = names
    patients += ["Carlo F.", "Dana K."]
    walk = DeskWalk(
        visits, check, language, dark,
        therapist=therapist, patients=tuple(patients), database=product.database,
    )  # fmt: skip
    await walk.all_pages()
    await walk.desk_pages()
    assert not found, "\n".join(found)
