"""The built pages: one HTML file for the therapist's paths, one for `/v`, hashed assets."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from control.errors import NotFound, Unavailable

STATIC = Path(__file__).parents[1] / "static"
PATIENT_PAGES = ("v.html", "v/index.html")
FOREVER = "public, max-age=31536000, immutable"  # names under /assets carry a hash
FRESH = "no-cache"

STATIC_DIR = web.AppKey("static_dir", Path)


async def patient_page(request: web.Request) -> web.StreamResponse:
    """Serve the patient's page; opening it never consumes the link, which it posts itself."""
    static = request.app[STATIC_DIR]
    found = next((static / name for name in PATIENT_PAGES if (static / name).is_file()), None)
    return _file(_built(found), FRESH)


async def therapist_page(request: web.Request) -> web.StreamResponse:
    """Serve a file of the build, or the therapist's page for every path of hers."""
    static = request.app[STATIC_DIR]
    path = request.match_info["path"]
    if path.startswith(("api/", "assets/")) or path == "api":
        raise NotFound("not_found", "There is nothing here.")
    file = _inside(static, path)
    if file is not None:
        return _file(file, FRESH)
    if "." in path.rpartition("/")[2]:
        raise NotFound("not_found", "There is nothing here.")
    page = static / "index.html"
    return _file(_built(page if page.is_file() else None), FRESH)


async def asset(request: web.Request) -> web.StreamResponse:
    file = _inside(request.app[STATIC_DIR], f"assets/{request.match_info['path']}")
    if file is None:
        raise NotFound("not_found", "There is nothing here.")
    return _file(file, FOREVER)


def add_static(app: web.Application) -> None:
    """Register the pages; call it last, since the therapist's page takes every other path."""
    app.router.add_get("/v", patient_page)
    app.router.add_get("/v/", patient_page)
    app.router.add_get("/assets/{path:.+}", asset)
    app.router.add_get("/{path:.*}", therapist_page)


def _inside(static: Path, path: str) -> Path | None:
    """Return the file of that name, never one outside of the folder."""
    file = (static / path).resolve()
    return file if file.is_file() and file.is_relative_to(static.resolve()) else None


def _built(page: Path | None) -> Path:
    if page is None:
        raise Unavailable(
            "pages_missing",
            "The pages are not built. Run `make setup`, or `npm run build` in web/.",
        )
    return page


def _file(file: Path, cache: str) -> web.FileResponse:
    return web.FileResponse(file, headers={"Cache-Control": cache})
