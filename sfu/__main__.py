"""Run one media node: `visavis sfu`, or `python -m sfu`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import uvloop

from sfu.config import Config, load
from sfu.errors import ConfigError
from sfu.io import logs
from sfu.io.abandonment import abandoned
from sfu.io.draining import calls_ended
from sfu.io.garbage import settled
from sfu.io.node import running

logger = logging.getLogger(__name__)

END_WITHOUT_CONTROL = "VISAVIS_END_WITHOUT_CONTROL_S"
"""Set by `visavis serve` for the node it starts; seconds, 0 or nothing: never."""


async def serve(config: Config, *, end_without_control_s: float = 0.0) -> None:
    """Run a node until SIGTERM or SIGINT.

    SIGTERM lets running calls end first, for `drain_s` at most; SIGINT, or a second SIGTERM, ends
    at once. A node with `end_without_control_s` ends at once: who started it waits for calls.

    Args:
        end_without_control_s: End as well after so long without control and peers; 0: never.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    stop, at_once = _signals()
    with settled():
        async with running(config) as node:
            if not end_without_control_s:
                await stop.wait()
                await calls_ended(node.worker, config.drain_s, at_once)
                return
            left = asyncio.create_task(abandoned(node.worker, end_without_control_s))
            left.add_done_callback(lambda _: stop.set())
            await stop.wait()
            if left.done():
                left.result()
                logger.warning("no control and no peer for %g s: ending", end_without_control_s)
            left.cancel()


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what SIGTERM and SIGINT set: to end, and to do so at once."""
    stop, at_once = asyncio.Event(), asyncio.Event()

    def interrupt() -> None:
        stop.set()
        at_once.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: (at_once if stop.is_set() else stop).set())
    loop.add_signal_handler(signal.SIGINT, interrupt)
    return stop, at_once


def run(config: Config, *, end_without_control_s: float = 0.0) -> None:
    """Run a node in this process as `serve` does, on uvloop.

    Raises:
        ConfigError: An address or port cannot be used.
    """
    logs.set_up(config.log_level, config.log_format)
    uvloop.run(serve(config, end_without_control_s=end_without_control_s))


def main() -> int:
    """Read the settings and run; 2 when they are wrong."""
    try:
        config = load(os.environ, Path("visavis.toml"))
        run(config, end_without_control_s=_end_without_control_s(os.environ))
    except ConfigError as error:
        sys.stderr.write(f"visavis sfu: {error}\n")
        return 2
    return 0


def _end_without_control_s(environment: Mapping[str, str]) -> float:
    text = environment.get(END_WITHOUT_CONTROL) or "0"
    if not text.replace(".", "", 1).isdecimal():
        raise ConfigError(f"{END_WITHOUT_CONTROL} must be a number of seconds, not {text}")
    return float(text)


if __name__ == "__main__":
    sys.exit(main())
