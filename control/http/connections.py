"""One connection and all of them: aiohttp's own, with limits that it has not.

aiohttp ends an idle connection, yet waits for the rest of a request for as long as it takes, opens
as many connections as come, and parses all that a WebSocket sends before anything else gets its
turn. It also logs malformed requests with their address and content, and answers them without our
headers. The few private names of aiohttp 3.14 that are used here are pinned by
`tests/control/http/test_connections.py` and `test_malformed.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from aiohttp import StreamReader, web
from aiohttp._websocket.reader import WebSocketReader
from aiohttp.web_protocol import RequestHandler

from control.http.limits import Limits
from control.http.meter import Meter
from control.http.metrics import METRICS, Refused
from control.http.middleware import EDGE, security_headers
from control.http.refusals import Refusal, fault

log = logging.getLogger(__name__)


class MeteredReader:
    """Stands before aiohttp's reader of a WebSocket, and cuts a socket that sends too much."""

    def __init__(self, reader: WebSocketReader, now: Callable[[], float], cut: Callable[[], None]):
        self._reader = reader
        self._meter = Meter()
        self._now = now
        self._cut = cut

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        if self._meter.admits(data, self._now()):
            return self._reader.feed_data(data)
        self._cut()
        return True, b""

    def feed_eof(self) -> None:
        self._reader.feed_eof()


class Connection(RequestHandler):
    """One connection, from the first byte on."""

    def __init__(self, server: Server, limits: Limits, **options: Any) -> None:
        super().__init__(server, **options)
        self._server: Server = server
        self._limits = limits
        self._body: StreamReader | None = None
        """Of the request that came last."""
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None

    @property
    def is_half_sent(self) -> bool:
        """Whether a request has begun, or is yet to begin for the first time, and is incomplete."""
        return self._head_timer is not None or not self._has_body()

    @property
    def is_idle(self) -> bool:
        """Whether the other end has its answers and asks nothing; a WebSocket is one request."""
        return not (self._messages or self._request_in_progress)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_timers()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self._request_count
        super().data_received(data)
        if self._request_count > before:
            self._head_arrived()
            self._body = self._messages[-1][1]
        elif data and self.is_idle and self._has_body():
            self._expect_head()

    def set_parser(
        self, parser: WebSocketReader, data_received_cb: Callable[[], None] | None = None
    ) -> None:
        """Become a WebSocket: called by aiohttp after the handshake."""
        metered = MeteredReader(parser, self._loop.time, lambda: self.cut(Refused.FLOOD))
        super().set_parser(cast(WebSocketReader, metered), data_received_cb)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_timer = self._loop.call_later(
            self._limits.unread_s, self.cut, Refused.UNREAD_ANSWER
        )

    def resume_writing(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
        super().resume_writing()

    def cut(self, why: Refused) -> None:
        """Close at once: nothing more is read, what waits to be sent is dropped."""
        self._stop_timers()
        self._server.count(why)
        if self.transport is not None:
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what failed outside of the application, mostly what is not HTTP.

        aiohttp's own would log the address and the request, and repeat the request in the answer.
        """
        if request.writer.output_size > 0:
            raise ConnectionResetError("an answer has begun, another cannot follow")
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._server.count(Refused.MALFORMED)
        else:
            log.error("a request failed before or after its handler: %s", type(exc).__name__)
        return Refusal(self._server.headers, HTTPStatus(status))

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Name the kind of error alone: aiohttp's texts hold addresses, its errors content."""
        log.error("a connection failed: %s", type(kw.get("exc_info")).__name__)

    def _has_body(self) -> bool:
        return self._body is None or self._body.is_eof()

    def _expect_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self._loop.call_later(
                self._limits.head_s, self.cut, Refused.SLOW_HEAD
            )

    def _head_arrived(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_timers(self) -> None:
        self._head_arrived()
        if self._unread_timer is not None:
            self._unread_timer.cancel()


class Server(web.Server):
    """Opens connections, up to a bound."""

    def __init__(self, plain: web.Server, app: web.Application, limits: Limits) -> None:
        super().__init__(
            self._handle,  # type: ignore[arg-type]
            request_factory=plain.request_factory,
            handler_cancellation=plain.handler_cancellation,
            loop=plain._loop,
            **plain._kwargs,
        )
        self._answer = plain.request_handler
        self._limits = limits
        self._metrics = app[METRICS]
        self._open: dict[Connection, None] = {}
        """Connections that hold a file, the oldest first."""
        self.headers = security_headers(app[EDGE])

    def __call__(self) -> RequestHandler:
        return Connection(self, self._limits, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        newcomer = cast(Connection, handler)
        if len(self._open) >= self._limits.connections:
            self._make_room(newcomer)
        self._open[newcomer] = None

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        self._open.pop(cast(Connection, handler), None)
        super().connection_lost(handler, exc)

    def count(self, why: Refused) -> None:
        self._metrics.refused.labels(why.value).inc()

    def _make_room(self, newcomer: Connection) -> None:
        """Close whom it harms least: the oldest half-sent, the oldest idle, or who comes last.

        A WebSocket, or a request that is being worked on, is never closed for another.
        """
        half_sent = (one for one in self._open if one.is_half_sent)
        idle = (one for one in self._open if one.is_idle)
        chosen = next(half_sent, None) or next(idle, None) or newcomer
        self._open.pop(chosen, None)
        chosen.cut(Refused.CROWDED_OUT)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        status = fault(request)
        if status is None:
            return await self._answer(request)
        self.count(Refused.MALFORMED)
        return Refusal(self.headers, status)


class Runner(web.AppRunner):
    """Runs the application on connections that are limited."""

    def __init__(self, app: web.Application, limits: Limits | None = None, **options: Any) -> None:
        self._limits = limits or Limits()
        super().__init__(
            app,
            access_log=None,
            keepalive_timeout=self._limits.idle_s,
            lingering_time=self._limits.linger_s,
            auto_decompress=False,  # no page compresses what it sends, and a bomb stays small
            **options,
        )

    async def _make_server(self) -> web.Server:
        return Server(await super()._make_server(), self.app, self._limits)
