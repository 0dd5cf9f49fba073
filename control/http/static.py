"""The built pages: one HTML file for the therapist's paths, one for `/v`, one for `/ops`, assets.

The build writes `name.br` and `name.gz` beside a file that gains by it; a browser that accepts one
of them gets it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web

from control.errors import NotFound, Unavailable

STATIC = Path(__file__).parents[1] / "static"
PATIENT_PAGES = ("v.html", "v/index.html")
OPERATOR_PAGE = "ops/index.html"
FOREVER = "public, max-age=31536000, immutable"  # names under /assets carry a hash
FRESH = "no-cache"
NEVER = "no-store"
HELP = "help/therapist.html"
NO_WEIGHT = re.compile(r"q\s*=\s*0(?:\.0*)?")
COMPRESSED = (".br", ".gz")
PATIENT_PATH = r"/{link:/*[vV](?:[^\w.-].*)?}"
"""What mail programs make of `/v#…`: `/V#…`, `//v#…`, `/v%23…`, `/v/…`. Such a path may hold the
link's secret, which the page reads itself: its answer is kept nowhere."""

STATIC_DIR = web.AppKey("static_dir", Path)


class StaticFile(web.FileResponse):
    """A file, compressed where the browser accepts it and the build has it."""

    def __init__(self, file: Path, cache: str) -> None:
        super().__init__(file, headers={hdrs.CACHE_CONTROL: cache, hdrs.VARY: hdrs.ACCEPT_ENCODING})

    def _get_file_path_stat_encoding(self, accept_encoding: str) -> Any:
        """Let aiohttp see only what is accepted: it looks for names, not for `q=0`."""
        return super()._get_file_path_stat_encoding(" ".join(accepted(accept_encoding)))


def accepted(accept_encoding: str) -> list[str]:
    """Return the codings that are accepted by name; RFC 9110, 12.5.3."""
    parts = (part.partition(";") for part in accept_encoding.lower().split(","))
    return [name.strip() for name, _, weight in parts if not NO_WEIGHT.fullmatch(weight.strip())]


async def patient_page(request: web.Request) -> web.StreamResponse:
    """Serve the patient's page; opening it never consumes the link, which it posts itself."""
    static = request.app[STATIC_DIR]
    found = next((static / name for name in PATIENT_PAGES if (static / name).is_file()), None)
    return StaticFile(_built(found), NEVER if "link" in request.match_info else FRESH)


async def operator_page(request: web.Request) -> web.StreamResponse:
    page = request.app[STATIC_DIR] / OPERATOR_PAGE
    return StaticFile(_built(page if page.is_file() else None), FRESH)


async def therapist_page(request: web.Request) -> web.StreamResponse:
    """Serve a file of the build, or the therapist's page for every path of hers."""
    static = request.app[STATIC_DIR]
    path = request.match_info["path"]
    if path.startswith(("api/", "assets/")) or path == "api":
        raise NotFound("not_found", "There is nothing here.")
    file = _inside(static, HELP if path.rstrip("/") == "help" else path)
    if file is not None:
        return StaticFile(file, FRESH)
    if "." in path.rpartition("/")[2]:
        raise NotFound("not_found", "There is nothing here.")
    page = static / "index.html"
    return StaticFile(_built(page if page.is_file() else None), FRESH)


async def asset(request: web.Request) -> web.StreamResponse:
    file = _inside(request.app[STATIC_DIR], f"assets/{request.match_info['path']}")
    if file is None:
        raise NotFound("not_found", "There is nothing here.")
    return StaticFile(file, FOREVER)


def add_static(app: web.Application) -> None:
    """Register the pages; call it last, since the therapist's page takes every other path."""
    app.router.add_get("/v", patient_page)
    app.router.add_get("/v/", patient_page)
    app.router.add_get(PATIENT_PATH, patient_page)
    app.router.add_get("/ops", operator_page)
    app.router.add_get("/ops/", operator_page)
    app.router.add_get("/assets/{path:.+}", asset)
    app.router.add_get("/{path:.*}", therapist_page)


def _inside(static: Path, path: str) -> Path | None:
    """Return the file of that name, never one outside of the folder or a compressed twin."""
    try:
        file = (static / path).resolve()
        found = file.is_file() and file.is_relative_to(static.resolve())
    except (OSError, ValueError):  # a name that no file can have: too long, or with a NUL
        return None
    return file if found and file.suffix not in COMPRESSED else None


def _built(page: Path | None) -> Path:
    if page is None:
        raise Unavailable(
            "pages_missing",
            "The pages are not built. Run `make setup`, or `npm run build` in web/.",
        )
    return page
