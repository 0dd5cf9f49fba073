"""Run one media node: `visavis sfu`, or `python -m sfu`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import uvloop

from sfu.config import Config, load
from sfu.errors import ConfigError
from sfu.io.node import running


async def serve(config: Config) -> None:
    """Run a node until SIGTERM or SIGINT.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(config):
        await stop.wait()


def run(config: Config) -> None:
    """Run a node in this process until SIGTERM or SIGINT, on uvloop.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    logging.basicConfig(
        level=config.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    uvloop.run(serve(config))


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
