"""A whole node as one thing to run: the worker and, in front of it, the internal API."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry

from sfu.config import Config
from sfu.errors import ConfigError
from sfu.io.api import METRICS, make_app
from sfu.io.server import ApiRunner
from sfu.io.worker import Worker

logger = logging.getLogger(__name__)

SHUTDOWN_S = 2.0
"""What open requests and streams get to finish."""


@dataclass(frozen=True, slots=True)
class RunningNode:
    """What one needs to talk to a node."""

    url: str
    """Of the internal API, without a slash at the end."""
    token: str
    worker: Worker
    metrics: CollectorRegistry
    """What `/metrics` shows."""


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[RunningNode]:
    """Run a node inside the block; leave it gracefully at its end.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    worker = Worker(config)
    await worker.start()
    app = make_app(worker, config.token)
    runner = ApiRunner(app, shutdown_s=SHUTDOWN_S)
    try:
        await runner.setup()
        host, port = await _listen(runner, config)
        logger.info("node API up on port %d", port)
        shown = f"[{host}]" if ":" in host else host
        yield RunningNode(f"http://{shown}:{port}", config.token, worker, app[METRICS].registry)
    finally:
        await worker.stop()
        await runner.cleanup()


async def _listen(runner: web.AppRunner, config: Config) -> tuple[str, int]:
    try:
        await web.TCPSite(runner, config.api_host, config.api_port).start()
    except OSError as error:
        raise ConfigError(
            f"the node's API cannot listen on port {config.api_port}: {error.strerror}; "
            "set VISAVIS_SFU_PORT"
        ) from error
    host, port = runner.addresses[0][:2]
    return host, port
