"""Run control, alone or with the media node beside it, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import secrets
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from control.app import make_app
from control.composition import build, connect_node
from control.config import Config, http_url
from control.control import Control
from control.errors import ConfigError
from control.http.connections import Runner
from control.run import adoption, demo
from control.run.adoption import Node
from control.run.record import RecordFile, only_one
from control.run.signals import Signals
from control.run.supervisor import ChildMisconfigured, Supervisor
from control.run.visits import MediaNode, none_runs

log = logging.getLogger(__name__)

PORTS_TO_TRY = 20
SHUTDOWN_S = 3.0
LOCALHOST_PREFIX = "http://localhost:"

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
    signals = Signals()
    runner = await _start(build(config), say)
    try:
        await signals.stop.wait()
    finally:
        await runner.cleanup()


async def run_both(config: Config, say: Say, *, with_demo: bool = False) -> None:
    """Serve control and one media node on this machine.

    SIGTERM lets running visits end first, for `drain_s` at most; the demo ends at once. SIGUSR1
    ends control alone.

    Raises:
        ConfigError: Something is set wrong, or this data folder is served already.
    """
    signals = Signals()
    with only_one(config.data_dir):
        config, node = await _beside(config)
        media = connect_node(config.sfu_url, config.sfu_token)
        supervisor = Supervisor(node, RecordFile(config.data_dir), media)
        runner = await _start(build(config), say, with_demo=with_demo)
        supervising = asyncio.create_task(supervisor.run())
        try:
            await _first(supervising, signals.stop.wait())
            if not supervising.done() and not with_demo:
                await _first(
                    supervising, signals.at_once.wait(), _drained(media, config.drain_s, say)
                )
        finally:
            if signals.leaves_node:
                supervisor.leave()
            supervising.cancel()
            await runner.cleanup()
            await media.close()
            await _finished(supervising)


async def _drained(media: MediaNode, limit_s: float, say: Say) -> None:
    """Return when no visit runs any more, or after `limit_s`."""

    latest = f"{limit_s / 60:.0f} minutes" if limit_s >= 120 else f"{limit_s:.0f} seconds"

    def on_wait() -> None:
        say(
            f"Visavis ends when no visit runs any more, in {latest} at the latest. "
            "New ones are refused. A second signal ends it at once."
        )

    if limit_s:
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await none_runs(media, draining=True, on_wait=on_wait)


async def _first(kept: asyncio.Task[None], *others: Coroutine[Any, Any, object]) -> None:
    """Return when the task or one of the others is done; only the others end with it."""
    tasks = [asyncio.ensure_future(other) for other in others]
    try:
        done, _ = await asyncio.wait((kept, *tasks), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done - {kept}:
        task.result()


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


async def _beside(config: Config) -> tuple[Config, Node]:
    """Find the node that runs, or choose token and free ports for one; return our settings too."""
    http_port = free_port(config.http_host, config.http_port)
    public_url = config.public_url
    if public_url == f"{LOCALHOST_PREFIX}{config.http_port}":
        public_url = f"{LOCALHOST_PREFIX}{http_port}"
    node = await adoption.find(RecordFile(config.data_dir), _connect) or _new_node(config)
    ours = replace(
        config,
        http_port=http_port,
        public_url=public_url,
        sfu_token=node.token,
        sfu_url=http_url(node.api_host, node.api_port),
    )
    return ours, node


def _new_node(config: Config) -> Node:
    return Node(
        config.sfu_host,
        free_port(config.sfu_host, config.sfu_port),
        free_media_port(config.media_port, tcp=config.media_tcp),
        config.sfu_token or secrets.token_urlsafe(32),
    )


def _connect(node: Node) -> MediaNode:
    return connect_node(http_url(node.api_host, node.api_port), node.token)


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
    runner = Runner(make_app(control), shutdown_timeout=SHUTDOWN_S)
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
    say(f"  The operator's page is /ops: log in as {found.operator}, with the same password.")
    say("  Ctrl+C ends it.")


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

    # What is imported by now stays for good. Kept out of garbage collections, which went through
    # it each time and held the loop for 100 ms.
    gc.freeze()
    uvloop.run(main)
