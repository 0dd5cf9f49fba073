"""What binds the web pages to control: the API's document, and that they load from it alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from control.run.cli import main

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "control" / "static"

# Places from which a browser fetches by itself. Plain text that names an address is none: a link
# that somebody may click, an XML namespace, a message.
FETCHED = re.compile(
    r"""(?: \b(?:src|srcset|href|action|poster)\s*=\s*["']?
          | \burl\(\s*["']?
          | @import\s+["']?
          | \bimport\s*\(?\s*["'`]
          | \bfrom\s*["'`]
          | \b(?:fetch|importScripts|EventSource|WebSocket)\(\s*["'`]
        )
        (?P<address>(?:https?:|wss?:)?//[^\s"'`)>]+)""",
    re.VERBOSE | re.IGNORECASE,
)


def foreign_addresses(text: str) -> Iterator[str]:
    """Yield every address of another origin that stands where a browser fetches."""
    for found in FETCHED.finditer(text):
        yield found["address"]


def test_the_web_client_knows_the_api_that_control_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    printed = capsys.readouterr().out
    kept = (ROOT / "web" / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json.loads(printed), (
        "control's API has changed: run `npm run types` in web/ and commit web/openapi.json and "
        "web/src/lib/api-types.ts"
    )


@pytest.mark.skipif(not (BUILT / "index.html").is_file(), reason="the pages are not built")
def test_no_built_page_fetches_from_another_origin() -> None:
    files = [path for path in BUILT.rglob("*") if path.suffix in {".html", ".js", ".css", ".svg"}]
    foreign = {
        f"{path.relative_to(BUILT)}: {address}"
        for path in files
        for address in foreign_addresses(path.read_text(encoding="utf-8"))
    }
    assert files
    assert not foreign


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/a.js">',
        "<link rel=stylesheet href=//cdn.example/a.css>",
        "src: url(https://fonts.example/a.woff2)",
        '@import "https://fonts.example/a.css";',
        'await import("https://cdn.example/a.js")',
        'import{a}from"https://cdn.example/a.js"',
        'fetch("https://stats.example/hit")',
    ],
)
def test_an_address_where_a_browser_fetches_is_found(text: str) -> None:
    assert list(foreign_addresses(text))


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/assets/a.js">',
        "src: url(/assets/a.woff2)",
        'xmlns="http://www.w3.org/2000/svg"',
        'createElementNS("http://www.w3.org/1999/xhtml")',
        "// see https://example.org",
    ],
)
def test_an_address_in_plain_text_is_not(text: str) -> None:
    assert not list(foreign_addresses(text))
