"""One WebSocket of a page.

Sending never waits: each socket has its own queue and writer, and is closed when more than
256 KiB pile up, so a stuck page holds nobody else up. What arrives is limited twice: messages here,
frames and bytes below them in `control.http.meter`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import BaseModel

from control.rates import TokenBucket

log = logging.getLogger(__name__)

MESSAGE_BYTES = 16 * 1024
QUEUE_BYTES = 256 * 1024
HEARTBEAT_S = 20.0
MESSAGES_PER_S = 20.0
BURST = 40.0
CLOSE_TIMEOUT_S = 2.0
CLOSE_RATE = 1008  # RFC 6455, 7.4.1: policy violation


class LiveSocket:
    """One open WebSocket of a page."""

    def __init__(self) -> None:
        self._ws = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S,
            max_msg_size=MESSAGE_BYTES,
            timeout=CLOSE_TIMEOUT_S,
            compress=False,
        )
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self._queued_bytes = 0
        self._bucket = TokenBucket(MESSAGES_PER_S, BURST)
        self._transport: asyncio.Transport | None = None
        self._is_closing = False

    async def run(self, request: web.Request) -> AsyncGenerator[str]:
        """Open, yield each text frame, until either side closes. Limits are kept here."""
        await self._ws.prepare(request)
        self._transport = request.transport
        writer = asyncio.create_task(self._write())
        try:
            async for message in self._ws:
                if message.type is not WSMsgType.TEXT:
                    self.close(WSCloseCode.UNSUPPORTED_DATA)
                elif self._bucket.take(asyncio.get_running_loop().time()):
                    yield message.data
                else:
                    self.close(WSCloseCode.POLICY_VIOLATION)
        except ConnectionError:
            pass  # it went while aiohttp answered its ping
        finally:
            if not self._is_closing:  # else it still has the close frame to send
                writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer

    @property
    def response(self) -> web.WebSocketResponse:
        return self._ws

    def send(self, message: BaseModel) -> None:
        """Queue a message; a page that does not read is closed instead."""
        text = message.model_dump_json()
        self._queued_bytes += len(text)
        if self._queued_bytes <= QUEUE_BYTES:
            self._queue.put_nowait(text)
        elif self._transport is not None:
            log.info("a page does not read what it is sent, its connection is cut")
            self._transport.abort()  # a close frame would only join the queue

    def close(self, code: int) -> None:
        """Close after what is queued."""
        self._queue.put_nowait(int(code))

    async def _write(self) -> None:
        while True:
            item = await self._queue.get()
            if isinstance(item, int):
                self._is_closing = True
                await self._ws.close(code=item)
                return
            try:
                await self._ws.send_str(item)
            except ConnectionError:
                return  # the reading side ends by itself
            self._queued_bytes -= len(item)
