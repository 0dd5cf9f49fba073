"""The command line; `visavis --help` lists its commands."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import secrets
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from control.app import endpoints
from control.auth.messages import OperatorForm, Registration
from control.auth.model import INVITATION_LIFETIME
from control.composition import build
from control.config import Config, load
from control.control import Control
from control.data.database import Database
from control.data.files import make_folder
from control.errors import ConfigError, ControlError, Unavailable
from control.http import openapi
from control.http.wire import LANGUAGES, Email
from control.run import logs, server
from control.run.backup import back_up
from control.run.supervisor import COMMAND

SETTINGS_FILE = Path("visavis.toml")
CANARY = (sys.executable, "-m", "canary")
INVITATION_DAYS = INVITATION_LIFETIME.days

Run = Callable[[argparse.Namespace], None]
Form = TypeVar("Form", Registration, OperatorForm)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 when a setting is wrong, as the text on stderr says."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["canary"]:  # a program of its own, with options of its own
        os.execv(CANARY[0], (*CANARY, *words[1:]))
    chosen = _parser().parse_args(words)
    try:
        chosen.run(chosen)
    except ConfigError as error:
        sys.stderr.write(f"visavis: {error}\n")
        return 2
    except Unavailable as error:
        sys.stderr.write(f"visavis: the database does not answer ({error.code})\n")
        return 1
    except ControlError as error:
        sys.stderr.write(f"visavis: {error.text}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="visavis", description="Meet one patient online.")
    commands = parser.add_subparsers(required=True, metavar="command")
    table: tuple[tuple[str, Run, str], ...] = (
        ("serve", _serve, "run everything on this machine: control and one media node"),
        ("demo", _demo, "like serve, with a demo therapist and three patients"),
        ("control", _control, "run control alone"),
        ("sfu", _sfu, "run one media node alone"),
        ("migrate", _migrate, "bring the database's tables up to date"),
        ("outbox", _outbox, "list the last messages and what became of them, without names"),
        ("openapi", _openapi, "print the OpenAPI document of control"),
    )
    for name, run, text in table:
        commands.add_parser(name, help=text, description=text).set_defaults(run=run)
    text = "walk a synthetic visit every few minutes, against a running installation"
    commands.add_parser("canary", help=text, description=text)  # `main` runs it
    text = "copy the SQLite database to a file, also while Visavis runs; the key is not in it"
    backup = commands.add_parser("backup", help=text, description=text)
    backup.add_argument("file", type=Path, help="replaced only by a whole copy")
    backup.set_defaults(run=_backup)
    _add_therapist_commands(commands)
    _add_operator_commands(commands)
    return parser


def _add_therapist_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "make therapists' accounts"
    therapist = commands.add_parser("therapist", help=text, description=text)
    actions = therapist.add_subparsers(required=True, metavar="action")
    text = "make an account; asks for a password in a terminal, else makes and prints one"
    add = actions.add_parser("add", help=text, description=text)
    add.add_argument("--email", required=True)
    add.add_argument("--name", required=True, help="as patients read it")
    add.add_argument("--language", choices=LANGUAGES, default="en")
    add.add_argument(
        "--canary", action="store_true", help="for `visavis canary`: its visits are erased"
    )
    add.set_defaults(run=_add_therapist)
    text = f"print a link with which one person can make an account ({INVITATION_DAYS} days)"
    invite = actions.add_parser("invite", help=text, description=text)
    invite.add_argument("--email", help="only this address may be used")
    invite.set_defaults(run=_invite_therapist)
    text = "print a link with which a therapist can choose a new password, once, for 30 minutes"
    reset = actions.add_parser("reset", help=text, description=text)
    reset.add_argument("email")
    reset.set_defaults(run=_reset_therapist)


def _add_operator_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "make accounts for /ops, the page of who runs the server"
    operator = commands.add_parser("operator", help=text, description=text)
    actions = operator.add_subparsers(required=True, metavar="action")
    asks = "; asks for a password in a terminal, else makes and prints one"
    text = f"make an operator's account{asks}"
    add = actions.add_parser("add", help=text, description=text)
    add.add_argument("--email", required=True)
    add.add_argument("--language", choices=LANGUAGES, default="en")
    add.set_defaults(run=_add_operator)
    text = f"set another password, and end every login of an operator{asks}"
    password = actions.add_parser("password", help=text, description=text)
    password.add_argument("email")
    password.set_defaults(run=_set_operators_password)
    text = "delete an operator's account; every login of it ends"
    remove = actions.add_parser("remove", help=text, description=text)
    remove.add_argument("email")
    remove.set_defaults(run=_remove_operator)


def _serve(_chosen: argparse.Namespace) -> None:
    server.run(server.run_both(_settings(), _say))


def _demo(_chosen: argparse.Namespace) -> None:
    server.run(server.run_both(_settings(registration="open", outbox="page"), _say, with_demo=True))


def _control(_chosen: argparse.Namespace) -> None:
    server.run(server.run_control(_settings(), _say))


def _sfu(_chosen: argparse.Namespace) -> None:
    os.execv(COMMAND[0], COMMAND)


def _migrate(_chosen: argparse.Namespace) -> None:
    asyncio.run(_bring_up_to_date(_settings()))


def _backup(chosen: argparse.Namespace) -> None:
    config = _settings()
    back_up(config, chosen.file)
    _say(f"{chosen.file} is a whole copy of the database. Keep it apart from {config.key_file}.")


def _add_therapist(chosen: argparse.Namespace) -> None:
    form, is_typed = _form(
        Registration, email=chosen.email, name=chosen.name, language=chosen.language
    )

    async def add(control: Control) -> None:
        now = datetime.now(UTC)
        await control.registration.add(form, is_canary=chosen.canary, now=now)
        _say_login(form, is_typed, control.config.public_url)

    asyncio.run(_with_control(_settings(), add))


def _add_operator(chosen: argparse.Namespace) -> None:
    form, is_typed = _form(OperatorForm, email=chosen.email, language=chosen.language)

    async def add(control: Control) -> None:
        await control.operators.add(form, now=datetime.now(UTC))
        _say_login(form, is_typed, f"{control.config.public_url}/ops")

    asyncio.run(_with_control(_settings(), add))


def _set_operators_password(chosen: argparse.Namespace) -> None:
    form, is_typed = _form(OperatorForm, email=chosen.email)

    async def change(control: Control) -> None:
        await control.operators.set_password(form)
        _say_login(form, is_typed, f"{control.config.public_url}/ops")

    asyncio.run(_with_control(_settings(), change))


def _remove_operator(chosen: argparse.Namespace) -> None:
    async def remove(control: Control) -> None:
        await control.operators.remove(chosen.email)
        _say("The operator's account is deleted.")

    asyncio.run(_with_control(_settings(), remove))


def _form(kind: type[Form], **fields: str) -> tuple[Form, bool]:
    """Return the form with a password, and whether somebody typed it; else it is a new one."""
    typed = getpass.getpass("Password (Enter makes one): ") if sys.stdin.isatty() else ""
    try:
        return kind(password=typed or secrets.token_urlsafe(12), **fields), typed != ""
    except ValidationError as error:
        raise ConfigError(_explain(error)) from None


def _say_login(form: Registration | OperatorForm, is_typed: bool, url: str) -> None:
    _say(f"{form.email} can log in at {url}")
    if not is_typed:
        _say(f"with password {form.password}")


def _invite_therapist(chosen: argparse.Namespace) -> None:
    try:
        email = None if chosen.email is None else TypeAdapter(Email).validate_python(chosen.email)
    except ValidationError as error:
        raise ConfigError(f"--email: {_explain(error)}") from None

    async def invite(control: Control) -> None:
        _say(await control.registration.invite(email, now=datetime.now(UTC)))

    asyncio.run(_with_control(_settings(), invite))


def _reset_therapist(chosen: argparse.Namespace) -> None:
    async def reset(control: Control) -> None:
        _say(await control.recovery.link(chosen.email, now=datetime.now(UTC)))

    asyncio.run(_with_control(_settings(), reset))


def _outbox(_chosen: argparse.Namespace) -> None:
    async def show(control: Control) -> None:
        for line in await control.outbox.overview():
            _say(line)

    asyncio.run(_with_control(_settings(), show))


def _openapi(_chosen: argparse.Namespace) -> None:
    with TemporaryDirectory() as folder:
        control = build(Config(data_dir=Path(folder), key_file=Path(folder) / "key"))
        sys.stdout.write(openapi.render(endpoints(control)))


async def _with_control(config: Config, work: Callable[[Control], Awaitable[None]]) -> None:
    """Do one thing as control would, beside a control that may be running."""
    control = build(config)
    try:
        await control.start()
        await work(control)
    finally:
        await control.close()


async def _bring_up_to_date(config: Config) -> None:
    make_folder(config.data_dir)
    database = Database(config.database_url)
    try:
        await database.migrate()
    finally:
        await database.close()
    _say("The database is up to date.")


def _settings(**defaults: str) -> Config:
    config = load(os.environ, SETTINGS_FILE, **defaults)
    logs.set_up(config.log_level, config.log_format)
    return config


def _explain(error: ValidationError) -> str:
    """Say what is wrong with what was typed, without repeating it."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return ": ".join([*(str(part) for part in first["loc"]), first["msg"]])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
