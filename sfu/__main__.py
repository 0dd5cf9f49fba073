"""Run one media node: `visavis sfu`, or `python -m sfu`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from sfu.config import Config, load
from sfu.errors import ConfigError
from sfu.io.api import make_app
from sfu.io.worker import Worker

logger = logging.getLogger(__name__)

SHUTDOWN_S = 2.0


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Run a node until `stop`.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    worker = Worker(config)
    await worker.start()
    runner = web.AppRunner(
        make_app(worker, config.token), access_log=None, shutdown_timeout=SHUTDOWN_S
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, config.api_host, config.api_port)
        await _listen(site, config)
        await stop.wait()
    finally:
        await worker.stop()
        await runner.cleanup()


async def _listen(site: web.TCPSite, config: Config) -> None:
    try:
        await site.start()
    except OSError as error:
        raise ConfigError(
            f"the API cannot listen on port {config.api_port}: {error.strerror}; "
            "set VISAVIS_SFU_PORT"
        ) from error
    logger.info("API up on port %d", config.api_port)


async def _serve_until_signal(config: Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(config, stop)


def run(config: Config) -> None:
    """Run a node in this process until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    uvloop.run(_serve_until_signal(config))


def main() -> int:
    """Read the settings and run; 2 when they are wrong."""
    try:
        run(load(os.environ, Path("visavis.toml")))
    except ConfigError as error:
        sys.stderr.write(f"visavis sfu: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
