"""A real Prometheus and its promtool, run by tests with what lies in `deploy/prometheus`."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.support.ports import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
CONFIG = DEPLOY / "prometheus" / "prometheus.yml"


def find(program: str) -> str:
    """Return where it is; without it a test is skipped, in CI it fails."""
    found = shutil.which(program)
    if found is not None:
        return found
    said = f"needs {program} on PATH (Debian: prometheus)"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


def promtool(*arguments: str, given: bytes | None = None) -> str:
    """Run it; what it says where it finds anything wrong is the failure."""
    done = subprocess.run(
        [find("promtool"), *arguments], input=given, capture_output=True, check=False, timeout=100
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


def configure(folder: Path, targets: dict[str, str], token: str, scrape_s: float) -> Path:
    """Write the configuration of `deploy/` with addresses, paths and times of a test.

    Args:
        targets: `host:port` by the job's name; other jobs are left out.
        scrape_s: Between two scrapes. A target that takes longer to answer one is called down.
    """
    config: dict[str, Any] = yaml.safe_load(CONFIG.read_text("utf-8"))
    for name in ("scrape_interval", "scrape_timeout", "evaluation_interval"):
        config["global"][name] = f"{scrape_s * 1000:.0f}ms"
    config["rule_files"] = [str(ALERTS)]
    secret = folder / "metrics-token"
    secret.write_text(f"{token}\n", "utf-8")
    jobs = [job for job in config["scrape_configs"] if job["job_name"] in targets]
    config["scrape_configs"] = jobs
    for job in jobs:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
        if "authorization" in job:
            job["authorization"]["credentials_file"] = str(secret)
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config), "utf-8")
    return file


class Prometheus:
    """One that runs."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client

    async def ask(self, path: str, **query: str) -> Any:
        async with self._client.get(f"/api/v1/{path}", params=query) as answer:
            body = await answer.json()
            assert body["status"] == "success", f"{query}: {body.get('error')}"
            return body["data"]

    async def query(self, expression: str) -> list[Any]:
        """Return the series of an instant vector."""
        found: list[Any] = (await self.ask("query", query=expression))["result"]
        return found

    async def value(self, expression: str) -> float:
        """Return the only value."""
        (series,) = await self.query(expression)
        return float(series["value"][1])

    async def scraped(self, times: int) -> None:
        """Wait until every target was scraped so often."""
        async with asyncio.timeout(30):
            # A server tells of no scrape by itself.
            while not await self.query(f"min(sum_over_time(up[5m])) >= {times}"):  # noqa: ASYNC110
                await asyncio.sleep(0.2)


@asynccontextmanager
async def prometheus(config: Path) -> AsyncIterator[Prometheus]:
    """Run a server on a free port of this machine."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        find("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={config.parent / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    )
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:

            async def is_ready() -> bool:
                try:
                    async with client.get("/-/ready") as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            async with asyncio.timeout(30):
                while not await is_ready():
                    assert process.returncode is None, "Prometheus ended by itself"
                    await asyncio.sleep(0.1)
            yield Prometheus(client)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
