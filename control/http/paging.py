"""Lists in pages: how much of which list somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from control.errors import Invalid

PAGE = 50  # items where the request says nothing
LARGEST_PAGE = 200
LONGEST_SEARCH = 200  # characters
QUERY = ("search", "cursor", "limit")
ERRORS = ("400 bad_cursor", "400 bad_limit", "400 search_too_long")


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of a list."""

    search: str = ""
    cursor: str | None = None
    """As the page before gave it in `next`; None for the first page."""
    limit: int = PAGE


def read_asked(request: web.Request) -> Asked:
    """Decode the query of a list.

    Raises:
        Invalid: bad_limit, search_too_long.
    """
    search = request.query.get("search", "")
    if len(search) > LONGEST_SEARCH:
        raise Invalid("search_too_long", f"Search for at most {LONGEST_SEARCH} characters.")
    return Asked(search, request.query.get("cursor") or None, _read_limit(request))


def _read_limit(request: web.Request) -> int:
    text = request.query.get("limit") or str(PAGE)
    limit = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid("bad_limit", f"A page holds 1 to {LARGEST_PAGE} items.")
    return limit
