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

SUPERVISED = "VISAVIS_SUPERVISED"
"""Set to 1 by `visavis serve` for the node it starts, whose stdin is then a pipe of its own."""


async def serve(config: Config, *, supervised: bool = False) -> None:
    """Run a node until SIGTERM or SIGINT.

    Args:
        supervised: End as well when stdin ends: the supervisor is gone, killed perhaps, and a
            node that nobody stops would hold the ports for ever.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if supervised:
        _stop_with_stdin(loop, stop)
    async with running(config):
        await stop.wait()


def _stop_with_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    fd = sys.stdin.fileno()
    os.set_blocking(fd, False)

    def on_readable() -> None:
        if not os.read(fd, 1024):  # nobody writes; it tells the end alone
            loop.remove_reader(fd)
            stop.set()

    loop.add_reader(fd, on_readable)


def run(config: Config, *, supervised: bool = False) -> None:
    """Run a node in this process as `serve` does, on uvloop.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    logging.basicConfig(
        level=config.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    uvloop.run(serve(config, supervised=supervised))


def main() -> int:
    """Read the settings and run; 2 when they are wrong."""
    try:
        config = load(os.environ, Path("visavis.toml"))
        run(config, supervised=os.environ.get(SUPERVISED) == "1")
    except ConfigError as error:
        sys.stderr.write(f"visavis sfu: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
