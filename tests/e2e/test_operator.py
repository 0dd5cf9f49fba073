"""The operator's page in a browser: log in, read, drain and undo it, by the keyboard alone."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from control.auth.messages import OperatorForm
from tests.control.stage import PASSWORD, Stage, make_config
from tests.e2e.harness.accessibility import (
    lost_in_high_contrast,
    serious_violations,
    wrong_at,
)
from tests.e2e.harness.browser import Browsers
from tests.support.ports import free_port

EMAIL = "watch@example.org"
STATIC = Path(__file__).parents[2] / "control" / "static"
METRICS = """\
sfu_peers{{state="connected"}} {peers}
process_start_time_seconds 1772441000
sfu_audio_gap_seconds_bucket{{le="0.1"}} {peers}
sfu_audio_gap_seconds_bucket{{le="0.4"}} {peers}0
sfu_audio_gap_seconds_bucket{{le="+Inf"}} {peers}0
"""
SIZES = (*((width, "100%") for width in (320, 768, 1280)), *((w, "200%") for w in (360, 1280)))


async def wrong_with(page: Page) -> list[str]:
    found = await serious_violations(page) + await lost_in_high_contrast(page)
    return found + await wrong_at(page, *SIZES)


async def test_operator_watches_and_drains_a_node(
    browsers: Browsers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control.control.STEP_S", 3600)  # samples are taken when this test says
    port = free_port()
    (tmp_path / "static").symlink_to(STATIC)
    config = make_config(tmp_path, public_url=f"http://localhost:{port}")
    async with Stage(config, port=port) as stage:
        form = OperatorForm(email=EMAIL, password=PASSWORD, language="it")
        await stage.control.operators.add(form, now=stage.clock.now)
        older = stage.media.node_load.model_copy(update={"version": "0.0.9"})
        stage.media.node_load = older
        context = await browsers.therapist.new_context(
            locale="en", color_scheme="dark", viewport={"width": 1280, "height": 800}
        )
        page = await context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"http://localhost:{port}/ops")
        await expect(page.get_by_label("E-mail")).to_be_focused()
        assert await serious_violations(page) == []
        await page.keyboard.type(EMAIL)
        await page.keyboard.press("Tab")
        await page.keyboard.type("a wrong password")
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Password")).to_be_focused()
        await expect(page.get_by_label("Password")).to_have_accessible_description(
            re.compile("not right")
        )
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Gestione")).to_be_visible()
        await expect(page.get_by_role("img", name=re.compile("Ancora nulla"))).to_have_count(3)
        for peers in (1, 2):
            stage.media.metrics = METRICS.format(peers=peers)
            stage.clock.advance(10)
            await stage.control.look()
        await expect(page.get_by_role("img", name=re.compile("Ora: browser 2"))).to_be_visible()
        along = page.get_by_role("slider", name=re.compile("SEDUTE E BROWSER"))
        await along.press("ArrowLeft")
        await expect(along).to_have_attribute("aria-valuetext", re.compile("browser 1 · sedute 0"))
        node = page.get_by_test_id("node")
        await expect(node).to_contain_text("buono")
        await expect(node).to_contain_text("versione 0.0.9, diversa da quella di control")
        await page.get_by_test_id("drain").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog", name="Svuotare node-1?")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_test_id("drain")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog", name="Svuotare node-1?")).to_be_visible()
        await page.get_by_test_id("ask-yes").press("Enter")
        await expect(node).to_contain_text("in svuotamento")
        await expect(page.get_by_text("Nessuna nuova visita")).to_be_visible()
        assert await wrong_with(page) == []
        if pictures := os.environ.get("VISAVIS_PICTURES"):
            await page.screenshot(path=f"{pictures}/operations-it.png", full_page=True)
        await page.get_by_test_id("stop-draining").press("Enter")
        await expect(node).to_contain_text("buono")
        await stage.control.operators.remove(EMAIL)
        await expect(page.get_by_text("L’accesso è scaduto")).to_be_visible()
        assert all(url.startswith(f"http://localhost:{port}/") for url in asked)
        await context.close()
