"""Requests that never reach a handler: which they are, and what they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import hdrs, web

from control.http.wire import ApiError

TEXT = "The request cannot be understood."


class Refusal(web.Response):
    """An answer outside of the application, so with the security headers put in here."""

    def __init__(
        self, headers: Mapping[str, str], status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        is_ours = status == HTTPStatus.INTERNAL_SERVER_ERROR
        error = ApiError(
            code="internal" if is_ours else "bad_request",
            text="Something went wrong on our side. Please try again." if is_ours else TEXT,
        )
        super().__init__(
            status=status,
            text=error.model_dump_json(exclude_none=True),
            content_type="application/json",
            headers={**headers, hdrs.CACHE_CONTROL: "no-store"},
        )
        self.force_close()

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)  # aiohttp puts its version there


def fault(request: web.BaseRequest) -> HTTPStatus | None:
    """Return the status to refuse a request with that nobody should have to look at.

    A target is ASCII (RFC 9112, 3.2) and ours hold no control characters, which file systems and
    PostgreSQL refuse; bytes that are not UTF-8 come from aiohttp as lone surrogates, which nothing
    can encode again.
    """
    if not request.raw_path.isascii() or not _is_plain(request.path + request.query_string):
        return HTTPStatus.BAD_REQUEST
    if not all(_is_text(value) for value in request.headers.values()):
        return HTTPStatus.BAD_REQUEST
    if request.headers.get(hdrs.EXPECT, "100-continue").lower() != "100-continue":
        return HTTPStatus.EXPECTATION_FAILED
    return None


def _is_plain(text: str) -> bool:
    return all(" " <= character != "\x7f" for character in text)


def _is_text(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
