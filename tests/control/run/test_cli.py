"""The command line, and both planes run by it as processes of their own."""

from __future__ import annotations

import json
import socket
import sqlite3
from pathlib import Path

import aiohttp
import pytest

from control.config import load
from control.errors import ConfigError
from control.run.cli import main
from control.run.server import free_media_port, free_port
from tests.control.run.product import ports, visavis


async def test_demo_prints_address_login_and_links_that_work(tmp_path: Path) -> None:
    async with visavis(tmp_path, "demo", **ports()) as demo:
        url = (await demo.line("Visavis is at")).split()[-1]
        email = (await demo.line("Log in as")).split()[-1]
        password = (await demo.line("password")).split()[-1]
        link = (await demo.line("Alex M.")).split()[-1]
        assert link.startswith(f"{url}/v#")
        await demo.line("following the media node's events")
        headers = {"X-Visavis": "1"}
        async with aiohttp.ClientSession(headers=headers) as page:
            form = {"email": email, "password": password}
            async with page.post(f"{url}/api/login", json=form) as answer:
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
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
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


def test_unknown_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_misread_setting_of_the_node_is_refused_before_it_starts() -> None:
    with pytest.raises(ConfigError, match="VISAVIS_MEDIA_PORT"):
        load({"VISAVIS_MEDIA_PORT": "fifty thousand"})
