"""What a canary says of a server that refuses, lies about its certificate, or is no Visavis."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from canary.__main__ import walk_all
from canary.report import in_words, is_good
from canary.settings import Settings
from canary.visit import Stage, State
from tests.canary.installation import canary, credentials
from tests.support.certificates import self_signed
from tests.support.ports import free_port


def settings(url: str) -> Settings:
    return Settings(url, "canary@example.org", "a long enough password", patience_s=2.0)


@asynccontextmanager
async def serving(app: web.Application, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
    try:
        yield port
    finally:
        await runner.cleanup()


async def assert_unreached(url: str, said: str) -> None:
    visits = await walk_all(settings(url))
    assert not is_good(visits)
    assert [visit.path for visit in visits] == ["udp", "tcp", "turn"]
    for visit in visits:
        assert (visit.state, visit.failed) == (State.FAILED, Stage.REACH)
        assert said in in_words(visit), in_words(visit)


async def test_server_that_refuses_connections_is_told() -> None:
    await assert_unreached(f"http://127.0.0.1:{free_port()}", "refuses connections")


@pytest.mark.parametrize("name", ["localhost", "somebody-else.example"])
async def test_certificate_that_nobody_vouches_for_is_told(tmp_path: Path, name: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*self_signed(tmp_path, name))
    async with serving(web.Application(), context) as port:
        await assert_unreached(f"https://localhost:{port}", "certificate of https://localhost")


async def test_certificate_of_another_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path, "somebody-else.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # its issuer is trusted
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with serving(web.Application(), context) as port:
        ended = await canary("--once", **credentials(f"https://localhost:{port}"))
    assert ended.status == 1
    assert "is not to be trusted" in ended.err
    assert "localhost" in ended.err
    assert "Traceback" not in ended.err


async def test_server_that_speaks_no_tls_is_told() -> None:
    async with serving(web.Application(), None) as port:
        await assert_unreached(f"https://localhost:{port}", "speaks no TLS")


async def test_server_that_never_answers_is_told() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await assert_unreached(f"http://127.0.0.1:{port}", "did not answer within 2 s")


async def test_server_of_another_kind_is_told() -> None:
    async with serving(web.Application(), None) as port:
        await assert_unreached(f"http://127.0.0.1:{port}", "answered 404 without a code")
