"""What reaches the server and is no request of the API: answered, counted, and never logged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from sfu.config import Config
from sfu.io.node import RunningNode, running
from sfu.io.server import _Connection
from sfu.messages import CLOCK_HEADER
from tests.sfu.io.conftest import TOKEN

SECRET = "secret-of-a-request"
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
async def node() -> AsyncIterator[RunningNode]:
    config = Config(token=TOKEN, announce=("127.0.0.1",), api_port=0, media_port=0)
    async with running(config) as node:
        yield node


async def send(node: RunningNode, request: bytes) -> Answer:
    """Send bytes; return status, headers and body of all that comes until the end."""
    host, port = node.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(20):
            answer = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


@pytest.mark.parametrize(
    "request_bytes",
    [
        f"{SECRET}\r\n\r\n".encode(),
        f"GET /{SECRET} SPDY/9\r\n\r\n".encode(),
        b"\x16\x03\x01\x02\x00\x01" + SECRET.encode() + b"\r\n\r\n",  # TLS on this port
        f"GET /health HTTP/1.1\r\nHost: x\r\n{SECRET}\r\n\r\n".encode(),
        f"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: {SECRET}\r\n\r\n".encode(),
        f"GET /{SECRET * 1000} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
        f"PUT /rooms/r HTTP/1.1\r\nHost: x\r\n{SECRET}: {'x' * 20000}\r\n\r\n".encode(),
    ],
    ids=["line", "version", "tls", "header", "length", "long line", "long header"],
)
async def test_what_is_no_http_is_refused_in_our_words_and_leaves_no_trace(
    node: RunningNode, request_bytes: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    status, headers, body = await send(node, request_bytes)
    assert status == 400
    assert json.loads(body)["code"] == "malformed"
    assert SECRET not in f"{headers} {body!r}"
    assert "Server" not in headers
    assert float(headers[CLOCK_HEADER]) > 0
    assert node.worker.refusals["malformed"] == 1
    assert SECRET not in caplog.text
    assert "127.0.0.1" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


async def test_good_request_on_the_same_server_is_answered(node: RunningNode) -> None:
    request = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    status, headers, body = await send(node, request)
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert "Server" not in headers
    assert CLOCK_HEADER in headers


async def test_unknown_expectation_is_refused_without_repeating_it(node: RunningNode) -> None:
    request = f"PUT /rooms/r HTTP/1.1\r\nHost: x\r\nExpect: {SECRET}\r\nConnection: close\r\n\r\n"
    status, headers, body = await send(node, request.encode())
    assert (status, json.loads(body)["code"]) == (417, "refused")
    assert SECRET not in f"{headers} {body!r}"


async def test_bug_below_the_middlewares_is_logged_by_place_alone(
    node: RunningNode, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(self: _Connection, *args: object) -> tuple[web.StreamResponse, bool]:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr(_Connection, "finish_response", broken)
    host, port = node.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /{SECRET} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    assert "ZeroDivisionError at test_server.py" in caplog.text
    assert SECRET not in caplog.text


async def test_bug_in_the_middlewares_themselves_is_a_500_in_our_words(
    node: RunningNode, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("sfu.io.api.answer_refusal", broken)
    status, headers, body = await send(node, b"GET /rooms HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, json.loads(body)["code"]) == (500, "internal")
    assert "Server" not in headers
    assert "ZeroDivisionError at test_server.py" in caplog.text
    assert SECRET not in caplog.text
