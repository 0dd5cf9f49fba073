"""`visavis canary`: rounds of synthetic visits, one or one every few minutes."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path as File

from prometheus_client import start_http_server, write_to_textfile

from canary import report, settings
from canary.settings import SettingError, Settings
from canary.trouble import WrongAccount
from canary.visit import TCP, UDP, Path, State, Visit, turn_path, walk

QUIET = ("aioice", "aiortc", "aiohttp", "asyncio")
"""Log addresses of people's networks, or of ours."""
NO_TURN = Visit("turn", State.NOT_CONFIGURED, words="control names no TURN (VISAVIS_TURN_URLS)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 when all is well, 1 when a visit of `--once` failed, 2 when a setting is wrong."""
    chosen = _parser().parse_args(arguments)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        return asyncio.run(_run(settings.load(os.environ, chosen.listen), chosen))
    except (SettingError, WrongAccount) as error:
        sys.stderr.write(f"visavis canary: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"visavis canary: {error.filename or ''} {error.strerror}\n")
        return 2
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="visavis canary",
        description="Walk a synthetic visit against a running installation, over every path. "
        f"Settings: {', '.join(settings.ENVIRONMENT.values())}.",
    )
    often = parser.add_mutually_exclusive_group()
    often.add_argument("--once", action="store_true", help="one round; ends with one JSON line")
    often.add_argument(
        "--every", type=_every, default=300.0, metavar="TIME", help="300, 90s or 5m (default: 5m)"
    )
    parser.add_argument(
        "--listen", type=_listen, default=settings.LISTEN_S, metavar="TIME",
        help=f"how long both sides listen in each visit (default: {settings.LISTEN_S:g}s)",
    )  # fmt: skip
    parser.add_argument("--textfile", type=File, help="write metrics there after each round")
    parser.add_argument(
        "--metrics", type=_bind, metavar="HOST:PORT", help="serve metrics there (not with --once)"
    )
    return parser


def _every(text: str) -> float:
    return _seconds(text, settings.SHORTEST_EVERY_S)


def _listen(text: str) -> float:
    return _seconds(text, settings.SHORTEST_LISTEN_S)


def _seconds(text: str, least_s: float) -> float:
    try:
        return settings.seconds(text, least_s)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _bind(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError("must look like 127.0.0.1:9105")
    return host.strip("[]"), int(port)


async def _run(asked: Settings, chosen: argparse.Namespace) -> int:
    metrics, stop = report.Metrics(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    if chosen.metrics is not None and not chosen.once:
        host, port = chosen.metrics
        start_http_server(port, host, registry=metrics.registry)
    while True:
        visits = await _unless(stop, asked)
        if visits is None:
            return 0
        metrics.take(visits, time.time())
        if chosen.textfile is not None:
            write_to_textfile(str(chosen.textfile), metrics.registry)
        for visit in visits:
            sys.stderr.write(f"{report.in_words(visit)}\n")
        if chosen.once:
            sys.stdout.write(f"{report.as_json(asked.url, visits)}\n")
            return 0 if report.is_good(visits) else 1
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), chosen.every)
            return 0


async def _unless(stop: asyncio.Event, asked: Settings) -> list[Visit] | None:
    """Walk a round; None when we were asked to stop, and then the visit was erased first."""
    walking = asyncio.ensure_future(walk_all(asked))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((walking, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not walking.done():
        walking.cancel()
    try:
        return await walking
    except asyncio.CancelledError:
        return None


async def walk_all(asked: Settings) -> list[Visit]:
    """Walk a visit over every path, one after the other."""
    visits = [await walk(asked, UDP)]
    known = visits[0].turn_urls
    if known is None:  # it did not come so far, and neither would the others
        return [visits[0], *(_same(visits[0], name) for name in ("tcp", "turn"))]
    visits.append(await walk(asked, TCP))
    paths: dict[str, Path] = {}
    for url in known:
        path = turn_path(url)
        paths.setdefault(path.name, path)
    for path in paths.values():
        visits.append(await walk(asked, path))
    return visits if paths else [*visits, NO_TURN]


def _same(visit: Visit, path: str) -> Visit:
    return Visit(path, visit.state, dict(visit.stages_s), failed=visit.failed, words=visit.words)


if __name__ == "__main__":
    sys.exit(main())
