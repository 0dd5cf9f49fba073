"""The command line, and both planes run by it as processes of their own."""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from control.config import load
from control.errors import ConfigError
from control.run.cli import main
from control.run.server import free_media_port, free_port
from tests.control.run.product import ports, visavis
from tests.control.stage import PASSWORD, Stage, make_config
from tests.support import ports as ours


async def test_demo_prints_address_login_and_links_that_work(tmp_path: Path) -> None:
    async with visavis(tmp_path, "demo", **ports()) as demo:
        url = (await demo.line("Visavis is at")).split()[-1]
        email = (await demo.line("Log in as")).split()[-1]
        password = (await demo.line("password")).split()[-1]
        link = (await demo.line("Alex M.")).split()[-1]
        assert "operator@visavis.local" in await demo.line("/ops")
        assert link.startswith(f"{url}/v#")
        await demo.line("following the media node's events")
        headers = {"X-Visavis": "1"}
        async with aiohttp.ClientSession(headers=headers) as page:
            form = {"email": email, "password": password}
            async with page.post(f"{url}/api/login", json=form) as answer:
                assert answer.status == 200
            watching = {"email": "operator@visavis.local", "password": password}
            async with page.post(f"{url}/api/ops/login", json=watching) as answer:
                assert answer.status == 200
            body = {"token": link.partition("#")[2]}
            async with page.post(f"{url}/api/visit", json=body) as answer:
                assert (await answer.json())["name"] == "Alex M."
        assert await demo.end() == 0


async def test_control_alone_needs_the_token_and_says_so(tmp_path: Path) -> None:
    async with visavis(tmp_path, "control", **ports()) as control:
        assert "VISAVIS_SFU_TOKEN" in await control.line("visavis:")
        assert await control.end(None) == 2


async def test_control_alone_says_that_its_port_is_busy(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        settings = ports() | {
            "VISAVIS_HTTP_BIND": f"127.0.0.1:{busy.getsockname()[1]}",
            "VISAVIS_SFU_TOKEN": "a-token-of-sixteen",
        }
        async with visavis(tmp_path, "control", **settings) as control:
            assert "VISAVIS_HTTP_BIND" in await control.line("visavis:")
            assert await control.end(None) == 2


def test_busy_port_gives_the_next_free_one() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert port < free_port("127.0.0.1", port) < port + 20


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_media_port_held_on_one_address_is_passed_over(
    family: socket.AddressFamily, address: str, kind: socket.SocketKind
) -> None:
    with socket.socket(family, kind) as held:
        try:
            held.bind((address, 0))
        except OSError:
            pytest.skip(f"this machine has no {address}")
        if kind is socket.SOCK_STREAM:
            held.listen()
        port = held.getsockname()[1]
        assert port < free_media_port(port, tcp=True) < port + 20


def test_a_media_port_whose_tcp_is_somebody_elses_serves_udp_alone() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as held:
        port = ours.free_port()  # whose UDP nobody has meanwhile
        held.bind(("127.0.0.1", port))
        held.listen()
        assert free_media_port(port, tcp=False) == port


def test_migrate_makes_the_tables_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISAVIS_DATA", str(tmp_path / "data"))
    for _ in range(2):
        assert main(["migrate"]) == 0
    assert "up to date" in capsys.readouterr().out
    with sqlite3.connect(tmp_path / "data" / "visavis.db") as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert {"therapists", "patients", "sessions", "visits"} <= tables
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where the command line works, with no terminal to ask in."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("VISAVIS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path


ADD = ["therapist", "add", "--email", "Rossi@Example.org", "--name", "Dr. Rossi"]


async def test_first_account_is_made_by_the_command_line(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(main, [*ADD, "--language", "it"]) == 0
    password = capsys.readouterr().out.split()[-1]
    assert await asyncio.to_thread(main, ADD) == 1
    assert "already registered" in capsys.readouterr().err
    async with Stage(make_config(installation / "data")) as stage:
        page, form = stage.page(), {"email": "rossi@example.org", "password": password}
        me = await page.post("/api/login", form)
        assert (me["name"], me["language"]) == ("Dr. Rossi", "it")


async def test_invited_therapist_makes_an_account_by_the_printed_link(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invite = ["therapist", "invite", "--email", "rossi@example.org"]
    assert await asyncio.to_thread(main, invite) == 0
    token = capsys.readouterr().out.strip().removeprefix("http://localhost:8080/register#")
    async with Stage(make_config(installation / "data", registration="invite")) as stage:
        form = {"email": "rossi@example.org", "password": PASSWORD, "name": "Dr. Rossi"}
        await stage.page().post("/api/register", form | {"invitation": token}, 201)


async def test_printed_link_sets_a_new_password(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    email = "rossi@example.org"
    add = ["therapist", "add", "--email", email, "--name", "Dr. Rossi"]
    assert await asyncio.to_thread(main, add) == 0
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["therapist", "reset", "Rossi@example.org"]) == 0
    token = capsys.readouterr().out.strip().removeprefix("http://localhost:8080/reset#")
    async with Stage(make_config(installation / "data")) as stage:
        stage.clock.now = datetime.now(UTC)
        page, body = stage.page(), {"token": token, "password": PASSWORD}
        await page.post("/api/reset", body, 204)
        await page.post("/api/login", {"email": email, "password": PASSWORD})


def test_outbox_that_is_empty_prints_nothing(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outbox"]) == 0
    assert capsys.readouterr().out == ""


def test_reset_for_nobody_is_said_in_words(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["therapist", "reset", "nobody@example.org"]) == 1
    assert "no account with this e-mail" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["therapist", "add", "--email", "nowhere", "--name", "A"], 2, "email: "),
        (["therapist", "add", "--email", "a@b.cd", "--name", " "], 2, "name: "),
        (["therapist", "invite", "--email", "nowhere"], 2, "--email: "),
    ],
)
def test_impossible_account_is_refused_in_words(
    installation: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    assert main(arguments) == status
    assert capsys.readouterr().err.startswith(f"visavis: {said}")


def test_nobody_is_invited_where_registration_is_closed(
    installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VISAVIS_REGISTRATION", "closed")
    assert main(["therapist", "invite"]) == 1
    assert capsys.readouterr().err == "visavis: New accounts cannot be made here.\n"


def test_wrong_setting_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISAVIS_HTTP_BIND", "everywhere")
    assert main(["serve"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("visavis: VISAVIS_HTTP_BIND")
    assert said.count("\n") == 1


def test_openapi_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert json.loads(capsys.readouterr().out)["openapi"] == "3.1.0"


def test_canary_is_a_program_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    class Replaced(Exception):
        pass

    def execv(program: str, arguments: tuple[str, ...]) -> None:
        raise Replaced(program, *arguments[1:])

    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(Replaced) as caught:
        main(["canary", "--once", "--listen", "2s"])
    assert caught.value.args == (sys.executable, "-m", "canary", "--once", "--listen", "2s")


def test_unknown_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_misread_setting_of_the_node_is_refused_before_it_starts() -> None:
    with pytest.raises(ConfigError, match="VISAVIS_MEDIA_PORT"):
        load({"VISAVIS_MEDIA_PORT": "fifty thousand"})


async def test_operators_are_made_changed_and_removed_by_the_command_line(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["operator", "add", "--email", "watch@example.org"]
    assert await asyncio.to_thread(main, [*add, "--language", "it"]) == 0
    said = capsys.readouterr().out
    assert "http://localhost:8080/ops" in said
    assert await asyncio.to_thread(main, add) == 1
    assert "There is an operator" in capsys.readouterr().err
    assert await asyncio.to_thread(main, ["operator", "password", "watch@example.org"]) == 0
    password = capsys.readouterr().out.split()[-1]
    assert password != said.split()[-1]
    async with Stage(make_config(installation / "data")) as stage:
        form = {"email": "watch@example.org", "password": password}
        assert (await stage.page().post("/api/ops/login", form))["language"] == "it"
    assert await asyncio.to_thread(main, ["operator", "remove", "watch@example.org"]) == 0
    assert await asyncio.to_thread(main, ["operator", "remove", "watch@example.org"]) == 1
    assert "There is no operator" in capsys.readouterr().err
