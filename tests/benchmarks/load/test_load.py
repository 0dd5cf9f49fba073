"""Locust itself with one pair on a running product, and on a server that is not there."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.load.__main__ import LOCUSTFILE, SERVER
from benchmarks.load.recording import cached
from benchmarks.load.verdict import LIMITS
from tests.e2e.harness.product import Product
from tests.support.ports import free_port

pytestmark = pytest.mark.idle
MEASURED = {
    "join", "first packet after ACCEPT", "audio gaps, ‰", "longest audio gap",
    "one-way delay, p95", "loss after repair, ‰", "clock error", "load behind schedule",
    "sound let through by mistake, packets", "arrival on Home",
}  # fmt: skip
GENEROUS = (
    "--max-join-ms=9000", "--max-first-packet-ms=9000", "--max-gap-ratio=0.5",
    "--max-longest-gap-ms=2000", "--max-delay-ms=2000", "--max-behind-ms=2000",
    "--max-clock-error-ms=2000", "--max-arrival-ms=9000",
)  # fmt: skip
"""Whatever else this machine does: that a limit decides is tested in test_verdict."""


OF_OTHER_CLASSES = ("heard again after a reload", "alert on its way")
EXTRA = ("--max-back-ms=9000", "--max-alert-ms=9000", "--max-loss-ratio=0.5")


async def locust(url: str, *options: str) -> tuple[int, str]:
    """Run it headless; returns exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "locust", "-f", LOCUSTFILE, "--headless", "--host", url, *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_one_pair_meets_and_is_measured(tmp_path: Path) -> None:
    cached()
    product = Product(tmp_path / "product", settings={"VISAVIS_ANNOUNCE": "127.0.0.1"})
    try:
        await product.start()
        code, said = await locust(
            product.url, "VisitPair", "-u", "1", "-t", "8s", "--stop-timeout", "60s", *GENEROUS,
            "--minutes=0.05", "--no-check", "--csv", str(tmp_path / "out"), "--only-summary",
        )  # fmt: skip
    finally:
        await product.stop()
    assert code == 0, said
    assert "PASSED" in said
    with (tmp_path / "out_stats.csv").open() as file:
        rows = {row["Name"]: row for row in csv.DictReader(file) if row["Type"] == "media"}
    assert set(rows) == MEASURED
    assert {row["Failure Count"] for row in rows.values()} == {"0"}
    assert float(rows["audio gaps, ‰"]["Average Response Time"]) < 500
    assert 0 < float(rows["one-way delay, p95"]["Average Response Time"]) < 2_000


async def test_all_classes_are_played_by_a_worker_and_judged_by_the_master(
    tmp_path: Path,
) -> None:
    cached()
    product, port, page = Product(tmp_path / "product", settings=SERVER), free_port(), "out.html"
    try:
        await product.start()
        (code, said), (worker_code, worker_said) = await asyncio.gather(
            locust(
                product.url, "--master", "--expect-workers=1", f"--master-bind-port={port}", "-u13",
                "-r4", "-t40s", "--stop-timeout=60s", "--minutes=0.1", "--storm-every=10",
                *("--no-check", "--audio-only", "--only-summary", *GENEROUS, *EXTRA),
                f"--html={tmp_path / page}",
            ),
            locust(product.url, "--worker", f"--master-port={port}"),
        )  # fmt: skip
    finally:
        await product.stop()
    assert code == 0, said
    assert worker_code == 0, worker_said
    assert "PASSED" in said
    told = (tmp_path / page).read_text("utf-8")
    names = (json.dumps(row).strip('"') for row in (*MEASURED, *OF_OTHER_CLASSES))
    assert [name for name in names if name not in told] == []


async def test_a_server_that_registers_nobody_ends_the_run_with_words(tmp_path: Path) -> None:
    product = Product(tmp_path / "product", settings={"VISAVIS_REGISTRATION": "closed"})
    try:
        await product.start()
        async with asyncio.timeout(60):
            code, said = await locust(product.url, "BrowseDesk", "-u1", "-t300s")
    finally:
        await product.stop()
    assert code == 1
    assert "lets nobody in" in said
    assert "registration" in said


async def test_thresholds_and_lengths_are_fields_of_locusts_own_page() -> None:
    asked = (
        "from benchmarks.load import locustfile; from locust.argument_parser import *;"
        "print(*ui_extra_args_dict([]))"
    )
    said = await asyncio.to_thread(
        subprocess.check_output, [sys.executable, "-c", asked], text=True
    )
    limits = {limit.option.replace("-", "_") for limit in LIMITS}
    assert limits | {"minutes", "audio_only", "therapists"} <= set(said.split())


async def test_a_server_that_is_not_there_ends_the_run_with_words() -> None:
    url = f"http://localhost:{free_port()}"
    async with asyncio.timeout(60):
        code, said = await locust(url, "-u", "2", "-t", "300s")
    assert code == 1
    assert f"Given up: {url} cannot be reached" in said
    assert "refused" in said
