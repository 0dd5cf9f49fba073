"""The pages' WebSockets: presence in, changes out.

Sending never waits: each socket has its own queue and writer, and is closed when more than
256 KiB pile up, so a stuck page holds nobody else up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator

from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import BaseModel

from control.errors import SlowDown

log = logging.getLogger(__name__)

MESSAGE_BYTES = 16 * 1024
QUEUE_BYTES = 256 * 1024
HEARTBEAT_S = 20.0
MESSAGES_PER_S = 20.0
BURST = 40.0
SOCKETS_PER_LOGIN = 3
CLOSE_TIMEOUT_S = 2.0


class TokenBucket:
    """Allows `rate_per_s` messages with a burst; PURE, the time is given."""

    def __init__(self, rate_per_s: float = MESSAGES_PER_S, burst: float = BURST) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Take one, or say that there is none. `now` is monotonic, in seconds."""
        if self._at:
            refilled = self._tokens + (now - self._at) * self._rate_per_s
            self._tokens = min(self._burst, refilled)
        self._at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


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
        self._bucket = TokenBucket()
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


class LiveHub:
    """Knows which pages are open; implements `ports.Pages`."""

    def __init__(self) -> None:
        self._therapists: dict[str, list[LiveSocket]] = defaultdict(list)
        self._logins: dict[str, list[LiveSocket]] = defaultdict(list)
        self._patients: dict[str, LiveSocket] = {}

    def attach_therapist(self, therapist_id: str, login_id: str, socket: LiveSocket) -> None:
        """Register a page, or raise `SlowDown` when this login has enough of them."""
        if len(self._logins[login_id]) >= SOCKETS_PER_LOGIN:
            raise SlowDown(int(HEARTBEAT_S))
        self._logins[login_id].append(socket)
        self._therapists[therapist_id].append(socket)

    def detach_therapist(self, therapist_id: str, login_id: str, socket: LiveSocket) -> None:
        for book, key in ((self._therapists, therapist_id), (self._logins, login_id)):
            book[key].remove(socket)
            if not book[key]:
                del book[key]

    def attach_patient(
        self, patient_id: str, socket: LiveSocket, farewell: BaseModel, close_code: int
    ) -> None:
        """Register the patient's page; one that was there is told and closed."""
        self.close_patient(patient_id, farewell, close_code)
        self._patients[patient_id] = socket

    def detach_patient(self, patient_id: str, socket: LiveSocket) -> bool:
        """Forget this page; tell whether it was the patient's present one."""
        if self._patients.get(patient_id) is not socket:
            return False
        del self._patients[patient_id]
        return True

    def send_to_therapist(self, therapist_id: str, message: BaseModel) -> None:
        for socket in self._therapists.get(therapist_id, ()):
            socket.send(message)

    def send_to_patient(self, patient_id: str, message: BaseModel) -> None:
        socket = self._patients.get(patient_id)
        if socket is not None:
            socket.send(message)

    def close_patient(self, patient_id: str, message: BaseModel, close_code: int) -> None:
        socket = self._patients.pop(patient_id, None)
        if socket is not None:
            socket.send(message)
            socket.close(close_code)

    def close_login(self, login_id: str, message: BaseModel, close_code: int) -> None:
        for socket in self._logins.get(login_id, ()):
            socket.send(message)
            socket.close(close_code)

    def close_all(self) -> None:
        """Say to every page that we go; they come back by themselves."""
        everyone = [socket for sockets in self._logins.values() for socket in sockets]
        for socket in (*everyone, *self._patients.values()):
            socket.close(WSCloseCode.GOING_AWAY)

    def has_therapist(self, therapist_id: str) -> bool:
        return therapist_id in self._therapists

    def has_patient(self, patient_id: str) -> bool:
        return patient_id in self._patients

    def has_login(self, login_id: str) -> bool:
        return login_id in self._logins

    def open_logins(self) -> list[str]:
        return list(self._logins)
