"""`visavis serve | demo | control | sfu | migrate | openapi`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from control.app import build, endpoints
from control.config import Config, load
from control.data.database import Database
from control.data.files import make_folder
from control.errors import ConfigError, Unavailable
from control.http import openapi
from control.run import logs, server
from control.run.supervisor import COMMAND

SETTINGS_FILE = Path("visavis.toml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 when a setting is wrong, as the text on stderr says."""
    command = _parser().parse_args(arguments).run
    try:
        command()
    except ConfigError as error:
        sys.stderr.write(f"visavis: {error}\n")
        return 2
    except Unavailable as error:
        sys.stderr.write(f"visavis: the database does not answer ({error.code})\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="visavis", description="Meet one patient online.")
    commands = parser.add_subparsers(required=True, metavar="command")
    table: tuple[tuple[str, Callable[[], None], str], ...] = (
        ("serve", _serve, "run everything on this machine: control and one media node"),
        ("demo", _demo, "like serve, with a demo therapist and three patients"),
        ("control", _control, "run control alone"),
        ("sfu", _sfu, "run one media node alone"),
        ("migrate", _migrate, "bring the database's tables up to date"),
        ("openapi", _openapi, "print the OpenAPI document of control"),
    )
    for name, run, text in table:
        commands.add_parser(name, help=text, description=text).set_defaults(run=run)
    return parser


def _serve() -> None:
    server.run(server.run_both(_settings(), _say))


def _demo() -> None:
    server.run(server.run_both(_settings(), _say, with_demo=True))


def _control() -> None:
    server.run(server.run_control(_settings(), _say))


def _sfu() -> None:
    os.execv(COMMAND[0], COMMAND)


def _migrate() -> None:
    asyncio.run(_bring_up_to_date(_settings()))


def _openapi() -> None:
    with TemporaryDirectory() as folder:
        control = build(Config(data_dir=Path(folder), key_file=Path(folder) / "key"))
        sys.stdout.write(openapi.render(endpoints(control)))


async def _bring_up_to_date(config: Config) -> None:
    make_folder(config.data_dir)
    database = Database(config.database_url)
    try:
        await database.migrate()
    finally:
        await database.close()
    _say("The database is up to date.")


def _settings() -> Config:
    config = load(os.environ, SETTINGS_FILE)
    logs.set_up(config.log_level)
    return config


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
