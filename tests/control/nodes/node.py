"""A media node that answers over real HTTP and WebSocket, as a test tells it to."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from sfu.messages import (
    CLOCK_HEADER,
    DEADLINE_HEADER,
    GENERATION_HEADER,
    ApiError,
    RoomState,
)

TOKEN = "a-token-of-sixteen"


class Node:
    """Answers as docs/protocol.md, section 4, says; what it sends is up to the test."""

    def __init__(self) -> None:
        self.answer: web.Response = web.Response()
        self.heard: list[tuple[str, str, str, str]] = []
        self.greetings: asyncio.Queue[list[Any]] = asyncio.Queue()
        self.asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.tokens: set[str] = set()
        self.clock_s = 1000.0
        self._began = time.monotonic()
        self.commands: list[tuple[float, int]] = []
        """Deadline and generation of each command."""
        self.refusals: list[tuple[str, dict[str, str]]] = []
        """Code and headers of the next answers, before `answer` is given."""
        self._app = web.Application()
        self._app.router.add_get("/events", self._events)
        self._app.router.add_route("*", "/{path:.*}", self._command)
        self.server = TestServer(self._app)

    async def _command(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers["Authorization"])
        body = await request.text()
        if request.path == "/health":
            return web.json_response({"status": "ok"}, headers=self._told())
        if DEADLINE_HEADER in request.headers:
            deadline_s = float(request.headers[DEADLINE_HEADER])
            self.commands.append((deadline_s, int(request.headers[GENERATION_HEADER])))
        if self.refusals:
            code, headers = self.refusals.pop(0)
            error = ApiError(code=code, text="No.").model_dump()
            return web.json_response(error, status=409, headers=self._told() | headers)
        self.heard.append((request.method, request.path_qs, request.content_type, body))
        return web.Response(
            text=self.answer.text,
            status=self.answer.status,
            content_type=self.answer.content_type,
            headers=self._told(),
        )

    def _told(self) -> dict[str, str]:
        return {CLOCK_HEADER: str(self.now_s)}

    @property
    def now_s(self) -> float:
        return self.clock_s + time.monotonic() - self._began

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send the next list of frames, then close."""
        self.tokens.add(request.headers["Authorization"])
        self.asked.put_nowait(dict(request.query))
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        for frame in await self.greetings.get():
            await ws.send_str(frame if isinstance(frame, str) else frame.model_dump_json())
        await ws.close()
        return ws

    def refuse(self, status: int, code: str) -> None:
        self.answer = web.json_response(ApiError(code=code, text="No.").model_dump(), status=status)

    def accept(self, model: RoomState) -> None:
        self.answer = web.json_response(model.model_dump(mode="json"))
