"""Run the repair benchmark: `python -m benchmarks.repair [--seconds 30]`, three phases."""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from playwright.async_api import Page, async_playwright

from benchmarks.netlab.fatelog import Direction, Record, Report
from benchmarks.netlab.lab import Lab
from benchmarks.netlab.profiles import BASE, both_ways, one_way
from benchmarks.netlab.tun import unavailable_reason
from benchmarks.repair.bare import join
from benchmarks.repair.figures import Leg, figures, repairs
from benchmarks.repair.journal import Journal, kept
from sfu.base.media import Slot
from sfu.config import Config
from sfu.io.garbage import settled
from sfu.io.node import RunningNode, running
from sfu.messages import Role, RoomCommand
from tests.e2e.harness.browser import launch
from tests.e2e.harness.page import eventually
from tests.support.media import write_media

RESULTS = Path(__file__).parents[1] / "results"
LOSSY = replace(BASE, loss_ratio=0.05)
PHASES = {
    "up": one_way("up", "5 % lost up", up=LOSSY),
    "down": one_way("down", "5 % lost down", down=LOSSY),
    "both": both_ways("both", "5 % lost each way, so NACKs and resends too", LOSSY),
}
SETTLE_S = 5.0
"""For the browsers' encoders to find their rate."""
VIDEO_BPS = 1_500_000


async def measure(seconds: float, folder: Path) -> tuple[dict[str, object], Report]:
    """Hold one call across the three lines; return the figures and the emulator's report."""
    async with AsyncExitStack() as stack:
        lab = stack.enter_context(Lab(both_ways("clean", "25 ms each way", BASE)))
        stack.enter_context(lab.server.entered())
        journal = stack.enter_context(kept())
        config = Config(token="a-token-for-benchmarks", api_port=0, media_port=0)
        stack.enter_context(settled())  # as `python -m sfu` does
        node = await stack.enter_async_context(running(config))
        node.worker.run(node.worker.engine.ensure_room, "call", RoomCommand(gate_open=True))
        playwright = await stack.enter_async_context(async_playwright())
        media = write_media("patient", folder)
        near = await launch(playwright, media)
        stack.push_async_callback(near.close)
        far = await launch(playwright, media, namespace=lab.client.name, scratch=folder)
        stack.push_async_callback(far.close)
        for browser, role in ((near, Role.THERAPIST), (far, Role.PATIENT)):
            page = await join(browser, node, "call", role)
            await _flowing(page)
        await asyncio.sleep(SETTLE_S)
        spans = {name: await _phase(lab, name, seconds) for name in PHASES}
        ssrcs = _far_ssrcs(node)
        result = lab.result()
    found = _figures(spans, ssrcs, list(result.log), journal)
    return found, result.report


async def _flowing(page: Page) -> None:
    await page.evaluate("bps => window.__bare.limit(bps)", VIDEO_BPS)

    async def connected() -> bool:
        state: str = await page.evaluate("window.__bare.pc.connectionState")
        return state == "connected"

    await eventually(connected, "the connection")


async def _phase(lab: Lab, name: str, seconds: float) -> tuple[float, float]:
    lab.apply(PHASES[name])
    since = time.monotonic()
    await asyncio.sleep(seconds)
    return since, time.monotonic()


def _far_ssrcs(node: RunningNode) -> dict[Direction, int]:
    """Return the SSRCs of the pictures from and to the far browser."""
    peers = node.worker.engine.peers.all_open()
    lines = next(peer.offer.lines for peer in peers if peer.role is Role.PATIENT)
    camera = next(line for line in lines if line.slot is Slot.CAMERA)
    assert camera.up_ssrc is not None
    return {Direction.UP: camera.up_ssrc, Direction.DOWN: camera.down_ssrc}


def _figures(
    spans: dict[str, tuple[float, float]],
    ssrcs: dict[Direction, int],
    records: list[Record],
    journal: Journal,
) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, (since, until) in spans.items():
        for way in Direction:
            after = repairs(Leg(way, ssrcs[way], since, until - 1.0), records, journal)
            if after:
                found[f"{name}_{way.name.lower()}" if name == "both" else name] = figures(after)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.repair")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each of three phases")
    seconds = parser.parse_args().seconds
    reason = unavailable_reason()
    if reason:
        raise SystemExit(reason)
    with tempfile.TemporaryDirectory(prefix="visavis-repair-") as folder:
        found, report = uvloop.run(measure(seconds, Path(folder)))
    line = {**found, "lateness_ms_p99": report.lateness_ms_p99, "void": report.void}
    if report.void is None:
        _write(line)
    print(json.dumps(line))


def _write(line: dict[str, object]) -> None:
    now = datetime.now(UTC)
    path = RESULTS / f"repair-{now:%Y-%m-%d}.json"
    result = {"measured_at": now.isoformat(timespec="seconds"), **line}
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
