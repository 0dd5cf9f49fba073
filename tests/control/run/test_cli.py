"""The command line, and both planes run by it as processes of their own."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import sqlite3
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from control.config import load
from control.errors import ConfigError
from control.run.cli import main
from control.run.server import free_media_port, free_port
from control.run.supervisor import ChildMisconfigured, Supervisor
from tests.control.stage import PASSWORD, Stage, make_config

PATIENCE_S = 40.0


def environment(data: Path, **settings: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VISAVIS_")}
    return kept | {"VISAVIS_DATA": str(data), "PYTHONUNBUFFERED": "1"} | settings


class Visavis:
    """`visavis …` as a process, its lines as they come."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def line(self, wanted: str) -> str:
        """Read on until a line contains this."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                line = (await self.process.stdout.readline()).decode()
                assert line, f"{wanted!r} never came:\n" + "".join(self.lines)
                self.lines.append(line)
                if wanted in line:
                    return line

    async def end(self, number: int | None = signal.SIGTERM) -> int:
        """Wait for the end, after asking for it by a signal or, with None, without."""
        if number is not None and self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def visavis(data: Path, *arguments: str, **settings: str) -> AsyncIterator[Visavis]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "control", *arguments),
        env=environment(data, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Visavis(process)
    try:
        yield running
    finally:
        await running.end()


def some_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> str:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def ports() -> dict[str, str]:
    return {
        "VISAVIS_HTTP_BIND": f"127.0.0.1:{some_port()}",
        "VISAVIS_SFU_PORT": some_port(),
        "VISAVIS_MEDIA_PORT": some_port(socket.SOCK_DGRAM),
        "VISAVIS_ANNOUNCE": "127.0.0.1",
    }


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


async def test_serve_starts_a_dead_node_again_and_ends_with_it(tmp_path: Path) -> None:
    async with visavis(tmp_path, "serve", **ports()) as serve:
        await serve.line("following the media node's events")
        first = node_of(serve)
        os.kill(first, signal.SIGKILL)
        await serve.line("starting it again")
        await serve.line("following the media node's events")
        second = node_of(serve)
        assert second != first
        assert await serve.end(signal.SIGINT) == 0
        with pytest.raises(ProcessLookupError):
            os.kill(second, 0)


def node_of(serve: Visavis) -> int:
    """Return the pid of the one child."""
    children = Path(f"/proc/{serve.process.pid}/task/{serve.process.pid}/children")
    (pid,) = children.read_text().split()
    return int(pid)


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


def test_unknown_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["dance"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


async def test_child_with_wrong_settings_is_not_started_again() -> None:
    supervisor = Supervisor({}, (sys.executable, "-c", "raise SystemExit(2)"))
    with pytest.raises(ChildMisconfigured):
        await supervisor.run()
    assert supervisor.starts == 1


async def test_child_that_ignores_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control.run.supervisor.STOP_TIMEOUT_S", 0.2)
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    stubborn = f"""
        import signal
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open({str(ready)!r}, "w").close()
        signal.pause()
    """
    supervisor = Supervisor({}, (sys.executable, "-c", textwrap.dedent(stubborn)))
    task = asyncio.create_task(supervisor.run())
    await asyncio.to_thread(ready.read_bytes)
    pid = supervisor.pid
    assert pid is not None
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_misread_setting_of_the_node_is_refused_before_it_starts() -> None:
    with pytest.raises(ConfigError, match="VISAVIS_MEDIA_PORT"):
        load({"VISAVIS_MEDIA_PORT": "fifty thousand"})
