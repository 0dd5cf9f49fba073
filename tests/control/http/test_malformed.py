"""What is not a request, or almost one: never our failure, never in a log, always our headers."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from control.http import wire
from control.http.limits import Limits
from control.http.middleware import HEADERS
from control.run.logs import hush_libraries
from tests.control.http.raw import HEALTH, connected, exchange
from tests.control.stage import Stage, make_config

SECRET = b"s3cret-of-the-client"
JSON = b"Content-Type: application/json\r\n"


def get(target: bytes, *headers: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    lines = [method + b" " + target + b" HTTP/" + version, b"Host: visavis.test", *headers]
    return b"\r\n".join([*lines, b"", b""])


def post(target: bytes, body: bytes, *headers: bytes) -> bytes:
    length = b"Content-Length: %d" % len(body)
    own = (b"X-Visavis: 1", b"Content-Type: application/json", length)
    return get(target, *own, *headers, method=b"POST") + body


def chunked(body: bytes) -> bytes:
    headers = (b"X-Visavis: 1", b"Content-Type: application/json", b"Transfer-Encoding: chunked")
    return get(b"/api/login", *headers, method=b"POST") + body


LOGIN = b'{"email": "a@b.example", "password": "' + SECRET + b'"}'
REQUESTS = {
    "NUL in the path": get(b"/%00"),
    "NUL among assets": get(b"/assets/%00.js"),
    "NUL in an id": get(b"/api/sessions/%00"),
    "line end in an id": get(b"/api/sessions/-%0a"),
    "NUL in the query": get(b"/api/patients?search=%00"),
    "line end in the path": get(b"/a%0d%0aSet-Cookie:%20a=b"),
    "long file name": get(b"/" + b"a" * 300),
    "long asset": get(b"/assets/" + b"a" * 300 + b".js"),
    "deep path": get(b"/assets" + b"/a" * 2500),
    "target of 9 kB": get(b"/" + b"a" * 9000),
    "invalid UTF-8, escaped": get(b"/%ff%fe"),
    "lone surrogate, escaped": get(b"/assets/%ed%a0%80"),
    "lone surrogate in the query": get(b"/api/patients?search=%ed%a0%80"),
    "raw bytes in the path": get(b"/\xff" + SECRET),
    "raw bytes in the query": get(b"/?a=\xff" + SECRET),
    "raw UTF-8 in the path": get("/à".encode()),
    "cookie of byte FF": get(b"/api/me", b"Cookie: __Host-login=\xff" + SECRET),
    "visit cookie of byte FF": get(b"/api/visit", b"Cookie: __Host-visit=\xff" + SECRET),
    "cookie with illegal name": get(b"/api/me", b"Cookie: a[" + SECRET + b"]=1; __Host-login=x"),
    "other header of byte FF": get(b"/", b"Origin: \xff"),
    "header flood": get(b"/", *(b"X-%d: %s" % (number, SECRET) for number in range(200))),
    "long header": get(b"/", b"X: " + SECRET * 500),
    "header without colon": get(b"/", SECRET),
    "header name with blank": get(b"/", b"X Y: " + SECRET),
    "folded header": get(b"/", b"X: a", b" " + SECRET),
    "no host": b"GET /" + SECRET + b" HTTP/1.1\r\n\r\n",
    "two hosts": get(b"/", b"Host: b"),
    "no HTTP": SECRET + b"\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + SECRET + b"\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9.9": get(b"/", version=b"9.9"),
    "unknown method": get(b"/", method=SECRET.upper()),
    "known method of others": get(b"/", method=b"PROPFIND"),
    "CONNECT": get(b"example.org:443", method=b"CONNECT"),
    "CONNECT without host": get(b"\x01", method=b"CONNECT"),
    "OPTIONS *": get(b"*", method=b"OPTIONS"),
    "absolute target": get(b"http://evil.test/" + SECRET),
    "absolute target, broken": get(b"http://[::1/" + SECRET),
    "target without slash": get(SECRET),
    "expectation": get(b"/", b"Expect: " + SECRET),
    "negative length": get(b"/api/login", b"Content-Length: -1", method=b"POST"),
    "two lengths": get(b"/api/login", b"Content-Length: 1", b"Content-Length: 2", method=b"POST"),
    "endless length": get(b"/api/login", b"Content-Length: " + b"9" * 40, method=b"POST"),
    "length and chunks": chunked(b"0\r\n\r\n").replace(b"Host", b"Content-Length: 5\r\nHost"),
    "bad chunk": chunked(b"zz\r\n" + SECRET),
    "endless chunk": chunked(b"f" * 30 + b"\r\n" + SECRET),
    "unknown transfer": get(b"/api/login", b"Transfer-Encoding: x", method=b"POST"),
    "body cut short": post(b"/api/login", LOGIN)[:-5],
    "broken gzip": post(b"/api/login", SECRET, b"Content-Encoding: gzip"),
    "gzip": post(b"/api/login", gzip.compress(LOGIN), b"Content-Encoding: gzip"),
    "unknown coding": post(b"/api/login", LOGIN, b"Content-Encoding: " + SECRET),
    "NUL in JSON": post(b"/api/login", LOGIN.replace(b"s3cret", b"\\u0000")),
    "surrogate in JSON": post(b"/api/login", LOGIN.replace(b"s3cret", b"\\ud800")),
    "JSON of bytes": post(b"/api/login", b"\xff\xfe" + SECRET),
    "offer of bytes": post(b"/api/visit/offer", b"\xff" + SECRET).replace(
        b"application/json", b"application/sdp"
    ),
    "upgrade elsewhere": get(b"/api/me", b"Upgrade: websocket", b"Connection: Upgrade") + SECRET,
    "upgrade to something": get(b"/", b"Upgrade: " + SECRET, b"Connection: Upgrade"),
    "socket without a key": get(
        b"/api/live", b"Upgrade: websocket", b"Connection: Upgrade", b"Origin: https://visavis.test"
    ),
    "range backwards": get(b"/index.html", b"Range: bytes=9-1"),
    "range of words": get(b"/index.html", b"Range: " + SECRET),
    "dates": get(b"/index.html", b"If-Modified-Since: " + SECRET),
    "entity tags": get(b"/index.html", b'If-None-Match: "' + SECRET),
}


@pytest.fixture
def head_s() -> float:
    """Long enough for a whole request on a busy machine."""
    return 1.0


@pytest.fixture
async def hasty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head_s: float
) -> AsyncIterator[Stage]:
    """A control with pages that soon closes a connection which is silent, so that tests end."""
    monkeypatch.setattr(wire, "BODY_S", 0.1)
    stage = Stage(make_config(tmp_path))
    stage.server.limits = Limits(head_s=head_s, idle_s=0.1, linger_s=0.05)
    folder = stage.control.outside.static_dir
    (folder / "v").mkdir(parents=True)
    for name in ("index.html", "v/index.html"):
        (folder / name).write_text("<!doctype html>", encoding="utf-8")
    async with stage:
        yield stage


def answers(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Return status and head of each answer in a stream, but of `100 Continue`."""
    for found in re.finditer(rb"HTTP/1\.[01] (\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n", data, re.DOTALL):
        if found[1] != b"100":
            yield int(found[1]), found[0].lower()


def check(data: bytes) -> list[int]:
    """Check every answer in a stream; return their statuses."""
    statuses = []
    for status, head in answers(data):
        statuses.append(status)
        assert status < 500
        assert b"\r\nserver:" not in head
        for name, value in HEADERS.items():
            assert f"\r\n{name}: {value}\r\n".lower().encode() in head + b"\r\n"
        assert b"\r\nstrict-transport-security:" in head
    assert b"python" not in data.lower()
    assert b"aiohttp" not in data.lower()
    return statuses


@pytest.mark.parametrize("name", REQUESTS)
async def test_malformed_request_is_answered_and_kept_out_of_the_log(
    hasty: Stage, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hush_libraries()
    data = await exchange(hasty.server, REQUESTS[name])
    check(data)
    assert SECRET not in data
    text = "\n".join(f"{one.getMessage()} {one.exc_info or ''}" for one in caplog.records)
    assert SECRET.decode() not in text
    assert "127.0.0.1" not in text
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert (await hasty.page().get("/api/health"))["status"] == "ok"


@pytest.mark.parametrize(
    "name", ["no HTTP", "header flood", "cookie of byte FF", "NUL in the path", "expectation"]
)
async def test_refusals_are_json_and_counted(hasty: Stage, name: str) -> None:
    data = await exchange(hasty.server, REQUESTS[name])
    head, _, body = data.partition(b"\r\n\r\n")
    assert b"HTTP/1." in head
    assert json.loads(body)["code"] == "bad_request"
    assert b"no-store" in head
    assert hasty.count("visavis_control_refused_total", reason="malformed") == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [("broken gzip", 415), ("gzip", 415), ("NUL in JSON", 400), ("expectation", 417)],
)
async def test_status_says_what_is_wrong(hasty: Stage, name: str, status: int) -> None:
    assert check(await exchange(hasty.server, REQUESTS[name])) == [status]


async def test_methods_make_no_labels(hasty: Stage) -> None:
    for method in (b"PROPFIND", b"MKCOL", b"SEARCH", b"PATCH"):
        await exchange(hasty.server, get(b"/api/me", method=method))
    registry = await hasty.page().call("GET", "/metrics", expect=200)
    assert set(re.findall(r'method="(\w+)"', registry)) == {"other", "PATCH"}


async def test_failure_outside_of_handlers_shows_nothing(
    hasty: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_request: object) -> None:
        raise ZeroDivisionError(SECRET.decode())

    monkeypatch.setattr(hasty.server.app.router, "resolve", fail)
    data = await exchange(hasty.server, HEALTH)
    assert data.startswith(b"HTTP/1.1 500 ")
    assert b"content-security-policy" in data.lower()
    assert b"\r\nserver:" not in data.lower()
    assert SECRET not in data
    assert "ZeroDivisionError" in caplog.text
    assert SECRET.decode() not in caplog.text


async def test_answer_of_a_websocket_names_no_server(hasty: Stage) -> None:
    live = await (await hasty.therapist()).live("/api/live")
    assert "Server" not in live.ws._response.headers
    assert "Content-Security-Policy" in live.ws._response.headers


PIECES = st.sampled_from(
    [
        *(request for request in REQUESTS.values() if len(request) < 1000),
        *(b"GET ", b"POST ", b"/", b"/api/login", b" HTTP/1.1\r\n", b"\r\n", b"\r\n\r\n", b"\0"),
        *(b"Host: a\r\n", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", JSON),
        *(b"Cookie: __Host-visit=", b"%00", b"%", b"\xff", b"3\r\nabc\r\n", b"0\r\n\r\n", b"{}"),
        *(b"Content-Encoding: br\r\n", b"Expect: 100-continue\r\n", b"X-Visavis: 1\r\n"),
    ]
)
STREAMS = st.lists(st.one_of(PIECES, st.binary(max_size=20)), min_size=1, max_size=12)


async def head_of_health(stage: Stage) -> bytes:
    """Ask for health, and again where this machine was slower than this hasty control allows."""
    while True:
        cut = stage.count("visavis_control_refused_total", reason="slow_head")
        try:
            async with connected(stage.server) as other:
                other.send(HEALTH)
                return await other.head()
        except (asyncio.IncompleteReadError, ConnectionError):
            assert stage.count("visavis_control_refused_total", reason="slow_head") > cut


@pytest.mark.parametrize("head_s", [0.1])  # most of these streams are no whole request
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=STREAMS)
async def test_any_bytes_leave_no_failure(
    hasty: Stage, caplog: pytest.LogCaptureFixture, pieces: list[bytes]
) -> None:
    data = await exchange(hasty.server, b"".join(pieces))
    check(data)
    assert not [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert (await head_of_health(hasty)).startswith(b"HTTP/1.1 200 ")
