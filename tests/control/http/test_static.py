"""The pages on the wire: which file, which coding, how long it is kept."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from yarl import URL

from control.http.static import accepted
from tests.control.stage import Stage

FILES = {
    "index.html": b"<!doctype html><title>therapist</title>",
    "v/index.html": b"<!doctype html><title>patient</title>",
    "ops/index.html": b"<!doctype html><title>operator</title>",
    "assets/app-123.js": b"code()",
    "assets/app-123.css": b"body {}",
    "help/therapist.html": b"<!doctype html><title>guide</title>",
    "favicon.svg": b"<svg/>",
}
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def static(stage: Stage) -> Path:
    """A build: all files but the icon have both compressed twins, whose bytes tell them apart."""
    folder = stage.control.outside.static_dir
    for name, content in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if name != "favicon.svg":
            for suffix in (".br", ".gz"):
                file.with_name(file.name + suffix).write_bytes(suffix.encode() + content)
    return folder


async def fetch(
    stage: Stage, path: str, coding: str = "gzip, deflate, br, zstd", **headers: str
) -> tuple[ClientResponse, bytes]:
    """Return the answer and its body as it came over the wire."""
    session = stage.page().client.session
    url = f"http://{stage.server.host}:{stage.server.port}{path}"
    headers["Accept-Encoding"] = coding
    async with session.get(
        URL(url, encoded=True), headers=headers, auto_decompress=False, allow_redirects=False
    ) as answer:
        return answer, await answer.read()


@pytest.mark.parametrize("path", ["/", "/v", "/patients", "/assets/app-123.js"])
@pytest.mark.parametrize(
    ("coding", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0.000, GZIP", "gzip"),
        ("gzip;q=0, br;q=0", None),
        ("deflate", None),
        ("", None),
    ],
)
@pytest.mark.usefixtures("static")
async def test_coding_is_one_that_the_browser_takes(
    stage: Stage, path: str, coding: str, chosen: str | None
) -> None:
    answer, body = await fetch(stage, path, coding)
    assert answer.headers.get("Content-Encoding") == chosen
    assert answer.headers["Vary"] == "Accept-Encoding"
    start = {"br": b".br", "gzip": b".gz", None: b""}[chosen]
    assert body.startswith(start + (b"code" if "assets" in path else b"<!doctype"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/assets/app-123.js", "application/javascript text/javascript"),
        ("/assets/app-123.css", "text/css"),
        ("/favicon.svg", "image/svg+xml"),
    ],
)
@pytest.mark.usefixtures("static")
async def test_type_is_the_files_own_whatever_the_coding(
    stage: Stage, path: str, kind: str
) -> None:
    for coding in ("br", "gzip", ""):
        answer, _ = await fetch(stage, path, coding)
        assert answer.content_type in kind.split()  # Python names the older one for scripts


@pytest.mark.usefixtures("static")
async def test_file_without_a_twin_is_sent_as_it_is(stage: Stage) -> None:
    answer, body = await fetch(stage, "/favicon.svg")
    assert "Content-Encoding" not in answer.headers
    assert body == FILES["favicon.svg"]


@pytest.mark.parametrize("path", ["/index.html.br", "/assets/app-123.js.gz", "/v/index.html.gz"])
@pytest.mark.usefixtures("static")
async def test_twins_are_no_pages_of_their_own(stage: Stage, path: str) -> None:
    answer, body = await fetch(stage, path)
    assert answer.status == 404 or b"patient" in body


@pytest.mark.parametrize(
    ("path", "cache"), [("/", "no-cache"), ("/v", "no-cache"), ("/assets/app-123.js", FOREVER)]
)
@pytest.mark.parametrize("coding", ["br", "gzip", ""])
@pytest.mark.usefixtures("static")
async def test_what_a_browser_has_is_not_sent_again(
    stage: Stage, path: str, cache: str, coding: str
) -> None:
    answer, _ = await fetch(stage, path, coding)
    assert answer.headers["Cache-Control"] == cache
    again, body = await fetch(stage, path, coding, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, body) == (304, b"")
    assert again.headers["Cache-Control"] == cache
    assert again.headers["Vary"] == "Accept-Encoding"
    other, _ = await fetch(stage, path, "deflate", **{"If-None-Match": answer.headers["ETag"]})
    assert other.status == (304 if coding == "" else 200)


BENT = [
    "/V",
    "//v",
    "///V/",
    "/v%23TOKEN",
    "/V%23TOKEN",
    "//v%23TOKEN",
    "/v%2523TOKEN",
    "/v/TOKEN",
    "/v/%23TOKEN",
    "/v%20",
    "/v%E2%80%8B",
    "/v)",
]


@pytest.mark.parametrize("path", BENT)
@pytest.mark.usefixtures("static")
async def test_bent_link_opens_the_patients_page(
    stage: Stage, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The page reads the token, and nothing else does: no cache, log, counter or other site."""
    caplog.set_level(logging.DEBUG)
    answer, body = await fetch(stage, path.replace("TOKEN", "s3cret"), "")
    assert answer.status == 200
    assert b"patient" in body
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    own = [one for one in caplog.records if one.name.startswith("control")]
    assert own
    assert "s3cret" not in "".join(one.getMessage() for one in own)
    assert "s3cret" not in await stage.page().call("GET", "/metrics", expect=200)


@pytest.mark.parametrize("path", ["/visits", "/v1", "/v.html", "/vv", "/api/v", "/patients/v"])
@pytest.mark.usefixtures("static")
async def test_other_paths_are_not_the_patients(stage: Stage, path: str) -> None:
    _, body = await fetch(stage, path, "")
    assert b"patient" not in body


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("gzip, deflate, br", ["gzip", "deflate", "br"]),
        ("BR;q=0.1", ["br"]),
        ("br; q=0", []),
        ("br;q=0.0", []),
        ("br;q=0.001", ["br"]),
        ("br;q = 0.000 , gzip", ["gzip"]),
    ],
)
def test_accepted_codings(header: str, names: list[str]) -> None:
    assert accepted(header) == names


async def test_document_is_sent_once(stage: Stage) -> None:
    answer, body = await fetch(stage, "/api/openapi.json")
    assert answer.headers["Cache-Control"] == "no-cache"
    tag = answer.headers["ETag"]
    again, empty = await fetch(stage, "/api/openapi.json", **{"If-None-Match": f'"other", {tag}'})
    assert (again.status, empty) == (304, b"")
    assert again.headers["ETag"] == tag
    other, whole = await fetch(stage, "/api/openapi.json", **{"If-None-Match": '"other"'})
    assert (other.status, whole) == (200, body)


@pytest.mark.parametrize("path", ["/help", "/help/", "/help/therapist.html"])
async def test_help_is_the_therapists_guide(stage: Stage, static: Path, path: str) -> None:
    answer, body = await fetch(stage, path, "identity")
    assert (answer.status, answer.content_type) == (200, "text/html")
    assert body == FILES["help/therapist.html"]


@pytest.mark.parametrize("path", ["/ops", "/ops/"])
@pytest.mark.usefixtures("static")
async def test_operators_have_a_page_of_their_own(stage: Stage, path: str) -> None:
    answer, body = await fetch(stage, path)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert answer.headers["Content-Encoding"] == "br"
    assert b"operator" in body
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
