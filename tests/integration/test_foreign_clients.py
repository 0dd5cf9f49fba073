"""Clients that nobody here wrote, against a real node: both ways, with known sound and picture."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import av
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hatch_build import npm_command
from sfu.io.node import RunningNode
from sfu.transport.certificate import self_sign
from tests.integration.page import Page, brightness, pitch_hz
from tests.support.waiting import until

HERE = Path(__file__).parent
PIPE = asyncio.subprocess.PIPE


@asynccontextmanager
async def running(
    *argv: str, folder: Path | None = None, environment: dict[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A client in a process of its own; it ends when its standard input does."""
    process = await asyncio.create_subprocess_exec(
        *argv, stdin=PIPE, stdout=PIPE, cwd=folder, env=environment
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await asyncio.wait_for(process.communicate(), timeout=20)


@pytest.mark.skipif("whip" not in av.formats_available, reason="PyAV's FFmpeg has no WHIP muxer")
async def test_ffmpegs_whip_muxer_is_heard_and_seen(
    node: RunningNode, control: ClientSession, tmp_path: Path
) -> None:
    """It offers H.264 and Opus, sendonly, with neither data channels nor header extensions."""
    _write_identity(tmp_path)
    await control.put("/rooms/visit", json={"gate_open": True})
    therapist = Page("therapist", hz=440, luma=200)
    await therapist.join(control, "visit")
    url = f"{node.url}/rooms/visit/peers?participant=patient&role=patient"
    publisher = str(HERE / "whip_publisher.py")
    async with running(sys.executable, publisher, url, node.token, "660", "90", str(tmp_path)):
        await until(lambda: len(therapist.sounds) > 75 and len(therapist.pictures) > 20)
        assert _roles(node) == {"therapist", "patient"}
    assert _roles(node) == {"therapist"}  # it said goodbye, by DELETE
    assert pitch_hz(therapist.sounds[-50:]) == pytest.approx(660, abs=5)
    assert brightness(therapist.pictures[-1]) == pytest.approx(90, abs=8)
    await therapist.close()


def _roles(node: RunningNode) -> set[str]:
    room = node.worker.run(node.worker.engine.rooms.find("visit").state)
    return {peer.role.value for peer in room.peers}


async def test_a_libwebrtc_client_in_node_hears_and_sees_and_is_heard_and_seen(
    node: RunningNode, control: ClientSession, tmp_path: Path
) -> None:
    """npm's @roamhq/wrtc offers what libwebrtc does, sound and camera, without data channels."""
    npm, environment = npm_command()
    _install_wrtc(npm, environment, tmp_path)
    await control.put("/rooms/visit", json={"gate_open": True})
    therapist = Page("therapist", hz=440, luma=200)
    await therapist.join(control, "visit")
    url = f"{node.url}/rooms/visit/peers?participant=patient&role=patient"
    argv = [*npm, "run", "--silent", "client", "--", url, node.token, "550", "90"]
    async with running(*argv, folder=tmp_path, environment=environment) as client:
        await until(lambda: len(therapist.sounds) > 75 and len(therapist.pictures) > 20)
        there = await _said_by(client, lambda it: it["pictures"] > 20 and it["sounds"] > 200)
    assert pitch_hz(therapist.sounds[-50:]) == pytest.approx(550, abs=5)
    assert brightness(therapist.pictures[-1]) == pytest.approx(90, abs=8)
    assert there["hz"] == pytest.approx(440, abs=10)
    assert there["luma"] == pytest.approx(200, abs=8)
    await therapist.close()


def _install_wrtc(npm: list[str], environment: dict[str, str], folder: Path) -> None:
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(HERE / "wrtc" / name, folder)
    install = [*npm, "ci", "--no-audit", "--no-fund", "--silent"]
    try:
        subprocess.run(install, cwd=folder, env=environment, check=True, timeout=60)
    except (subprocess.SubprocessError, OSError):
        pytest.skip("npm could not install @roamhq/wrtc")


async def _said_by(
    client: asyncio.subprocess.Process, enough: Callable[[dict[str, float]], bool]
) -> dict[str, float]:
    """Read what the client says, a line each half second, until it is enough."""
    assert client.stdout is not None
    async with asyncio.timeout(20):
        while line := await client.stdout.readline():
            said: dict[str, float] = json.loads(line)
            if enough(said):
                return said
    raise AssertionError("the client ended")


def _write_identity(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    plain = (PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, *plain))
    (folder / "cert.pem").write_bytes(self_sign(key).public_bytes(Encoding.PEM))
