"""Control and node as compose.yaml starts them, in processes instead of containers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.control import postgres
from tests.control.run.product import Visavis, visavis
from tests.packaging.composed import Composed, prepared
from tests.support.ports import free_port

pytestmark = pytest.mark.postgres


class Started:
    """Both, on ports of this machine: what stands in compose.yaml is replaced by address alone."""

    def __init__(self, composed: Composed, database_url: str) -> None:
        self.composed = composed
        self.control_port, self.api_port, media_port = (free_port() for _ in range(3))
        self._replaced = {
            composed.environment("control")["VISAVIS_DATABASE_URL"]: database_url,
            "http://sfu:8081": f"http://127.0.0.1:{self.api_port}",
            "8081": str(self.api_port),
            "50000": str(media_port),
            "0.0.0.0": "127.0.0.1",
            composed.environment("sfu")["VISAVIS_ANNOUNCE"]: "198.51.100.4=127.0.0.1",
        }

    def environment(self, service: str) -> dict[str, str]:
        given = self.composed.environment(service)
        return {name: self._replaced.get(value, value) for name, value in given.items()}

    def command(self, service: str) -> list[str]:
        command: list[str] = self.composed.services[service]["command"]
        return command

    async def is_healthy(self, service: str) -> bool:
        """Do what Docker does every ten seconds."""
        kind, program, *arguments = self.composed.services[service]["healthcheck"]["test"]
        assert (kind, program) == ("CMD", "python")
        ports = {":8080/": f":{self.control_port}/", ":8081/": f":{self.api_port}/"}
        for port, ours in ports.items():
            arguments = [argument.replace(port, ours) for argument in arguments]
        asked = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stderr=asyncio.subprocess.DEVNULL
        )
        return await asked.wait() == 0


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[Started]:
    binaries = postgres.find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server (Debian: postgresql)")
    (tmp_path / "deploy").mkdir()
    composed = prepared(tmp_path / "deploy")
    with postgres.running(binaries) as url:
        yield Started(composed, url)


async def test_healthy_services_meet_and_dead_ones_are_told(
    started: Started, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        running: dict[str, Visavis] = {}
        for service, own in (
            ("sfu", {}),
            ("control", {"VISAVIS_HTTP_BIND": f"127.0.0.1:{started.control_port}"}),
        ):
            assert not await started.is_healthy(service)
            settings = started.environment(service) | own
            process = visavis(tmp_path / service, *started.command(service), **settings)
            running[service] = await stack.enter_async_context(process)
        where = await running["control"].line("Visavis is at")
        assert urlsplit(where.split()[-1]).geturl() == "https://visavis.test"
        await running["control"].line("following the media node's events")
        for service in running:
            assert await started.is_healthy(service), service
        assert (tmp_path / "control" / "visavis.key").is_file()
