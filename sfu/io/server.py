"""The HTTP server in front of the API: aiohttp's, with our words where no request reaches the API.

What is no HTTP ends in aiohttp's parser, whose own answer and log line quote it and name the
address it came from. Here it is answered as `malformed`, counted, and not logged; a bug is logged
by class and line.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web

from sfu.io import journal
from sfu.io.api import WORKER, answer_refusal
from sfu.io.refusals import INTERNAL, MALFORMED, refusal_of_http
from sfu.io.worker import Worker
from sfu.messages import CLOCK_HEADER

logger = logging.getLogger(__name__)


class ApiRunner(web.AppRunner):
    """Runs the API's application behind an `_ApiServer`."""

    def __init__(self, app: web.Application, *, shutdown_s: float) -> None:
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_s)

    async def _make_server(self) -> web.Server:
        inner = await super()._make_server()
        return _ApiServer(inner, self.app[WORKER])


class _ApiServer(web.Server):
    """As the given one, with connections of ours."""

    def __init__(self, inner: web.Server, worker: Worker) -> None:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await inner.request_handler(request)
            except web.HTTPException as error:  # before the middlewares: an unknown `Expect`
                return answer_refusal(worker, refusal_of_http(error))

        super().__init__(handle, request_factory=inner.request_factory)
        self.worker = worker

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, access_log=None)


class _Connection(web.RequestHandler):
    """One connection; says of errors only what we know to be harmless."""

    def __init__(self, server: _ApiServer, **options: Any) -> None:
        super().__init__(server, **options)
        self._worker = server.worker

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP, or a bug that no middleware saw, and close the connection."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer is sent already")
        malformed = status < HTTPStatus.INTERNAL_SERVER_ERROR
        if not malformed:
            _log_bug(exc)
        answer = answer_refusal(self._worker, MALFORMED if malformed else INTERNAL, _Bare)
        answer.headers[CLOCK_HEADER] = f"{self._worker.clock():.6f}"
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **options: Any) -> None:
        """Log a bug without its text, which may quote a request."""
        _log_bug(options.get("exc_info"))


class _Bare(web.Response):
    """An answer outside of any application, whose signals would do this."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)


def _log_bug(error: object) -> None:
    place = journal.place_of(error) if isinstance(error, Exception) else "no error given"
    logger.error("a request failed: %s", place)
