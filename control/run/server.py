"""Run control, alone or with the media node beside it, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import errno
import logging
import secrets
import signal
import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from control.app import Control, build, make_app
from control.config import Config, http_url
from control.errors import ConfigError
from control.run import demo
from control.run.supervisor import ChildMisconfigured, Supervisor

log = logging.getLogger(__name__)

PORTS_TO_TRY = 20
SHUTDOWN_S = 3.0
PLEASE = "http://localhost:"

Say = Callable[[str], None]


async def run_control(config: Config, say: Say) -> None:
    """Serve control alone; the media node is elsewhere.

    Raises:
        ConfigError: No token for the node, or the port is busy.
    """
    if not config.sfu_token:
        raise ConfigError(
            "VISAVIS_SFU_TOKEN must be set, the same for control and the media node; "
            "`visavis serve` makes one by itself"
        )
    stop = _stop_on_signals()
    runner = await _start(build(config), say)
    try:
        await stop.wait()
    finally:
        await runner.cleanup()


async def run_both(config: Config, say: Say, *, with_demo: bool = False) -> None:
    """Serve control and one media node on this machine.

    Raises:
        ConfigError: Something is set wrong.
    """
    stop = _stop_on_signals()
    config, environment = _beside(config)
    supervisor = Supervisor(environment)
    runner = await _start(build(config), say, with_demo=with_demo)
    node = asyncio.create_task(supervisor.run())
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((node, waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        node.cancel()
        await runner.cleanup()
        await _finished(node)


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next free one.

    Raises:
        ConfigError: None of the next ports is free.
    """
    for port in range(wanted, wanted + PORTS_TO_TRY):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            chosen: int = probe.getsockname()[1]
            return chosen
    raise ConfigError(f"No port from {wanted} to {wanted + PORTS_TO_TRY - 1} is free on {host}.")


def _beside(config: Config) -> tuple[Config, dict[str, str]]:
    """Choose token and free ports for both; return our settings and the child's environment."""
    http_port = free_port(config.http_host, config.http_port)
    public_url = config.public_url
    if public_url == f"{PLEASE}{config.http_port}":
        public_url = f"{PLEASE}{http_port}"
    sfu_port = free_port(config.sfu_host, config.sfu_port)
    token = config.sfu_token or secrets.token_urlsafe(32)
    environment = {
        "VISAVIS_SFU_TOKEN": token,
        "VISAVIS_SFU_HOST": config.sfu_host,
        "VISAVIS_SFU_PORT": str(sfu_port),
        "VISAVIS_MEDIA_PORT": str(free_media_port(config.media_port, tcp=config.media_tcp)),
    }
    ours = replace(
        config,
        http_port=http_port,
        public_url=public_url,
        sfu_token=token,
        sfu_url=http_url(config.sfu_host, sfu_port),
    )
    return ours, environment


def free_media_port(wanted: int, *, tcp: bool) -> int:
    """Return the first UDP port from `wanted` that nobody holds on any address.

    Args:
        tcp: Nobody holds the TCP port of this number either.
    """
    if wanted == 0:
        return 0
    kinds = (socket.SOCK_DGRAM, socket.SOCK_STREAM) if tcp else (socket.SOCK_DGRAM,)
    ends = [(family, kind) for family in (socket.AF_INET, socket.AF_INET6) for kind in kinds]
    for port in range(wanted, wanted + PORTS_TO_TRY):
        if all(_is_free(family, kind, port) for family, kind in ends):
            return port
    raise ConfigError(f"No media port from {wanted} is free; set VISAVIS_MEDIA_PORT.")


def _is_free(family: socket.AddressFamily, kind: socket.SocketKind, port: int) -> bool:
    """Whether nobody holds this port; nobody can hold one of IPv6 where there is none."""
    try:
        with socket.socket(family, kind) as probe:
            if kind is socket.SOCK_STREAM:  # former connections in TIME_WAIT hold nothing
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(("", port))
    except OSError as error:
        return family is socket.AF_INET6 and error.errno != errno.EADDRINUSE
    return True


async def _start(control: Control, say: Say, *, with_demo: bool = False) -> web.AppRunner:
    config = control.config
    runner = web.AppRunner(make_app(control), access_log=None, shutdown_timeout=SHUTDOWN_S)
    try:
        await runner.setup()
        found = await demo.prepare(control, now=datetime.now(UTC)) if with_demo else None
        await web.TCPSite(runner, config.http_host, config.http_port).start()
    except OSError as error:
        await runner.cleanup()
        raise ConfigError(
            f"Port {config.http_port} cannot be used ({error.strerror}); set VISAVIS_HTTP_BIND."
        ) from error
    except BaseException:
        await runner.cleanup()
        raise
    say(f"Visavis is at {config.public_url}")
    if found is not None:
        _tell(found, say)
    return runner


def _tell(found: demo.Demo, say: Say) -> None:
    say(f"  Log in as      {found.email}")
    say(f"  with password  {found.password}")
    say("  Open a patient's link in another browser or a private window:")
    for name, url in found.links:
        say(f"    {name:<10} {url}")
    say("  Ctrl+C ends it.")


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _finished(node: asyncio.Task[None]) -> None:
    try:
        await node
    except asyncio.CancelledError:
        pass
    except ChildMisconfigured:
        raise ConfigError("The media node cannot start; it says why above.") from None


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop, where it is there."""
    import uvloop

    uvloop.run(main)
